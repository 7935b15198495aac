"""Rounded corners and circles."""

from __future__ import annotations

from pyvips import Image

from processor.edits.operations.size import Round
from processor.imaging.geometry import Box
from processor.imaging.picture import COLOURS, OPAQUE, Picture, colours_of
from processor.imaging.steps.anchors import place


def round_corners(picture: Picture, step: Round) -> Picture:
    """Make what lies outside transparent; a circle is cut from the middle square."""
    if step.radius == "circle":
        side = min(picture.size.width, picture.size.height)
        square = Box(side, side)
        left, top = place(square, picture.size, "center")
        cut = picture.each(lambda image: image.crop(left, top, side, side))
        return _masked(cut, side / 2)
    short = min(picture.size.width, picture.size.height)
    radius = step.radius if step.unit == "px" else short * step.radius / 100
    return _masked(picture, min(radius, short / 2))


def _masked(picture: Picture, radius: float) -> Picture:
    mask = rounded_mask(picture.size, radius)
    return picture.with_alpha().each(lambda image: colours_of(image).bandjoin(_both(image[COLOURS], mask)))


def _both(alpha: Image, mask: Image) -> Image:
    """Multiply two masks of 0-255."""
    return (alpha * mask / OPAQUE).rint().cast("uchar")


def rounded_mask(size: Box, radius: float) -> Image:
    """Draw a rounded box that fills *size*: 255 inside, 0 outside, smooth over the pixel between."""
    # The signed distance to the edge, px; pixel centres lie half a pixel inside the box.
    distance = Image.sdf(
        size.width,
        size.height,
        "rounded-box",
        a=[-0.5, -0.5],
        b=[size.width - 0.5, size.height - 0.5],
        corners=[radius] * 4,
    )
    return ((0.5 - distance) * OPAQUE).rint().cast("uchar")
