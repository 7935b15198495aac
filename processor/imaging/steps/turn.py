"""Carry out the turns: rotate and flip."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from pyvips import Image, Interpolate

from processor.edits.operations.base import Operation
from processor.edits.operations.turn import Flip, Rotate
from processor.imaging.picture import Picture, StepFunction, ink, premultiplied

QUARTERS: Final[Mapping[float, Callable[[Image], Image]]] = {
    0: lambda image: image,
    90: lambda image: image.rot90(),
    180: lambda image: image.rot180(),
    270: lambda image: image.rot270(),
}


def rotate(picture: Picture, step: Rotate) -> Picture:
    """Turn clockwise. Quarter turns only move pixels; other angles resample them on a larger canvas."""
    degrees = step.degrees % 360
    if degrees in QUARTERS:
        return picture.each(QUARTERS[degrees])
    ready = picture.with_alpha() if step.background is None else picture
    corner = ink(step.background, ready.first)
    smooth = Interpolate.new("bicubic")
    return ready.each(
        lambda image: premultiplied(
            image, lambda plain: plain.similarity(angle=degrees, background=corner, interpolate=smooth)
        )
    )


def flip(picture: Picture, step: Flip) -> Picture:
    """Mirror left and right, or top and bottom."""
    across = step.direction == "horizontal"
    return picture.each(lambda image: image.fliphor() if across else image.flipver())


TURN_STEPS: Final[Mapping[type[Operation], StepFunction]] = {
    Rotate: rotate,
    Flip: flip,
}
