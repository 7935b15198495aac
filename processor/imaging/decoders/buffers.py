"""Wrap another decoder's pixel buffer as a libvips image."""

from __future__ import annotations

from typing import Any, Final

from pyvips import Image

INTERPRETATIONS: Final = {
    "uchar": {1: "b-w", 2: "b-w", 3: "srgb", 4: "srgb"},
    "ushort": {1: "grey16", 2: "grey16", 3: "rgb16", 4: "rgb16"},
}
SAMPLE_BYTES: Final = {"uchar": 1, "ushort": 2}


def from_rows(  # noqa: PLR0913 - keyword-only: the layout of a buffer
    rows: Any, *, width: int, height: int, bands: int, stride: int, sample: str = "uchar"
) -> Image:
    """Wrap interleaved *rows*, each *stride* bytes long, of which ``width × bands`` samples are pixels. No copy.

    *sample*: "uchar", or "ushort" in this machine's byte order.
    """
    if stride == width * bands * SAMPLE_BYTES[sample]:
        image = Image.new_from_memory(rows, width, height, bands, sample)
    else:
        flat = Image.new_from_memory(rows, stride // SAMPLE_BYTES[sample], height, 1, sample)
        image = flat.crop(0, 0, width * bands, height).bandfold(factor=bands)
    return image.copy(interpretation=INTERPRETATIONS[sample][bands])
