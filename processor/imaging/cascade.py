"""Shrink once from the source, then each size from the next larger one: half the cost, equal to ≥ 50 dB."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pyvips import Image

from processor.imaging.geometry import Box, Rung, place_around
from processor.recipe import Focus

ORIENTATION_FIELD = "orientation"

# Each rung is computed once, into memory: it feeds both an encoder and the next rung, and libvips cannot read columns
# of a picture with sequential access.


def cascade(top: Image, rungs: Sequence[Rung], focus: Focus | None = None) -> Iterator[tuple[Rung, Image]]:
    """Yield every rung's picture, largest first. *top*: upright sRGB in memory, at least as large as each frame."""
    current = top
    for rung in sorted(rungs, key=lambda rung: (-rung.frame.width, -rung.frame.height, rung.size)):
        current = shrink(current, rung.frame)
        yield rung, cut(current, rung.crop, focus)


def first_shrink(image: Image, frame: Box) -> Image:
    """Resize a source, which may allow only one sequential pass, to exactly *frame* px; computed when it is read.

    The orientation field is removed: libvips would turn the picture a second time.
    """
    shrunk = _resized(image, frame).copy()
    shrunk.remove(ORIENTATION_FIELD)
    return shrunk


def shrink(image: Image, frame: Box) -> Image:
    """Resize to exactly *frame* px (Lanczos 3) into memory; the same image when it already has that size."""
    resized = _resized(image, frame)
    return image if resized is image else resized.copy_memory()


def _resized(image: Image, frame: Box) -> Image:
    if (image.width, image.height) == (frame.width, frame.height):
        return image
    return image.resize(frame.width / image.width, vscale=frame.height / image.height)


def cut(image: Image, crop: Box, focus: Focus | None = None) -> Image:
    """Crop to *crop* px around *focus*; without one, around what attracts attention (edges, skin, saturated colour)."""
    if (image.width, image.height) == (crop.width, crop.height):
        return image
    if focus is not None:
        left, top = place_around(focus, crop, Box(image.width, image.height))
        return image.crop(left, top, crop.width, crop.height).copy_memory()
    return image.smartcrop(crop.width, crop.height, interesting="attention").copy_memory()
