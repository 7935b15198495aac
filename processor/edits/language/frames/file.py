"""Clauses about the file that is written."""

from __future__ import annotations

from typing import Final

from processor.edits.language.clauses import Clause
from processor.edits.language.frames.amounts import WHOLE, step, whole
from processor.edits.operations.base import Operation

QUALITIES: Final = {"low": 50, "medium": 75, "high": 90, "maximum": 100}
COMPRESSIONS: Final = {"slight": 85, "medium": 75, "strong": 50, "maximum": 50, "high": 50}
WEB_WIDTH_PX, WEB_QUALITY = 1200, 80


def convert(clause: Clause) -> list[Operation]:
    """Write another format, with a quality where one is said."""
    steps = [step("format", to=clause.take("format"))]
    if number := clause.number("%"):
        return [*steps, step("quality", value=whole(number))]
    level = clause.take("level", *QUALITIES)
    return [*steps, step("quality", value=QUALITIES[level])] if level else steps


def quality(clause: Clause) -> list[Operation]:
    """Set the quality; in a format, where one is said."""
    steps = [step("format", to=name)] if (name := clause.take("format")) else []
    if clause.has("number"):
        return [*steps, *_to_number(clause)]
    level, direction = clause.take("level", *QUALITIES), clause.direction()
    name = level or {1: "high", -1: "low", 0: ""}[direction]
    if not name:
        raise clause.missing('a quality from 1 to 100, as in "quality 80" or "high quality"')
    return [*steps, step("quality", value=QUALITIES[name])]


def compress(clause: Clause) -> list[Operation]:
    """Make the file smaller: to so many bytes, to a quality, or somewhat."""
    if clause.has("option", "web"):
        return optimize(clause)
    steps = [step("format", to=name)] if (name := clause.take("format")) else []
    if clause.has("number"):
        return [*steps, *_to_number(clause)]
    if clause.direction() > 0:
        raise clause.missing('a smaller file, as in "compress to 500KB"')
    level = clause.take("level", *COMPRESSIONS) or "medium"
    return [*steps, step("quality", value=COMPRESSIONS[level])]


def optimize(clause: Clause) -> list[Operation]:
    """Make it fit for the web: a width, a format and a quality, each of which the clause may say."""
    clause.take("option", "web")
    width = clause.number("px", "", labels=("", "width", "size"))
    value = clause.number("%")
    return [
        step("resize", width=WEB_WIDTH_PX if width is None else whole(width)),
        step("format", to=clause.take("format") or "webp"),
        step("quality", value=WEB_QUALITY if value is None else whole(value)),
    ]


def metadata(_clause: Clause, *, keep: str) -> list[Operation]:
    """Say what the file may tell."""
    return [step("metadata", keep=keep)]


def _to_number(clause: Clause) -> list[Operation]:
    """Set a quality, or a largest size; "by 20%" less is 80."""
    clause.take("option", "limit")
    direction = clause.direction()
    if size := clause.number("bytes", labels=("", "size")):
        return [step("quality", max_bytes=whole(size))]
    number = clause.number("%", "")
    value = whole(number)
    if number is None or value is None:
        raise clause.missing('a quality from 1 to 100 or a size, as in "quality 80" or "compress to 500KB"')
    if number.relation == "by" and direction > 0:
        raise clause.missing('the quality itself, as in "quality 90"')
    return [step("quality", value=WHOLE - value if number.relation == "by" else value)]
