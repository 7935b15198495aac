"""Walk a file's structure and check its claims against the limits, before a decoder sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from struct import error as struct_error
from typing import Final

from processor.errors import PhotoError, Verdict
from processor.imaging.model import ImageFormat
from processor.imaging.sniff import Container, sniff
from processor.imaging.structure.bmp import walk_bmp
from processor.imaging.structure.gif import walk_gif
from processor.imaging.structure.header import Header, needs_memory, truncated
from processor.imaging.structure.isobmff import walk_cr3, walk_heif
from processor.imaging.structure.jpeg import walk_jpeg
from processor.imaging.structure.png import walk_png
from processor.imaging.structure.tiff_photo import walk_raf, walk_tiff
from processor.imaging.structure.webp import walk_webp
from processor.recipe import DecodeLimits

BYTES_PER_PIXEL: Final[Mapping[ImageFormat, int]] = {"heic": 4, "avif": 11, "webp": 7, "bmp": 7, "gif": 4}
"""Least memory of decoders that hold the whole picture, measured at 24 and 48 MP. The others read row by row."""
PROGRESSIVE_BYTES_PER_PIXEL: Final = 3
"""A progressive JPEG's coefficients: 2 bytes for each of 1.5 samples."""
MAX_SCAN_MEGAPIXELS = 4_000
"""Scans × megapixels of a progressive JPEG: about 4 s of CPU (1.1 GP·scan/s measured)."""


WALKERS: Final[Mapping[Container, Callable[[memoryview, DecodeLimits], Header]]] = {
    "jpeg": lambda data, limits: walk_jpeg(data, max_scans=limits.max_scans),
    "png": lambda data, _: walk_png(data),
    "webp": lambda data, limits: walk_webp(data, max_frames=limits.max_frames),
    "gif": lambda data, limits: walk_gif(data, max_frames=limits.max_frames),
    "tiff": lambda data, limits: walk_tiff(data, max_frames=limits.max_frames),
    "bmp": lambda data, _: walk_bmp(data),
    "isobmff": lambda data, _: walk_heif(data),
    "cr3": lambda data, _: walk_cr3(data),
    "raf": lambda data, _: walk_raf(data),
    "raw": lambda _, __: Header(format="raw", width=0, height=0),
}


def inspect_structure(data: memoryview, limits: DecodeLimits, *, raw_max_megapixels: float) -> Header:
    """Return what *data* claims to be; raise PhotoError where it breaks its format's rules or the limits."""
    try:
        header = WALKERS[sniff(data)](data, limits)
    except (struct_error, IndexError) as error:
        raise truncated("it ends inside its own header") from error
    check_limits(header, limits, raw_max_megapixels=raw_max_megapixels)
    return header


def least_memory_mib(header: Header) -> int:
    """Return the memory that decoding takes at least; 0 when it does not depend on the picture's size."""
    progressive = header.format == "jpeg" and header.scans > 1
    per_pixel = PROGRESSIVE_BYTES_PER_PIXEL if progressive else BYTES_PER_PIXEL.get(header.format, 0)
    return header.width * header.height * per_pixel >> 20


def check_limits(header: Header, limits: DecodeLimits, *, raw_max_megapixels: float) -> None:
    """Raise a verdict for size, memory, frames or scans beyond *limits*, with what is allowed and what was found."""
    megapixels = raw_max_megapixels if header.format == "raw" else limits.max_megapixels
    found = f"received {header.width:,} × {header.height:,} px ({header.megapixels:,.1f} MP)"
    if max(header.width, header.height) > limits.max_dimension_px:
        raise PhotoError(
            Verdict.DIMENSIONS_TOO_LARGE,
            f"The photo is too large: expected sides of at most {limits.max_dimension_px:,} px, {found}.",
        )
    if header.megapixels > megapixels:
        raise PhotoError(
            Verdict.DIMENSIONS_TOO_LARGE,
            f"The photo is too large: expected at most {megapixels:g} megapixels, {found}.",
        )
    needed = least_memory_mib(header)
    if needed > limits.decoder_memory_mib:
        raise needs_memory(limits.decoder_memory_mib, needed)
    if header.frames > limits.max_frames:
        raise PhotoError(
            Verdict.TOO_MANY_FRAMES,
            f"The animation is too long: expected at most {limits.max_frames} frames, received {header.frames:,}.",
        )
    if header.scans * header.megapixels > MAX_SCAN_MEGAPIXELS and header.scans > 1:
        raise PhotoError(
            Verdict.TOO_MANY_SCANS,
            f"The progressive JPEG has too many scans for its size: expected at most "
            f"{MAX_SCAN_MEGAPIXELS / header.megapixels:,.0f}, received {header.scans}.",
        )
