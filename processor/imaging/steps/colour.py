"""Steps on colour."""

from __future__ import annotations

from typing import Final

from pyvips import Image

from processor.edits.operations.light import Grayscale, Modulate, Sepia, Tint
from processor.imaging.picture import OPAQUE, Picture, rgb

SEPIA: Final = ((0.393, 0.769, 0.189), (0.349, 0.686, 0.168), (0.272, 0.534, 0.131))
"""Rows for red, green and blue (W3C Filter Effects, sepia at full strength)."""
LUMA: Final = (0.3, 0.59, 0.11)
"""Weights of red, green and blue (W3C Compositing and Blending, Lum)."""


def grayscale(picture: Picture, _: Grayscale) -> Picture:
    """Keep the lightness alone."""
    return picture.each_colour(lambda colours: colours.colourspace("b-w").colourspace("srgb"))


def sepia(picture: Picture, step: Sepia) -> Picture:
    """Mix the picture with its sepia version."""
    share = step.amount / 100
    rows = [
        [share * value + (1 - share) * (row == column) for column, value in enumerate(values)]
        for row, values in enumerate(SEPIA)
    ]
    return picture.each_colour(lambda colours: colours.recomb(Image.new_from_array(rows)))


def modulate(picture: Picture, step: Modulate) -> Picture:
    """Scale lightness and chroma and turn the hue (CIE LCh): a factor of 1 and 0° change nothing."""
    factors, turn = [step.brightness, step.saturation, 1], [0, 0, step.hue % 360]
    if factors == [1, 1, 1] and not step.hue % 360:
        return picture
    return picture.each_colour(
        lambda colours: colours.colourspace("lch").linear(factors, turn).copy(interpretation="lch").colourspace("srgb")
    )


def tint(picture: Picture, step: Tint) -> Picture:
    """Look at the picture through coloured glass that takes no light away: colours stay apart, luma stays."""
    glass = [value / OPAQUE for value in rgb(step.color)]
    # What the glass takes away (a red share of red, a blue share of blue), given back as grey.
    given_back = [weight * (1 - share) for weight, share in zip(LUMA, glass, strict=True)]
    rows = [
        [back + (share if row == column else 0) for column, back in enumerate(given_back)]
        for row, share in enumerate(glass)
    ]
    return picture.each_colour(lambda colours: colours.recomb(Image.new_from_array(rows)))
