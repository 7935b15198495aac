"""Decide the file of an edit, its format, quality and bounds, from the plan, the request and the source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from processor.edits.operations.file import Format, Metadata, PictureFormat, Quality
from processor.edits.options import overruled
from processor.edits.plan import Plan
from processor.edits.vocabulary import Step
from processor.imaging.edit_model import FILE_KINDS, FileKind, OutputWish
from processor.imaging.model import ImageFormat

WEB_FORMATS: Final[dict[ImageFormat, PictureFormat]] = {
    "jpeg": "jpeg",
    "png": "png",
    "webp": "webp",
    "gif": "gif",
    "avif": "avif",
}
"""Formats that every browser shows: an edit keeps them. TIFF, HEIC, BMP and RAW become JPEG."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OutputSpec:
    """The file to be written.

    *quality*: 1-100 as asked for, or None; *max_bytes*: of the whole file; *keep_credit*: artist and copyright;
    *lossless*: keep every pixel value, where the format can; *notes*: on options that won over the plan.
    """

    format: PictureFormat
    quality: int | None = None
    max_bytes: int | None = None
    max_width: int | None = None
    max_height: int | None = None
    keep_credit: bool = False
    lossless: bool = False
    notes: tuple[str, ...] = ()

    @property
    def kind(self) -> FileKind:
        """The abilities of the format."""
        return FILE_KINDS[self.format]


Kind = TypeVar("Kind", Format, Metadata, Quality)


def output_spec(plan: Plan, wish: OutputWish, source: ImageFormat) -> OutputSpec:
    """Decide each property: by the request's options, else by the last step that sets it, else by the source."""
    formatted, metadata = _last(plan.steps, Format), _last(plan.steps, Metadata)
    qualities = [step for step in plan.steps if isinstance(step, Quality)]
    values = [step.value for step in qualities if step.value is not None]
    sizes = [step.max_bytes for step in qualities if step.max_bytes is not None]
    output: PictureFormat = wish.format or (formatted.to if formatted else WEB_FORMATS.get(source, "jpeg"))
    return OutputSpec(
        format=output,
        lossless=formatted is not None and formatted.lossless and output != "jpeg" and wish.quality is None,
        quality=wish.quality or (values[-1] if values else None),
        max_bytes=sizes[-1] if sizes else None,
        max_width=wish.max_width,
        max_height=wish.max_height,
        keep_credit=wish.keep_metadata or (metadata is not None and metadata.keep == "copyright"),
        notes=overruled(plan, wish.format, wish.quality, keep_credit=wish.keep_metadata),
    )


def _last(steps: Sequence[Step], kind: type[Kind]) -> Kind | None:
    """Return the last step of *kind*."""
    return next((step for step in reversed(steps) if isinstance(step, kind)), None)
