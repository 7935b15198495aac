"""Parse clauses that cut a part out of a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from processor.edits.language.clauses import CHANGES, Clause
from processor.edits.language.parsers.amounts import step, tidy, whole
from processor.edits.language.parsers.boxes import in_box
from processor.edits.language.parsers.ratios import ratio_of, reduced, sides, take_aspect
from processor.edits.language.parsers.size import file_size
from processor.edits.language.terms import Extent, Number, ParseError, Point, Term
from processor.edits.operations.base import Operation

FOCUS: Final = {"face": "face", "subject": "attention", "attention": "attention", "detail": "entropy"}
SIDES: Final = {"north": ("top",), "east": ("right",), "south": ("bottom",), "west": ("left",)}
PAIRS: Final = {"horizontal": ("left", "right"), "vertical": ("top", "bottom")}
OPPOSITE: Final = {"top": "bottom", "bottom": "top", "left": "right", "right": "left"}
CUTS: Final = CHANGES | {"from", "off"}
ALONE: Final = frozenset({"all", "middle"})
WHOLE: Final = 100
WHAT_PART: Final = 'a part, as in "crop to 16:9", "crop to 500x500 from center" or "crop 100px off the top"'
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
    found = _between_points(clause) or _to_size_or_shape(clause)
    if found is None and clause.numbers():
        found = _cut(clause, off=clause.takes("relation", "off") or off)
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
    if clause.has("place") or clause.has("option", "all sides"):
        return crop(clause, off=True)
    edge = next((term for term in clause.rest if (term.kind, term.name) == ("head", "border")), None)
    if edge is not None:
        shade = clause.beside(edge, -1)
        clause.rest = [
            term for term in clause.rest if term is not edge and not (term is shade and term.kind == "colour")
        ]
    return [step("trim", threshold=whole(clause.number("", labels=("", "threshold"))))]


def _cut(clause: Clause, *, off: bool) -> Operation:
    """Cut sides off, or keep one side: "10px off the top", "the left half", "the middle 50%"."""
    removes = clause.takes("change", "remove")
    off = off or removes
    keeps = not off and (clause.head == "keep" or any(term.relation == "to" for term in clause.rest))
    cuts: dict[str, float] = {}
    unit = ""
    for number, places in list(_paired(clause)):
        if unit and unit != _unit(number):
            raise ParseError("expected one unit for all sides", number)
        unit = _unit(number)
        for place in places:
            cuts |= _sides_of(number, place, keeps=keeps or (number.fraction and not off), off=off)
    clause.takes("option", "corner")
    if not cuts:
        alone = clause.numbers() == clause.rest and len(clause.rest) == 1
        raise clause.missing(WHAT_PART, *(f"crop {_said(one)} from each side" for one in clause.numbers() if alone))
    if len(cuts) > 1 and ALONE & cuts.keys():
        raise clause.missing("either all sides, the middle, or single sides")
    middle = cuts.pop("middle", None)
    if middle is not None:
        return step("crop", width=middle, height=middle, unit="%")
    if all_sides := cuts.pop("all", None):
        return step("crop", trim_edges=all_sides, unit=unit if unit == "%" else None)
    return step("crop", **cuts, unit=unit if unit == "%" else None)


def _said(number: Number) -> str:
    return f"{number.value:g}{_unit(number)}"


def _unit(number: Number) -> str:
    return "%" if number.unit == "%" else "px"


def _paired(clause: Clause) -> Iterator[tuple[Number, list[str]]]:
    """Take each number with the places that it belongs to: "left 100 right 50", "50px off the top and bottom"."""
    leads = _leads(clause.terms)
    for number in clause.numbers():
        if number.unit not in {"px", "%", ""} or number.label or number.relation not in CUTS:
            continue
        places: list[str] = []
        at = -1 if leads else 1
        while (near := clause.beside(number, at)) is not None and _is_place(near):
            places.append(near.name)
            clause.rest.remove(near)
            at += -1 if leads else 1
        if not places and (near := clause.beside(number, -1)) is not None and _is_place(near):
            places.append(near.name)
            clause.rest.remove(near)
        if places:
            clause.rest.remove(number)
            yield number, places


def _leads(terms: Sequence[Term]) -> bool:
    """Tell whether places stand in front of their numbers: "left 100 right 100"."""
    first = next((term for term in terms if isinstance(term, Number) or _is_place(term)), None)
    return first is not None and not isinstance(first, Number)


def _is_place(term: Term) -> bool:
    return term.kind == "place" or (term.kind == "option" and term.name in {"all sides", *PAIRS})


def _sides_of(number: Number, place: str, *, keeps: bool, off: bool) -> dict[str, float]:
    """Return what is cut off which side, for one number and one place."""
    value = tidy(number.value)
    if place == "all sides" and not keeps:
        return {"all": whole(number) or 0}
    if place == "center" and number.unit == "%" and not off:
        return {"middle": round(number.value)}
    named = SIDES.get(place, PAIRS.get(place, ()))
    if not named or (keeps and len(named) > 1):
        raise ParseError('expected a side, as in "crop 100px off the top"', number)
    if not keeps:
        return dict.fromkeys(named, value)
    if number.unit != "%":
        sentence = "what is kept must be given in percent, or with a width and height"
        raise ParseError(sentence, number, ("keep the top half", "crop to 500x300 from the top"))
    return {OPPOSITE[named[0]]: tidy(WHOLE - number.value)}


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
    """Crop to a ratio; "500px square" is a size."""
    side = clause.number("px")
    clause.takes("option", "corner")
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
