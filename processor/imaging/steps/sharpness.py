"""Blur, sharpen, denoise."""

from __future__ import annotations

from pyvips import Image

from processor.edits.operations.effect import Blur, Denoise, Sharpen
from processor.imaging.picture import Picture, premultiplied

FINE_SIGMA = 2
"""A wider blur leaves no detail that a smaller picture could not hold: it is computed there, at a fraction of the cost,
so that this is left of its sigma."""
SMALLEST_SIDE = 8
TAIL = 0.02
"""Where the Gaussian is cut off; libvips' own 0.2 makes every blur a sixth too weak."""
NOISE_LEVELS = 30
"""8-bit steps of noise that full strength takes away."""
NOISE_SIGMA = 2
"""Half the width of the neighbourhood, px, over which denoise averages."""


def blur(picture: Picture, step: Blur) -> Picture:
    """Blur by a Gaussian, transparency included."""
    return picture.each(lambda image: premultiplied(image, lambda plain: gaussian(plain, step.sigma)))


def gaussian(image: Image, sigma: float) -> Image:
    """Return *image* blurred by *sigma* px."""
    factor = min(int(sigma / FINE_SIGMA), min(image.width, image.height) // SMALLEST_SIDE)
    if factor <= 1:
        return _blurred(image, sigma)
    small = image.resize(1 / factor)
    across, down = image.width / small.width, image.height / small.height
    blurred = _blurred(small, sigma / factor)
    return blurred.resize(across, vscale=down, kernel="cubic").crop(0, 0, image.width, image.height)


def _blurred(image: Image, sigma: float) -> Image:
    # In whole numbers it would be ten times as fast, and up to two steps too dark or too bright.
    return image.gaussblur(sigma, min_ampl=TAIL, precision="float")


def sharpen(picture: Picture, step: Sharpen) -> Picture:
    """Sharpen the lightness; flat areas stay as they are (libvips' sharpen)."""
    return picture.each_colour(lambda colours: colours.sharpen(sigma=step.sigma))


def denoise(picture: Picture, step: Denoise) -> Picture:
    """Average where neighbours differ by no more than noise does, so edges stay.

    The guided filter (He, Sun, Tang 2010), guided by the picture itself.
    """
    if not step.intensity:
        return picture
    noise = (step.intensity * NOISE_LEVELS) ** 2
    return picture.each_colour(lambda colours: _guided(colours, noise))


def _guided(colours: Image, noise: float) -> Image:
    """*noise*: variance that counts as noise, squared 8-bit steps."""
    values = colours.cast("float")
    mean = _mean(values)
    variance = _mean(values * values) - mean * mean
    detail = variance / (variance + noise)
    return _mean(detail) * values + _mean(mean - detail * mean)


def _mean(values: Image) -> Image:
    return values.gaussblur(NOISE_SIGMA, precision="approximate")
