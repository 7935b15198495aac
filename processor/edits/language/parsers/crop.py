"""Parse clauses that cut a part out of a picture."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from processor.edits.language.clauses import Clause
from processor.edits.language.parsers.amounts import Parser, step, whole
from processor.edits.language.parsers.boxes import covered, in_box
from processor.edits.language.parsers.cuts import CUTS, WHAT_PART, cut
from processor.edits.language.parsers.ratios import ratio_of, reduced, sides, take_aspect
from processor.edits.language.parsers.size import file_size
from processor.edits.language.terms import Extent, Number, ParseError, Point, Term
from processor.edits.operations.base import Operation

FOCUS: Final = {"face": "face", "subject": "attention", "attention": "attention", "detail": "entropy"}
KEEPS: Final = "finding or removing what a picture shows is not possible: expected a part of the picture"
CORNERS: Final = (
    "no operation cuts away the corners that a rotation leaves: expected their colour, or a size to crop to"
)


def crop(clause: Clause, *, off: bool = False) -> list[Operation]:
    """Crop to a shape, a size at a place, what matters, or by cutting sides; *off*: what is named goes away."""
    clause.all("option", "part", "size word", "exact", "background")
    clause.takes("head", "keep")
    if clause.has("option", "circle"):
        return in_box(clause, 0)
    if clause.has("option", *FOCUS):
        if off:
            raise ParseError(KEEPS, clause.place, ("crop to face",))
        return autocrop(clause)
    bounded = clause.numbers() or clause.has("place") or clause.has("aspect")
    if off and clause.has("head", "border", "bars") and not bounded:
        return trim(clause)
    found = _between_points(clause) or _to_size_or_shape(clause)
    if found is None and clause.numbers():
        found = cut(clause, off=clause.takes("relation", "off") or off)
    if found is None and clause.has("option", "corner"):
        raise ParseError(CORNERS, clause.place, ("rotate 5 degrees with a black background",))
    if found is None:
        raise clause.missing(WHAT_PART, *(("crop the middle 50%",) if clause.has("place", "center") else ()))
    return [found]


def _to_size_or_shape(clause: Clause) -> Operation | None:
    if extent := clause.extent():
        return _sized(clause, extent)
    if aspect := take_aspect(clause):
        return _shaped(clause, aspect)
    sized = _width_and_height(clause)
    return step("crop", **sized, **_where(clause)) if sized else None


def keep(clause: Clause) -> list[Operation]:
    """Keep a part ("keep the top half"); other wishes to keep something are about the file or the size."""
    if clause.has("place") or clause.has("option", *FOCUS):
        return crop(clause)
    if size := file_size(clause):
        return [size]
    raise clause.missing('what part is kept, as in "keep the top half" or "keep copyright"')


def autocrop(clause: Clause) -> list[Operation]:
    """Crop to what matters; to a size, where one is given."""
    focus = clause.take("option", *FOCUS)
    aspect = take_aspect(clause)
    extent = clause.extent() if aspect is None else None
    aspect = ratio_of(extent) if extent else aspect
    if extent is None or aspect is not None:
        return [step("autocrop", aspect=aspect, focus=FOCUS.get(focus))]
    width, height = sides(extent)
    shaped = step("autocrop", aspect=reduced(width, height), focus=FOCUS.get(focus))
    return [shaped, step("resize", width=width, height=height)]


def trim(clause: Clause) -> list[Operation]:
    """Remove plain borders; with a size, a shape or a side, "trim" is another word for "crop"."""
    size = any(isinstance(term, (Number, Extent)) and term.name != "threshold" for term in clause.rest)
    threshold = clause.peek("", labels=("threshold",))
    if clause.has("aspect") or (size and threshold is None and clause.peek("", labels=("",)) is None):
        return crop(clause, off=True)
    if clause.has("place"):
        return crop(clause, off=True)
    clause.all("option", "plain", "all sides")
    edge = next((term for term in clause.rest if term.kind == "head" and term.name in {"border", "bars"}), None)
    if edge is not None:
        shade = clause.beside(edge, -1)
        clause.rest = [
            term for term in clause.rest if term is not edge and not (term is shade and term.kind == "colour")
        ]
    return [step("trim", threshold=whole(clause.number("", labels=("", "threshold"))))]


def _width_and_height(clause: Clause) -> dict[str, int | None]:
    width, height = clause.peek("px", "", labels=("width",)), clause.peek("px", "", labels=("height",))
    if width is None or height is None:
        return {}
    clause.rest = [term for term in clause.rest if term not in {width, height}]
    return {"width": whole(width), "height": whole(height)}


def _between_points(clause: Clause) -> Operation | None:
    """Take two corners: "from 100,100 to 500,400"."""
    points = [term for term in clause.rest if isinstance(term, Point)]
    if len(points) != 2 or points[1].relation != "to":  # noqa: PLR2004 - a rectangle has two corners
        return None
    first, second = points
    width, height = second.x - first.x, second.y - first.y
    if min(width, height) < 1:
        raise ParseError("expected the top left corner and then the bottom right one", second)
    clause.rest = [term for term in clause.rest if term not in points]
    return step("crop", width=width, height=height, x=first.x, y=first.y)


def _sized(clause: Clause, extent: Extent) -> Operation:
    square = extent.width == extent.height and clause.takes("aspect", "1:1")
    if (ratio := ratio_of(extent)) and not square:
        clause.rest.append(Term(kind="aspect", name=ratio, start=extent.start, end=extent.end))
        return _shaped(clause, take_aspect(clause) or ratio)
    width, height = sides(extent)
    clause.takes("option", "corner")
    return step("crop", width=width, height=height, **_where(clause))


def _shaped(clause: Clause, aspect: str) -> Operation:
    """Crop to a ratio; "500px square" is a size, "square, 500px" is resized to it."""
    side = clause.number("px")
    clause.takes("option", "corner")
    behind = (
        side is not None
        and not side.relation
        and any(term.kind == "aspect" and term.end < side.start for term in clause.terms)
    )
    if behind and aspect == "1:1":
        return covered(clause, aspect, whole(side))
    if side is not None and aspect == "1:1":
        return step("crop", width=whole(side), height=whole(side), **_where(clause))
    if side is not None:
        clause.rest.insert(0, side)
    clause.takes("option", "keep aspect")
    return step("crop", aspect=aspect, position=clause.take("place") or None)


def _where(clause: Clause) -> dict[str, object]:
    """Take a corner to start from ("at 10, 20", "x 10 y 20"), else a place."""
    if point := clause.point():
        return {"x": point.x, "y": point.y}
    labelled = tuple(clause.number("px", "", labels=(axis,), relations=CUTS) for axis in ("x", "y"))
    if any(one is not None for one in labelled):
        return {"x": whole(labelled[0]), "y": whole(labelled[1])}
    return {"position": clause.take("place") or None}


CROP_PARSERS: Final[Mapping[str, Parser]] = {
    "crop": crop,
    "cut off": partial(crop, off=True),
    "keep": keep,
    "autocrop": autocrop,
    "trim": trim,
}
