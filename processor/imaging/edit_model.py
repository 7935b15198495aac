"""The nouns of the edit line: what an edit may use, what is wished of its file, what came out. Plain frozen values.

Nothing here imports a pixel library, so that every layer may name these types.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from processor.edits.operations.file import PictureFormat

OnStep = Callable[[int, str], None]
"""Called before each part of the work with its index and name; raising stops the edit and leaves nothing behind.

``(-1, "decoding")``, then ``(i, operation name)`` for the plan's step *i*, then ``(len(steps), "encoding")``. A decoder
child that dies of what earlier photos left behind is replaced, and the calls then begin anew.
"""

DECODING, ENCODING = "decoding", "encoding"


@dataclass(frozen=True, kw_only=True, slots=True)
class FileKind:
    """What a file format can hold; *longest_side* in px."""

    extension: str
    content_type: str
    alpha: bool = False
    animated: bool = False
    lossy: bool = False
    credit: bool = True
    longest_side: int = 65_535


FILE_KINDS: Final[Mapping[PictureFormat, FileKind]] = {
    "jpeg": FileKind(extension="jpg", content_type="image/jpeg", lossy=True),
    "png": FileKind(extension="png", content_type="image/png", alpha=True),
    "webp": FileKind(
        extension="webp", content_type="image/webp", alpha=True, animated=True, lossy=True, longest_side=16_383
    ),
    "avif": FileKind(extension="avif", content_type="image/avif", alpha=True, lossy=True, longest_side=16_384),
    "gif": FileKind(extension="gif", content_type="image/gif", alpha=True, animated=True, credit=False),
    "tiff": FileKind(extension="tif", content_type="image/tiff", alpha=True, credit=False),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class EditLimits:
    """What a source, each step and the result may use. Megapixels of an animation are those of all its frames."""

    max_dimension_px: int = 10_000
    max_megapixels: int = 100
    max_frames: int = 200
    max_result_bytes: int = 128 * 2**20
    default_quality: int = 90
    decode_timeout_s: float = 20.0
    step_timeout_s: float = 60.0
    """Of each step in a child, and of encoding."""
    memory_mib: int = 1600
    """Of the child; 100 megapixels take 300 MiB for each picture that a step holds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OutputWish:
    """What the request says of the file beside its plan; *max_width*, *max_height* (px) never enlarge."""

    format: PictureFormat | None = None
    quality: int | None = None
    max_width: int | None = None
    max_height: int | None = None
    keep_metadata: bool = False
    """Artist and copyright; nothing else is ever kept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Edited:
    """The file that was made. *width*, *height* (px) and *frames* as written; *notes*: what was not as one may expect.

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
