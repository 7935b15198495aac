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
    words, place = clause.take("text"), clause.take("place") or position
    clause.take("option", "corner")
    colours = clause.all("colour")
    stroke = clause.number("px", "", labels=("stroke",))
    size = clause.number("px", "", labels=("", "size"))
    outlined = clause.takes("label", "stroke") or stroke is not None
    color, outline = [*colours[:1], None][0], colours[1] if outlined and len(colours) > 1 else None
    return [
        step(
            "text",
            **{"text": words, "position": place, "color": color, "stroke": outline},
            **{"size": whole(size) if size is not None else SIZES_PX.get(clause.take("option", *SIZES_PX))},
            **{"stroke_width": whole(stroke), "opacity": _opacity(clause)},
        )
    ]


def watermark(clause: Clause) -> list[Operation]:
    """Put a picture over the picture; a watermark in quotes is text."""
    clause.take("option", "logo")
    if clause.has("text"):
        return text(clause)
    image = clause.take("link")
    if not image:
        raise clause.missing("a text in quotes or a picture, as in \"watermark 'Copyright 2025'\" or upload://<slot>")
    clause.take("option", "corner")
    margin = clause.number("%", "", labels=("margin",))
    opacity = _opacity(clause)
    width = clause.number("%", labels=("width", "size", ""))
    return [
        step(
            "watermark",
            **{"image": image, "position": clause.take("place") or None, "opacity": opacity},
            **{"width_percent": _value(width), "margin": _value(margin)},
        )
    ]


def _opacity(clause: Clause) -> float | None:
    number = clause.number("%", "", labels=("opacity",))
    if number is not None:
        return share(number)
    return HALF_THROUGH if clause.takes("option", "transparent") else None


def _value(number: Number | None) -> float | None:
    return None if number is None else number.value
