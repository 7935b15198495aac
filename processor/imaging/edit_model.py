"""Define the values of an edit: its limits, the requested file, its result; and check a source against the limits.

Nothing here imports a pixel library, so that every layer may name these types.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from processor.edits.operations.file import PictureFormat
from processor.imaging.structure.header import Header
from processor.imaging.structure.walk import inspect_structure
from processor.recipe import MAX_SIDE_PX, DecodeLimits
from processor.source import Source

OnStep = Callable[[int, str], None]
"""Called before each part of the work with its index and name; raising stops the edit and leaves nothing behind.

``(-1, "decoding")``, then ``(i, operation name)`` for the plan's step *i*, then ``(len(steps), "encoding")``. When a
used decoder child crashes, a new one repeats the edit, and the calls start again.
"""

DECODING, ENCODING = "decoding", "encoding"


@dataclass(frozen=True, kw_only=True, slots=True)
class FileKind:
    """The abilities of a file format; *deep*: 16 bits a channel; *longest_side* in px."""

    extension: str
    content_type: str
    alpha: bool = False
    animated: bool = False
    lossy: bool = False
    deep: bool = False
    credit: bool = True
    longest_side: int = 65_535


FILE_KINDS: Final[Mapping[PictureFormat, FileKind]] = {
    "jpeg": FileKind(extension="jpg", content_type="image/jpeg", lossy=True),
    "png": FileKind(extension="png", content_type="image/png", alpha=True, deep=True),
    "webp": FileKind(
        extension="webp", content_type="image/webp", alpha=True, animated=True, lossy=True, longest_side=16_383
    ),
    "avif": FileKind(extension="avif", content_type="image/avif", alpha=True, lossy=True, longest_side=16_384),
    "gif": FileKind(extension="gif", content_type="image/gif", alpha=True, animated=True, credit=False),
    "tiff": FileKind(extension="tif", content_type="image/tiff", alpha=True, deep=True, credit=False),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class EditLimits:
    """Limits of a source, of each step and of the result. Megapixels of an animation are those of all its frames."""

    max_dimension_px: int = 10_000
    max_megapixels: int = 100
    max_frames: int = 200
    max_result_bytes: int = 128 * 2**20
    max_marks: int = 20
    """Different watermarks of one plan."""
    max_input_bytes: int = 100 * 2**20
    """Of the source and all watermarks: they are held in memory as files."""
    default_quality: int = 90
    decode_timeout_s: float = 20.0
    step_timeout_s: float = 60.0
    """Of each step in a child, and of encoding."""
    memory_mib: int = 1600
    """Of the child; 100 megapixels take 300 MiB for each picture that a step holds."""

    @property
    def of_source(self) -> DecodeLimits:
        """The limits of a decoder. The source's bytes were counted when they were fetched."""
        return DecodeLimits(
            max_dimension_px=min(self.max_dimension_px, MAX_SIDE_PX),
            max_megapixels=self.max_megapixels,
            max_frames=self.max_frames,
            decode_timeout_s=self.decode_timeout_s,
            decoder_memory_mib=self.memory_mib,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class OutputWish:
    """The file that a request asks for, beside its plan; *max_width*, *max_height* (px) never enlarge."""

    format: PictureFormat | None = None
    quality: int | None = None
    max_width: int | None = None
    max_height: int | None = None
    keep_metadata: bool = False
    """Keep artist and copyright; no other metadata is kept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Edited:
    """The written file. *width*, *height* (px) and *frames* as written; *notes*: remarks for the user.

    *steps_applied*: the plan's operations by name, in order.
    """

    data: bytes = field(repr=False)
    format: PictureFormat
    extension: str
    content_type: str
    width: int
    height: int
    frames: int
    steps_applied: tuple[str, ...]
    notes: tuple[str, ...] = ()


def inspect_source(source: Source, limits: EditLimits) -> Header:
    """Return the structure of a source or a watermark; raises PhotoError where it breaks its format or the limits."""
    return inspect_structure(source.view, limits.of_source, raw_max_megapixels=limits.max_megapixels)
