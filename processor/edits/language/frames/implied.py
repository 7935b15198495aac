"""Clauses that name no operation, only what it would take: "make it a webp", "make it 800px wide", "make it blue"."""

from __future__ import annotations

from typing import Final

from processor.edits.language.clauses import Clause
from processor.edits.language.frames import file, light, overlay, shape, size
from processor.edits.language.frames.amounts import step
from processor.edits.operations.base import Operation

# "add red" says too little: a border, a text?
PAINTING_VERBS: Final = frozenset({"make", "change", "convert", "become", "apply"})
GRAYS: Final = frozenset({"#808080"})
NOTHING: Final = 'an operation, as in "resize to 800px" or "make it brighter"'


def implied(clause: Clause) -> list[Operation]:
    """Do what the clause's values ask for."""
    if clause.has("option", "web"):
        return file.optimize(clause)
    if clause.has("format"):
        return file.convert(clause)
    if clause.has("change", "remove"):
        return _removed(clause)
    return _added(clause) if "add" in clause.verbs else _made(clause)


def _removed(clause: Clause) -> list[Operation]:
    if clause.has("option", "all sides") and clause.has("number"):
        return shape.crop(clause)
    raise clause.missing('what can be removed, as in "remove 50px from all sides" or "remove noise"')


def _added(clause: Clause) -> list[Operation]:
    if clause.has("link"):
        return overlay.watermark(clause)
    if clause.has("text"):
        return overlay.text(clause)
    if clause.has("number") and (clause.has("place") or clause.has("option", "all sides")):
        return shape.extend(clause)
    raise clause.missing('what is added, as in "add a border" or "add text \'Hello\'"')


def _made(clause: Clause) -> list[Operation]:
    if clause.has("option", "circle"):
        return shape.crop(clause)
    if clause.has("extent") or clause.has("aspect") or _sized(clause):
        return size.resize(clause)
    if clause.has("colour") and (clause.head == "turn" or clause.verbs & PAINTING_VERBS):
        return [step("grayscale")] if clause.takes("colour", *GRAYS) else light.tint(clause)
    if clause.has("option", "large", "small") and "make" in clause.verbs:
        return size.resize(clause, direction=1 if clause.take("option", "large", "small") == "large" else -1)
    raise clause.missing(NOTHING)


def _sized(clause: Clause) -> bool:
    """Tell whether a number or a word is about the picture's size: with a verb, a direction or a side."""
    asked = bool(clause.verbs) or clause.has("change") or clause.has("label", "size") or clause.sided()
    return asked and (clause.has("number") or clause.has("label", "size"))
