"""Parse sizes with two sides, and shapes: what happens when a picture has another shape than asked for."""

from __future__ import annotations

from typing import Final

from processor.edits.language.clauses import Clause
from processor.edits.language.parsers.amounts import step
from processor.edits.language.parsers.ratios import (
    PRESET,
    proportions,
    ratio_of,
    read_shape,
    take_aspect,
    take_box,
    take_length,
)
from processor.edits.language.terms import Extent, ParseError
from processor.edits.operations.base import Operation

THUMBNAIL_PX: Final = 200
PADDING: Final = ("padding", "bars", "pad", "letterbox", "rest", "border")


def in_box(clause: Clause, direction: int) -> list[Operation]:
    """Resize to a width and height, to a shape, or to a size of a shape; [] where the clause names none."""
    read_shape(clause)
    circle = [step("round", radius="circle")] if clause.takes("option", "circle") else []
    if circle and not clause.has("aspect"):
        side = take_length(clause, "", "width", "size")
        return [*([step("resize", width=side, height=side, fit="cover")] if side else []), *circle]
    if clause.has("paper") or clause.has("extent"):
        return [_sized(clause, direction, cut=bool(circle)), *circle]
    aspect = take_aspect(clause)
    return [*to_shape(clause, aspect), *circle] if aspect else []


def _sized(clause: Clause, direction: int, *, cut: bool) -> Operation:
    """Resize to a width and height; a shape beside them is cut to exactly that size."""
    preset = any(term.kind == "aspect" and term.name.endswith(PRESET) for term in clause.rest)
    shaped = preset or clause.has("aspect") or clause.takes("option", "cut rest")
    extent = next((term for term in clause.rest if isinstance(term, Extent)), None)
    if clause.has("paper") or (extent is not None and extent.unit):
        clause.take("option", "print")
    box = take_box(clause)
    if box is None:
        raise clause.missing('a width and height, as in "resize to 800x600"')
    aspect, ratio = take_aspect(clause) if shaped else None, ratio_of(extent) if extent else None
    if aspect and ratio and not preset and proportions(ratio) != proportions(aspect):
        raise ParseError(f"expected one aspect ratio, found {aspect} and {ratio}", extent)
    return into_box(clause, box, direction, cut=shaped or cut)


def into_box(clause: Clause, box: tuple[int, int], direction: int, *, cut: bool) -> Operation:
    """Decide what happens when the picture has another shape than the box."""
    exact, distorts = clause.takes("option", "exact"), clause.takes("option", "ignore aspect")
    whole_picture = bool(clause.all("option", "no crop"))
    kept = clause.takes("option", "keep aspect")
    padded, color = background(clause)
    fit = "cover" if (cut or exact) and not kept else None
    fit = "fill" if distorts else "contain" if padded or (cut and whole_picture) else None if whole_picture else fit
    position = clause.take("place") or None if fit == "cover" else None
    enlarge = enlarging(clause, 1 if exact else direction)
    where = {"position": position, "background": color, "enlarge": enlarge}
    return step("resize", width=box[0], height=box[1], fit=fit, **where)


def background(clause: Clause) -> tuple[bool, str | None]:
    """Take what a picture is padded with: whether it is padded, and the colour, None for none."""
    named = [clause.takes("option", "background", "canvas"), clause.takes("option", "transparent")]
    padded = any((*named, bool(clause.all("head", *PADDING))))
    return padded, clause.take("colour") or None if padded and not named[1] else None


def padded_to(clause: Clause, aspect: str) -> list[Operation]:
    """Pad to a shape, in the clause's colour."""
    clause.all("option", "no crop", "keep aspect")
    padded, color = background(clause)
    color = color if padded else clause.take("colour") or None
    return [step("pad", aspect=aspect, background=color)]


def to_shape(clause: Clause, aspect: str) -> list[Operation]:
    """Cut to a shape, or pad where nothing may be cut; with a length, to exactly that size."""
    length = take_length(clause, "", "width", "size", "longest")
    padded = clause.has("option", "no crop", "keep aspect", "background", "transparent") or clause.has("head", *PADDING)
    padded = padded or _on_the_sides(clause)
    if padded and length is None:
        return padded_to(clause, aspect)
    if length is None:
        clause.take("option", "exact")
        return [step("crop", aspect=aspect, position=clause.take("place") or None)]
    return [covered(clause, aspect, length)]


def _on_the_sides(clause: Clause) -> bool:
    """Take "on the sides" of "square with white on the sides"."""
    edges = next((term for term in clause.rest if (term.kind, term.name) == ("option", "all sides")), None)
    if edges is None or edges.relation != "on" or not clause.has("colour"):
        return False
    clause.rest = [term for term in clause.rest if term is not edges]
    return True


def covered(clause: Clause, aspect: str, length: int | None) -> Operation:
    """Cut to a shape of so many px in width."""
    side = THUMBNAIL_PX if length is None else length
    width, height = proportions(aspect)
    return into_box(clause, (side, round(side * height / width)), 0, cut=True)


def enlarging(clause: Clause, direction: int) -> bool | None:
    """Take "never enlarge"; what is made larger may grow."""
    if clause.all("option", "no enlarge"):
        return False
    return True if direction > 0 else None
