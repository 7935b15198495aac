"""Lay one image over another."""

from __future__ import annotations

from pyvips import Image

from processor.imaging.picture import COLOURS, colours_of, eight_bit


def put(image: Image, layer: Image, left: int, top: int) -> Image:
    """Lay *layer* (with alpha) on *image*, its corner at *left*, *top* px; an opaque image stays without alpha."""
    laid = eight_bit(image.composite2(layer, "over", x=left, y=top))
    return laid if image.bands > COLOURS else colours_of(laid)


def faded(layer: Image, opacity: float) -> Image:
    """Return *layer* (with alpha) at *opacity* 0-1 of its own."""
    if opacity >= 1:
        return layer
    return colours_of(layer).bandjoin((layer[COLOURS] * opacity).rint().cast("uchar"))
