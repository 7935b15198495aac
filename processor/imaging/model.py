"""Define the values of a rendering, frozen: formats, renditions, facts of the camera, the receipt.

Nothing here imports a pixel library, so that every layer may name these types.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from processor.recipe import Focus, OutputFormat
from processor.source import Source

ImageFormat = Literal["jpeg", "png", "webp", "gif", "tiff", "heic", "avif", "bmp", "raw"]
Decoder = Literal["native", "heif", "pillow", "raw-preview", "raw-half", "raw-full"]

EXTENSIONS: Mapping[str, str] = {"jpeg": "jpg", "webp": "webp", "avif": "avif"}
EXTENSIONS_OF: Mapping[str, frozenset[str]] = {
    "jpeg": frozenset({"jpg", "jpeg", "jpe", "jfif", "mpo"}),
    "png": frozenset({"png", "apng"}),
    "webp": frozenset({"webp"}),
    "gif": frozenset({"gif"}),
    "tiff": frozenset({"tif", "tiff"}),
    "heic": frozenset({"heic", "heif", "hif"}),
    "avif": frozenset({"avif"}),
    "bmp": frozenset({"bmp", "dib"}),
    "raw": frozenset(
        {
            *("3fr", "arw", "cr2", "cr3", "crw", "dcr", "dng", "erf", "fff", "gpr", "iiq", "k25", "kdc", "mef", "mos"),
            *("mrw", "nef", "nrw", "orf", "pef", "raf", "raw", "rw2", "rwl", "sr2", "srf", "srw", "x3f"),
        }
    ),
}
"""Usual file extensions per format. A wrong one is noted on the receipt; the content decides."""
CONTENT_TYPES: Mapping[str, str] = {"jpeg": "image/jpeg", "webp": "image/webp", "avif": "image/avif"}


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderInputs:
    """Inputs of one photo beside its file and the recipe.

    *focus*: where `cover` cuts; None: attention. *marks*: the files of the recipe's watermarks, by key.
    """

    focus: Focus | None = None
    marks: Mapping[str, Source] = field(default_factory=dict[str, Source], repr=False)


NO_INPUTS: Final = RenderInputs()


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendition:
    """One encoded file of one size. *width*, *height* in px; *data* is the whole file."""

    size: str
    format: OutputFormat
    width: int
    height: int
    data: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class CameraFacts:
    """EXIF facts of how the photo was taken; never a serial number, an owner or a place."""

    make: str | None = None
    model: str | None = None
    lens: str | None = None
    iso: int | None = None
    exposure_s: float | None = None
    aperture: float | None = None
    focal_length_mm: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Location:
    """Place of the camera in degrees; south and west are negative."""

    latitude: float
    longitude: float


@dataclass(frozen=True, kw_only=True, slots=True)
class EmbeddedFacts:
    """Searchable facts that the file carries. *rating*: 1 to 5 stars, -1 rejected; *location*: only if asked."""

    title: str | None = None
    caption: str | None = None
    keywords: tuple[str, ...] = ()
    rating: int | None = None
    location: Location | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """A record of how the renditions were made. Durations in ms (of all threads together), memory in MiB.

    *decoder*: that of the largest size; *sources*: the decoder of each size; *decoder_why*: the reasons.
    """

    decoder: Decoder
    decoder_why: str
    sources: Mapping[str, Decoder]
    colour: str
    orientation: int
    detected_format: str
    extension_matches: bool
    isolated: bool
    engine: Mapping[str, str]
    steps_ms: Mapping[str, float]
    peak_memory_mib: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendering:
    """All renditions of one original. *width*, *height*: the original's, upright, px."""

    format: str
    width: int
    height: int
    renditions: tuple[Rendition, ...]
    camera: CameraFacts
    taken_at: str | None
    placeholder: str
    dominant_color: str
    receipt: Receipt
    embedded: EmbeddedFacts = EmbeddedFacts()
