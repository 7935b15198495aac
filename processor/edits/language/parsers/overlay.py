"""Parse clauses that put something on the picture.

A text's attributes belong to the text: an outline takes the colour beside it, "20px from the bottom" is a margin, and
a size, a weight or an angle behind the text is the text's.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from processor.edits.language.clauses import CHANGES, Clause
from processor.edits.language.parsers.amounts import Parser, share, step, two_readings, whole
from processor.edits.language.terms import Number, ParseError, Term
from processor.edits.operations.base import Operation

SIZES_PERCENT: Final = {"large": 6, "small": 2}
"""Of the shorter side."""
STROKES_PX: Final = {"large": 4, "small": 1}
HALF_THROUGH: Final = 0.5
NO_BOX: Final = 'no operation puts a box or a shadow behind text: expected an outline, as in "with a black outline"'
NO_COLUMNS: Final = 'no operation stacks letters: expected an angle, as in "rotated 90 degrees"'
IN_QUOTES: Final = "the text in quotes, as in \"add text 'Summer Vacation' at top\""
QUARTER: Final = 90
BLACK, WHITE = "#000000", "#FFFFFF"
DARKEST_LIGHT: Final = 64
"""Luma, 0-255: darker letters get a white outline, lighter ones a black one."""
LIGHTEST_OUTLINE: Final = 180
"""Luma of an outline from which on white letters cannot be read."""


def text(clause: Clause, *, position: str | None = None) -> list[Operation]:
    """Write a line of text; it stands in quotes."""
    if not clause.has("text"):
        raise clause.missing(IN_QUOTES)
    clause.all("option", "corner", "saying", "part", "effect", "letters")
    clause.all("head", "text", "title", "watermark", "color")
    if clause.has("option", "horizontal", "vertical"):
        raise ParseError(NO_COLUMNS, clause.term("option", "horizontal", "vertical"))
    if clause.has("option", "background"):
        raise ParseError(NO_BOX, clause.term("option", "background"))
    words = clause.take("text")
    rotation = _rotation(clause)
    where = _place(clause, position)
    style = {**_outline(clause), "bold": clause.takes("option", "bold") or None, "rotation": rotation}
    return [step("text", text=words, **where, opacity=_opacity(clause), **style, **_size(clause))]


def watermark(clause: Clause) -> list[Operation]:
    """Put a picture over the picture; a watermark in quotes is text."""
    clause.all("option", "logo")
    if clause.has("text"):
        return text(clause)
    image = clause.take("link")
    if not image:
        raise clause.missing("a text in quotes or a picture, as in \"watermark 'Copyright 2025'\" or upload://<slot>")
    if clause.has("option", "corner") and any(term.name in {"all pictures", "all sides"} for term in clause.terms):
        raise clause.missing("one corner")
    clause.all("option", "corner")
    clause.all("head", "watermark")
    place, margin, opacity = clause.take("place"), clause.number("%", "", labels=("margin",)), _opacity(clause)
    width = _value(clause.number("%", labels=("width", "size")))
    bare = clause.peek("%")
    if bare is not None and (bare.relation != "at" or opacity is not None):
        percent = f"{bare.value:g}%"
        raise two_readings(
            bare, f"watermark with {image}, {percent} wide", f"watermark with {image} at {percent} opacity"
        )
    opacity = share(bare) if bare is not None and clause.number("%") else opacity  # "at 30%", as for effects
    shown = {"width_percent": width, "margin": _value(margin), "opacity": opacity}
    return [step("watermark", image=image, position=place or None, **shown)]


def _outline(clause: Clause) -> dict[str, object]:
    """Take the outline with the colour and width beside it, then the colour of the letters."""
    if clause.takes("option", "no outline"):
        return {"stroke_width": 0, "color": clause.take("colour") or None}
    stroke: Term | None = None
    width: Number | None = None
    thickness = ""
    for outline in [term for term in clause.rest if (term.kind, term.name) == ("option", "outline")]:
        near = _around(clause, outline)
        stroke = stroke or next((term for term in near if term.kind == "colour"), None)
        width = width or next((term for term in near if isinstance(term, Number) and _is_width(term)), None)
        clause.rest = [term for term in clause.rest if term not in {outline, stroke, width}]
        thickness = clause.take("option", *STROKES_PX)
    color = clause.take("colour") or None
    if stroke is not None and color is None and _luma(stroke.name) > LIGHTEST_OUTLINE:
        color = BLACK  # the default, white, could not be read
    name = stroke.name if stroke else WHITE if color is not None and _luma(color) < DARKEST_LIGHT else None
    return {"color": color, "stroke": name, "stroke_width": whole(width) or STROKES_PX.get(thickness)}


def _around(clause: Clause, outline: Term) -> list[Term]:
    """Return the terms that may belong to an outline, the likeliest first: "red outline", "outline red"."""
    before, after = clause.beside(outline, -1), clause.beside(outline, 1)
    behind = after is not None and after.kind == "colour" and not _names_letters(clause.beside(outline, 2))
    near = [after, before] if behind else [before, after]
    return [term for term in (*near, *(clause.beside(outline, at) for at in (-2, 2))) if term is not None]


def _is_width(number: Number) -> bool:
    return number.unit in {"px", ""} and not number.label


def _names_letters(term: Term | None) -> bool:
    return term is not None and (term.kind, term.name) == ("option", "letters")


def _luma(color: str) -> float:
    """Return how light a colour is, 0-255 (ITU-R BT.601)."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def _place(clause: Clause, position: str | None) -> dict[str, object]:
    """Take a point, or a place with the distance from it."""
    if point := clause.point():
        return {"x": point.x, "y": point.y}
    if any(clause.peek("px", "", labels=(axis,)) for axis in ("x", "y")):
        return {axis: whole(clause.number("px", "", labels=(axis,))) for axis in ("x", "y")}
    margin = clause.number("px", "", labels=("margin",))
    place = next((term for term in clause.rest if term.kind == "place"), None)
    if margin is None and place is not None and place.relation == "from":
        near = clause.beside(place, -1)
        if not isinstance(near, Number):
            raise ParseError('expected how far from there, as in "20px from the bottom"', place)
        margin = near if near.unit in {"px", ""} else None
        clause.rest = [term for term in clause.rest if term is not margin]
    edges = next((term for term in clause.rest if (term.kind, term.name) == ("option", "all sides")), None)
    if margin is None and edges is not None and edges.relation == "from":
        near = clause.beside(edges, -1)
        margin = near if isinstance(near, Number) and near.unit in {"px", ""} else None
        clause.rest = [term for term in clause.rest if margin is None or term not in {margin, edges}]
    name = clause.take("place") or position
    return {"position": name, "margin": whole(margin)}


