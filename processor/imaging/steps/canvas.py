"""Put a picture on a larger canvas."""

from __future__ import annotations

from processor.edits.operations.base import Anchor
from processor.imaging.geometry import Box
from processor.imaging.picture import Picture, ink
from processor.imaging.steps.anchors import place


def on_canvas(picture: Picture, canvas: Box, anchor: Anchor, colour: str | None) -> Picture:
    """Return *picture* on *canvas* px; *colour* None is transparent, which becomes white where a format cannot."""
    if canvas == picture.size:
        return picture
    left, top = place(picture.size, canvas, anchor)
    return embed(picture, canvas, left, top, colour)


def embed(picture: Picture, canvas: Box, left: int, top: int, colour: str | None) -> Picture:
    """Return *picture* with its corner at *left*, *top* of *canvas*."""
    ready = picture.with_alpha() if colour is None else picture
    pixel = ink(colour, ready.first.bands)
    return ready.each(
        lambda image: image.embed(left, top, canvas.width, canvas.height, extend="background", background=pixel)
    )
