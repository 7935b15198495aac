"""Map each head of the language to its parser: one table, merged from the groups' own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from processor.edits.language.clauses import Clause
from processor.edits.language.parsers import turn
from processor.edits.language.parsers.amounts import Parser
from processor.edits.language.parsers.crop import CROP_PARSERS
from processor.edits.language.parsers.effect import EFFECT_PARSERS
from processor.edits.language.parsers.file import FILE_PARSERS
from processor.edits.language.parsers.implied import implied
from processor.edits.language.parsers.light import LIGHT_PARSERS
from processor.edits.language.parsers.overlay import OVERLAY_PARSERS
from processor.edits.language.parsers.shape import SHAPE_PARSERS
from processor.edits.language.parsers.size import SIZE_PARSERS
from processor.edits.language.parsers.turn import TURN_PARSERS
from processor.edits.operations.base import Operation


def turn_or_make(clause: Clause) -> list[Operation]:
    """Turn by an angle, or into something: "turn right", "turn it blue"."""
    return turn.rotate(clause) if turn.turns(clause) and not clause.verbs else implied(clause)


PARSERS: Final[Mapping[str, Parser]] = {
    "": implied,
    "turn": turn_or_make,
    **SIZE_PARSERS,
    **CROP_PARSERS,
    **SHAPE_PARSERS,
    **TURN_PARSERS,
    **LIGHT_PARSERS,
    **EFFECT_PARSERS,
    **OVERLAY_PARSERS,
    **FILE_PARSERS,
}
