"""Wrap another decoder's pixel buffer as a libvips image."""

from __future__ import annotations

from typing import Any

from pyvips import Image

INTERPRETATIONS = {1: "b-w", 2: "b-w", 3: "srgb", 4: "srgb"}


def from_rows(rows: Any, *, width: int, height: int, bands: int, stride: int) -> Image:
    """Wrap 8-bit interleaved *rows*, each *stride* bytes long, of which ``width × bands`` are pixels. No copy."""
    flat = Image.new_from_memory(rows, stride, height, 1, "uchar")
    image = flat.crop(0, 0, width * bands, height).bandfold(factor=bands)
    return image.copy(interpretation=INTERPRETATIONS[bands])