def _rotation(clause: Clause) -> float | None:
    """Take an angle: "rotated 45 degrees", "turned left"."""
    turned = clause.term("state", "rotated") or clause.term("head", "rotate", "turn")
    number = clause.number("°", labels=("", "angle"), relations=CHANGES)
    if turned is None and number is None:
        return None
    left = clause.take("option", "clockwise", "counterclockwise") or _side_behind(clause, turned)
    angle = number.value if number is not None else QUARTER
    return -angle if left in {"counterclockwise", "west"} else angle


def _side_behind(clause: Clause, turned: Term | None) -> str:
    near = clause.beside(turned, 1) if turned is not None else None
    if near is None or near.kind != "place" or near.name not in {"east", "west"} or near.relation:
        return ""
    clause.rest = [term for term in clause.rest if term is not near]
    return near.name


def _size(clause: Clause) -> dict[str, object]:
    number = clause.number("px", "", labels=("size", "height")) or clause.number("px", "")
    if number is not None:
        return {"size": whole(number)}
    return {"size_percent": SIZES_PERCENT.get(clause.take("state", *SIZES_PERCENT))}


def _opacity(clause: Clause) -> float | None:
    number = clause.number("%", "", labels=("opacity",))
    if number is None and clause.has("option", "transparent", "solid") and (number := clause.number("%")):
        value = share(number)
        return value if clause.takes("option", "solid") else 1 - value * clause.takes("option", "transparent")
    if number is not None:
        return share(number)
    return HALF_THROUGH if clause.takes("option", "transparent") else None


def _value(number: Number | None) -> float | None:
    return None if number is None else number.value


OVERLAY_PARSERS: Final[Mapping[str, Parser]] = {
    "text": text,
    "title": partial(text, position="north"),
    "watermark": watermark,
}
