"""Emboss and edges: what lightness does from pixel to pixel."""

from __future__ import annotations

from typing import Final

from pyvips import Image

from processor.edits.operations.effect import Edge, Emboss
from processor.imaging.picture import OPAQUE, Picture, eight_bit
from processor.imaging.steps.mix import mixed

LIGHT_FROM_NORTHWEST: Final = [[-2, -1, 0], [-1, 0, 1], [0, 1, 2]]
FULL_EFFECT = 0.5
"""From this intensity on nothing of the photo's own colour is left; above it the effect itself grows."""


def emboss(picture: Picture, step: Emboss) -> Picture:
    """Show the picture as grey relief, lit from the upper left."""
    depth = max(1.0, step.intensity / FULL_EFFECT)
    kernel = Image.new_from_array(LIGHT_FROM_NORTHWEST)

    def relief(light: Image) -> Image:
        return light.conv(kernel, precision="float") * depth + OPAQUE / 2

    relieved = picture.each_colour(lambda colours: _grey(relief(_light(colours))))
    return mixed(picture, relieved, step.intensity / FULL_EFFECT)


def edge(picture: Picture, step: Edge) -> Picture:
    """Show how steeply lightness changes (Sobel): white lines on black."""
    gain = max(1.0, step.intensity / FULL_EFFECT)
    drawn = picture.each_colour(lambda colours: _grey(_light(colours).sobel() * gain))
    return mixed(picture, drawn, step.intensity / FULL_EFFECT)


def _light(colours: Image) -> Image:
    return colours.colourspace("b-w")


def _grey(light: Image) -> Image:
    """Write one band of values as three equal ones."""
    whole = eight_bit(light)
    return whole.bandjoin([whole, whole]).copy(interpretation="srgb")
