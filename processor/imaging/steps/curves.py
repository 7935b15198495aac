"""Tone curves: one table of 256 values for all colours, and how the tones of a picture lie."""

from __future__ import annotations

from typing import Any

from pyvips import Image

from processor.imaging.picture import OPAQUE, Picture

TONES = 256


def apply_curve(picture: Picture, curve: Image) -> Picture:
    """Send every colour value through *curve* (256 values, any number format)."""
    table = curve.rint().cast("uchar")
    return picture.each_colour(lambda colours: colours.maplut(table))


def straight(factor: float, offset: float) -> Image:
    """Return the curve ``factor × value + offset``."""
    return Image.identity().linear([factor], [offset])


def tones(picture: Picture) -> Image:
    """Return how light each pixel of all frames is: one band, 8 bit."""
    return picture.roll().colourspace("b-w")


def lightest(image: Image) -> float:
    """Return the largest value of a one-band image."""
    value: Any = image.max()
    return float(value)


def pivoted(factor: float) -> Image:
    """Return the curve that turns around the middle grey by *factor*."""
    middle = OPAQUE / 2
    return straight(factor, middle - factor * middle)
