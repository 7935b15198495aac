"""Carry out the operations on the file. Most change no pixel: the plan's ``OutputSpec`` holds what they ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from processor.edits.operations.base import Operation
from processor.edits.operations.file import Format, Metadata, Quality, Still
from processor.imaging.picture import Picture, StepFunction


def still(picture: Picture, _: Still) -> Picture:
    """Keep the first frame of an animation."""
    return picture.still()


def unchanged(picture: Picture, _: Operation) -> Picture:
    """Change no pixel."""
    return picture


FILE_STEPS: Final[Mapping[type[Operation], StepFunction]] = {
    Format: unchanged,
    Quality: unchanged,
    Still: still,
    Metadata: unchanged,
}
