"""What the edit story asks of the imaging package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from processor.edits.options import EditOptions
from processor.edits.plan import Plan
from processor.imaging.edit_model import Edited, EditLimits, OnStep, OutputWish
from processor.source import Source


class Editor(Protocol):
    """Carries out plans; PhotoError and EditError are verdicts, OutOfTime means that *seconds_left* are too few."""

    def edit(  # noqa: PLR0913 - named by the keyword, each is a value of its own
        self,
        source: Source,
        plan: Plan,
        limits: EditLimits,
        *,
        file_name: str,
        assets: Mapping[str, Source],
        output: OutputWish,
        on_step: OnStep,
        seconds_left: float | None = None,
    ) -> Edited:
        """Apply *plan* to *source*. *assets*: what its steps lay over the picture, by reference."""
        ...


def wish_of(options: EditOptions) -> OutputWish:
    """Say what a request wishes in the words of the editor."""
    return OutputWish(
        format=options.output_format,
        quality=options.quality,
        max_width=options.max_width,
        max_height=options.max_height,
        keep_metadata=options.preserve_metadata,
    )
