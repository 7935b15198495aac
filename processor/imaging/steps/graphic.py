"""Posterise, solarise, pixelate, vignette."""

from __future__ import annotations

from pyvips import ForeignKeep, Image

from processor.edits.operations.effect import Pixelate, Posterize, Solarize, Vignette
from processor.imaging.geometry import Box
from processor.imaging.picture import OPAQUE, Picture, colours_of, premultiplied
from processor.imaging.steps.curves import apply_curve

MOST_TONES, FEWEST_TONES = 16, 2
LARGEST_BLOCK = 0.05
"""Of the shorter side: twenty blocks are left of it at full intensity."""
CLEAR = 0.35
"""Up to this distance from the middle, as a share of the half diagonal, a vignette darkens nothing."""


def posterize(picture: Picture, step: Posterize) -> Picture:
    """Leave 16 tones per colour at intensity 0, two at 1, evenly from black to white; or so many levels or colours."""
    if step.colors is not None:
        bits = step.colors.bit_length() - 1
        return picture.each_colour(lambda colours: _quantized(colours, bits))
    count = step.levels or round(MOST_TONES * (FEWEST_TONES / MOST_TONES) ** step.intensity)
    curve = (Image.identity() * (count / (OPAQUE + 1))).floor() * (OPAQUE / (count - 1))
    return apply_curve(picture, curve)


def _quantized(colours: Image, bits: int) -> Image:
    """Reduce to a palette of at most 2 ** *bits* colours, chosen for this frame (libimagequant or quantizr)."""
    data = colours.gifsave_buffer(bitdepth=bits, dither=0, keep=ForeignKeep.NONE)
    return colours_of(Image.gifload_buffer(data).colourspace("srgb")).copy_memory()


def solarize(picture: Picture, step: Solarize) -> Picture:
    """Invert what is brighter than a threshold, which falls as the intensity rises."""
    values = Image.identity()
    bright = values > OPAQUE * (1 - step.intensity)
    return apply_curve(picture, bright.ifthenelse(OPAQUE - values, values))


def pixelate(picture: Picture, step: Pixelate) -> Picture:
    """Replace square blocks by their mean."""
    size = picture.size
    block = max(1, round(min(size.width, size.height) * LARGEST_BLOCK * step.intensity))
    if block == 1:
        return picture
    return picture.each(lambda image: premultiplied(image, lambda plain: _blocks(plain, size, block)))


def _blocks(image: Image, size: Box, block: int) -> Image:
    # Blocks at the right and lower edge are filled up with copies of the last pixels.
    across, down = -(-size.width // block), -(-size.height // block)
    whole = image.embed(0, 0, across * block, down * block, extend="copy")
    return whole.shrink(block, block).zoom(block, block).crop(0, 0, size.width, size.height)


def vignette(picture: Picture, step: Vignette) -> Picture:
    """Darken towards the corners, which lose *intensity* of their light."""
    light = _falloff(picture.size) * -step.intensity + 1
    return picture.each_colour(lambda colours: colours * light)


def _falloff(size: Box) -> Image:
    """Return 0 in the middle, 1 in the corners, smooth between."""
    # xyz counts pixels from their upper left corner; their centres lie half a pixel on.
    middle = [(size.width - 1) / 2, (size.height - 1) / 2]
    half = [max(0.5, size.width / 2), max(0.5, size.height / 2)]
    offset = (Image.xyz(size.width, size.height) - middle) / half
    distance = (offset[0] ** 2 + offset[1] ** 2) ** 0.5 / 2**0.5
    rising = (distance - CLEAR) * (1 / (1 - CLEAR))
    clipped = (rising < 0).ifthenelse(0, (rising > 1).ifthenelse(1, rising))
    return clipped * clipped * (3 - 2 * clipped)
