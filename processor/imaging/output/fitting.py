"""Fit a file into a number of bytes: reduce its quality first, then its size."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from processor.errors import EditCode, EditError
from processor.imaging.geometry import Box, scaled
from processor.imaging.output.writer import Writer
from processor.imaging.picture import Picture, stretch

LOWEST_QUALITY = 40
"""Below it, blocks and smears are visible: a smaller picture looks better."""
HIGHEST_PALETTE_QUALITY = 100
HEADROOM = 0.95
"""Aim below the limit: a file shrinks a little less than its pixels."""
MAX_SHRINKS = 20
PARTS = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenFile:
    """A file, the picture in it, and its quality (None: without loss)."""

    data: bytes
    picture: Picture
    quality: int | None


def fit_bytes(picture: Picture, writer: Writer, quality: int | None, max_bytes: int | None) -> WrittenFile:
    """Write at *quality*, or at the best quality and then the largest size that fits *max_bytes*."""
    written = WrittenFile(data=writer.write(picture, quality), picture=picture, quality=quality)
    if max_bytes is None or len(written.data) <= max_bytes:
        return written
    if quality is not None or writer.format == "png":
        written = _at_best_quality(picture, writer, quality or HIGHEST_PALETTE_QUALITY, max_bytes)
    for _ in range(MAX_SHRINKS):
        if len(written.data) <= max_bytes:
            return _noted(written, quality, picture.size, max_bytes)
        smaller = _shrunk(picture, written, max_bytes)
        if smaller is None:
            break
        data = writer.write(smaller, written.quality)
        written = WrittenFile(data=data, picture=smaller, quality=written.quality)
    raise _cannot_fit(written, max_bytes)


def _at_best_quality(picture: Picture, writer: Writer, quality: int, max_bytes: int) -> WrittenFile:
    """Return the file of the highest quality up to *quality* that fits (binary search), else of the lowest."""
    low, high = min(LOWEST_QUALITY, quality), quality
    best = WrittenFile(data=writer.write(picture, low), picture=picture, quality=low)
    if len(best.data) > max_bytes:
        return best
    while high - low > 1:
        middle = (low + high) // 2
        data = writer.write(picture, middle)
        if len(data) <= max_bytes:
            low, best = middle, WrittenFile(data=data, picture=picture, quality=middle)
        else:
            high = middle
    return best


def _shrunk(picture: Picture, written: WrittenFile, max_bytes: int) -> Picture | None:
    """Resize *picture* to the size that should fit; None when it cannot be smaller."""
    size = written.picture.size
    part = int(PARTS * HEADROOM * sqrt(max_bytes / len(written.data)))
    frame = Box(scaled(size.width, part, PARTS), scaled(size.height, part, PARTS))
    return None if frame == size else stretch(picture, frame).in_memory()


def _noted(written: WrittenFile, quality: int | None, size: Box, max_bytes: int) -> WrittenFile:
    """Add notes on the quality or the size that was reduced."""
    picture, limit = written.picture, f"so that the file has at most {max_bytes:,} bytes"
    if written.quality != quality and quality is not None:
        picture = picture.noting(f"The quality is {written.quality}, {limit}.")
    elif written.quality != quality:
        picture = picture.noting(f"The picture has at most 256 colours, {limit}.")
    if picture.size != size:
        picture = picture.noting(f"The picture is {picture.size.width} × {picture.size.height} px, {limit}.")
    return WrittenFile(data=written.data, picture=picture, quality=written.quality)


def _cannot_fit(written: WrittenFile, max_bytes: int) -> EditError:
    return EditError(
        EditCode.INVALID_INPUT,
        f"The file cannot be made that small: expected at most {max_bytes:,} bytes, it has {len(written.data):,}. "
        "Choose another format, such as WebP, or allow a larger file.",
    )
