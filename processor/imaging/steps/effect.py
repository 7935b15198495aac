"""Carry out the effects: sharpness, relief, reduced tones, blocks, a vignette."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pyvips import ForeignKeep, Image

from processor.edits.operations.base import Operation
from processor.edits.operations.effect import (
    Blur,
    Denoise,
    Edge,
    Emboss,
    Pixelate,
    Posterize,
    Sharpen,
    Solarize,
    Vignette,
)
from processor.imaging.colour import full_scale
from processor.imaging.geometry import Box
from processor.imaging.picture import (
    OPAQUE,
    Picture,
    StepFunction,
    apply_curve,
    colours_of,
    eight_bit,
    mixed,
    premultiplied,
)
from processor.imaging.steps.layout import length

BLUR_PERCENT = 0.625
"""Of the shorter side, where a blur has no sigma of its own."""
SMALLEST_SIGMA = 0.3
FINE_SIGMA = 2
"""A wider blur is computed on a smaller picture, at a fraction of the cost: it is shrunk until this sigma is left."""
SMALLEST_SIDE = 8
TAIL = 0.02
"""Amplitude at which the Gaussian is cut off; libvips' default 0.2 makes every blur a sixth too weak."""
NOISE_LEVELS = 30
"""8-bit steps of noise that full strength removes."""
NOISE_SIGMA = 2
"""Half the width of the neighbourhood, px, over which denoise averages."""
LIGHT_FROM_NORTHWEST: Final = [[-2, -1, 0], [-1, 0, 1], [0, 1, 2]]
FULL_EFFECT = 0.5
"""From this intensity on the photo's own colour is gone; above it the effect itself grows."""
MOST_TONES, FEWEST_TONES = 16, 2
LARGEST_BLOCK = 0.05
"""Side of a block at full intensity, as a share of the shorter side."""
CLEAR = 0.35
"""Up to this distance from the middle, as a share of the half diagonal, a vignette darkens nothing."""


def blur(picture: Picture, step: Blur) -> Picture:
    """Blur by a Gaussian, transparency included."""
    sigma = max(SMALLEST_SIGMA, length(picture.size, step.sigma, step.sigma_percent, BLUR_PERCENT))
    return picture.each(lambda image: premultiplied(image, lambda plain: _gaussian(plain, sigma)))


def _gaussian(image: Image, sigma: float) -> Image:
    """Return *image* blurred by *sigma* px."""
    factor = min(int(sigma / FINE_SIGMA), min(image.width, image.height) // SMALLEST_SIDE)
    if factor <= 1:
        return _blurred(image, sigma)
    small = image.resize(1 / factor)
    across, down = image.width / small.width, image.height / small.height
    blurred = _blurred(small, sigma / factor)
    return blurred.resize(across, vscale=down, kernel="cubic").crop(0, 0, image.width, image.height)


def _blurred(image: Image, sigma: float) -> Image:
    # Integer precision would be ten times as fast, and up to two steps too dark or too bright.
    return image.gaussblur(sigma, min_ampl=TAIL, precision="float")


def sharpen(picture: Picture, step: Sharpen) -> Picture:
    """Sharpen the lightness; flat areas stay as they are (libvips' sharpen)."""
    return picture.each_colour(lambda colours: colours.sharpen(sigma=step.sigma))


def denoise(picture: Picture, step: Denoise) -> Picture:
    """Average where neighbours differ no more than noise does; edges stay.

    The guided filter (He, Sun, Tang 2010), guided by the picture itself.
    """
    if not step.intensity:
        return picture
    noise = (step.intensity * NOISE_LEVELS * full_scale(picture.first) / OPAQUE) ** 2
    return picture.each_colour(lambda colours: _guided(colours, noise))


def _guided(colours: Image, noise: float) -> Image:
    """*noise*: variance that counts as noise, in squared values."""
    values = colours.cast("float")
    mean = _mean(values)
    variance = _mean(values * values) - mean * mean
    detail = variance / (variance + noise)
    return _mean(detail) * values + _mean(mean - detail * mean)


def _mean(values: Image) -> Image:
    return values.gaussblur(NOISE_SIGMA, precision="approximate")


def emboss(picture: Picture, step: Emboss) -> Picture:
    """Show the picture as grey relief, lit from the upper left."""
    depth = max(1.0, step.intensity / FULL_EFFECT)
    kernel = Image.new_from_array(LIGHT_FROM_NORTHWEST)

    def relief(light: Image) -> Image:
        return light.conv(kernel, precision="float") * depth + OPAQUE / 2

    relieved = picture.each_colour(lambda colours: _grey(relief(_light(colours))))
    return mixed(picture, relieved, step.intensity / FULL_EFFECT)


def edge(picture: Picture, step: Edge) -> Picture:
    """Show the gradient of lightness (Sobel): white lines on black."""
    gain = max(1.0, step.intensity / FULL_EFFECT)
    drawn = picture.each_colour(lambda colours: _grey(_light(colours).sobel() * gain))
    return mixed(picture, drawn, step.intensity / FULL_EFFECT)


def _light(colours: Image) -> Image:
    return colours.colourspace("b-w")


def _grey(light: Image) -> Image:
    """Write one band of values as three equal ones."""
    whole = eight_bit(light)
    return whole.bandjoin([whole, whole]).copy(interpretation="srgb")


def posterize(picture: Picture, step: Posterize) -> Picture:
    """Leave 16 tones per colour at intensity 0, two at 1, evenly from black to white; or *levels*, or *colors*."""
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
    """Invert values above a threshold, which falls as the intensity rises."""
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
    # Blocks at the right and lower edge are completed with copies of the last pixels.
    across, down = -(-size.width // block), -(-size.height // block)
    whole = image.embed(0, 0, across * block, down * block, extend="copy")
    return whole.shrink(block, block).zoom(block, block).crop(0, 0, size.width, size.height)


def vignette(picture: Picture, step: Vignette) -> Picture:
    """Darken towards the corners, which lose a share of *intensity* of their light."""
    light = _falloff(picture.size) * -step.intensity + 1
    return picture.each_colour(lambda colours: colours * light)


def _falloff(size: Box) -> Image:
    """Return 0 in the middle, 1 in the corners, smooth between."""
    # xyz counts pixels from their upper left corner; their centres are half a pixel further.
    middle = [(size.width - 1) / 2, (size.height - 1) / 2]
    half = [max(0.5, size.width / 2), max(0.5, size.height / 2)]
    offset = (Image.xyz(size.width, size.height) - middle) / half
    distance = (offset[0] ** 2 + offset[1] ** 2) ** 0.5 / 2**0.5
    rising = (distance - CLEAR) * (1 / (1 - CLEAR))
    clipped = (rising < 0).ifthenelse(0, (rising > 1).ifthenelse(1, rising))
    return clipped * clipped * (3 - 2 * clipped)


EFFECT_STEPS: Final[Mapping[type[Operation], StepFunction]] = {
    Blur: blur,
    Sharpen: sharpen,
    Denoise: denoise,
    Emboss: emboss,
    Edge: edge,
    Posterize: posterize,
    Solarize: solarize,
    Pixelate: pixelate,
    Vignette: vignette,
}
