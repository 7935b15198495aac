"""Clauses that put something on the picture."""

from __future__ import annotations

from typing import Final

from processor.edits.language.clauses import Clause
from processor.edits.language.frames.amounts import share, step, whole
from processor.edits.language.terms import Number
from processor.edits.operations.base import Operation

SIZES_PX: Final = {"large": 48, "small": 16}
HALF_THROUGH: Final = 0.5
IN_QUOTES: Final = "the text in quotes, as in \"add text 'Summer Vacation' at top\""


def text(clause: Clause, *, position: str | None = None) -> list[Operation]:
    """Write a line of text; it stands in quotes."""
    if not clause.has("text"):
        raise clause.missing(IN_QUOTES)
    clause.take("option", "corner")
    words, place = clause.take("text"), clause.take("place") or position
    return [step("text", text=words, position=place, opacity=_opacity(clause), **_outline(clause), **_size(clause))]


def watermark(clause: Clause) -> list[Operation]:
    """Put a picture over the picture; a watermark in quotes is text."""
    clause.take("option", "logo")
    if clause.has("text"):
        return text(clause)
    image = clause.take("link")
    if not image:
        raise clause.missing("a text in quotes or a picture, as in \"watermark 'Copyright 2025'\" or upload://<slot>")
    clause.take("option", "corner")
    place, margin, opacity = clause.take("place"), clause.number("%", "", labels=("margin",)), _opacity(clause)
    width = _value(clause.number("%", labels=("width", "size", "")))
    shown = {"width_percent": width, "margin": _value(margin), "opacity": opacity}
    return [step("watermark", image=image, position=place or None, **shown)]


def _outline(clause: Clause) -> dict[str, object]:
    """Take the colour of the letters, and that of their outline behind it."""
    stroke = clause.number("px", "", labels=("stroke",))
    outlined = clause.takes("label", "stroke") or stroke is not None
    color = clause.take("colour") or None
    outline = clause.take("colour") or None if outlined else None
    return {"color": color, "stroke": outline, "stroke_width": whole(stroke)}


def _size(clause: Clause) -> dict[str, object]:
    number = clause.number("px", "", labels=("", "size"))
    return {"size": SIZES_PX.get(clause.take("option", *SIZES_PX)) if number is None else whole(number)}


def _opacity(clause: Clause) -> float | None:
    number = clause.number("%", "", labels=("opacity",))
    if number is not None:
        return share(number)
    return HALF_THROUGH if clause.takes("option", "transparent") else None


def _value(number: Number | None) -> float | None:
    return None if number is None else number.value
