"""Check that each head of the language has exactly one parser."""

from __future__ import annotations

from processor.edits.language.parsers.crop import CROP_PARSERS
from processor.edits.language.parsers.effect import EFFECT_PARSERS
from processor.edits.language.parsers.file import FILE_PARSERS
from processor.edits.language.parsers.light import LIGHT_PARSERS
from processor.edits.language.parsers.overlay import OVERLAY_PARSERS
from processor.edits.language.parsers.shape import SHAPE_PARSERS
from processor.edits.language.parsers.size import SIZE_PARSERS
from processor.edits.language.parsers.table import PARSERS
from processor.edits.language.parsers.turn import TURN_PARSERS
from processor.edits.language.phrases import HEADS

GROUPS = (
    *(SIZE_PARSERS, CROP_PARSERS, SHAPE_PARSERS, TURN_PARSERS),
    *(LIGHT_PARSERS, EFFECT_PARSERS, OVERLAY_PARSERS, FILE_PARSERS),
)


def test_every_head_has_a_parser() -> None:
    """A head without a parser would fail only in front of a user."""
    assert set(HEADS) <= set(PARSERS)


def test_no_head_has_two_parsers() -> None:
    """The second would hide the first."""
    heads = [head for group in GROUPS for head in group]

    assert sorted(set(heads)) == sorted(heads)
