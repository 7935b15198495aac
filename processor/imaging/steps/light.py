"""Carry out the operations on light and colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pyvips import Image

from processor.edits.operations.base import Operation
from processor.edits.operations.effect import Sharpen
from processor.edits.operations.light import (
    Contrast,
    Enhance,
    Equalize,
    Gamma,
    Grayscale,
    Modulate,
    Negate,
    Normalize,
    Sepia,
    Tint,
)
from processor.imaging.picture import OPAQUE, Picture, StepFunction, apply_curve, mixed, rgb
from processor.imaging.steps.effect import sharpen

SEPIA: Final = ((0.393, 0.769, 0.189), (0.349, 0.686, 0.168), (0.272, 0.534, 0.131))
"""Rows for red, green and blue (W3C Filter Effects, sepia at full strength)."""
LUMA: Final = (0.3, 0.59, 0.11)
"""Weights of red, green and blue (W3C Compositing and Blending, Lum)."""
CLIPPED_SHARE = 0.005
"""Share of the pixels at either end that may be clipped, so that a single speck does not decide."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Strength:
    levels: float
    """Share of the stretched tones, 0-1."""
    contrast: float
    saturation: float
    sharpen: float
    """Sigma, px."""


STRENGTHS: Final[Mapping[str, _Strength]] = {
    "light": _Strength(levels=0.4, contrast=4, saturation=1.05, sharpen=0.6),
    "moderate": _Strength(levels=0.7, contrast=8, saturation=1.12, sharpen=0.8),
    "aggressive": _Strength(levels=1.0, contrast=16, saturation=1.25, sharpen=1.2),
}


def grayscale(picture: Picture, _: Grayscale) -> Picture:
    """Keep only the lightness."""
    grey, space = ("grey16", "rgb16") if picture.is_deep else ("b-w", "srgb")
    return picture.each_colour(lambda colours: colours.colourspace(grey).colourspace(space))


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
    space = "rgb16" if picture.is_deep else "srgb"
    return picture.each_colour(
        lambda colours: colours.colourspace("lch").linear(factors, turn).copy(interpretation="lch").colourspace(space)
    )


def tint(picture: Picture, step: Tint) -> Picture:
    """Tint the picture as coloured glass does, without loss of light: colours stay apart, luma stays."""
    glass = [value / OPAQUE for value in rgb(step.color)]
    # The glass absorbs a share of red, green and blue; as much is added as grey.
    added = [weight * (1 - share) for weight, share in zip(LUMA, glass, strict=True)]
    rows = [
        [grey + (share if row == column else 0) for column, grey in enumerate(added)] for row, share in enumerate(glass)
    ]
    return picture.each_colour(lambda colours: colours.recomb(Image.new_from_array(rows)))


def contrast(picture: Picture, step: Contrast) -> Picture:
    """Turn the tone curve around the middle grey: -100 makes it flat, 100 twice as steep."""
    return apply_curve(picture, _pivoted(1 + step.amount / 100))


def gamma(picture: Picture, step: Gamma) -> Picture:
    """Raise every value (0-1) to the power of one over gamma."""
    curve = (Image.identity() / OPAQUE) ** (1 / step.value) * OPAQUE
    return apply_curve(picture, curve)


def negate(picture: Picture, _: Negate) -> Picture:
    """Exchange light and dark, and every colour for its complement."""
    return apply_curve(picture, _straight(-1, OPAQUE))


def normalize(picture: Picture, _: Normalize) -> Picture:
    """Stretch the tones so that the darkest become black and the lightest white; a flat picture stays as it is."""
    light = _lightness(picture)
    cumulated = light.hist_find().hist_cum()
    clipped = _maximum(cumulated) * CLIPPED_SHARE
    # Not libvips' percent(): its resolution is one tone, too coarse for a picture of few tones.
    low, high = _first(cumulated > clipped), _first(cumulated >= _maximum(cumulated) - clipped)
    if high <= low:
        return picture
    factor = OPAQUE / (high - low)
    return apply_curve(picture, _straight(factor, -factor * low))


def equalize(picture: Picture, _: Equalize) -> Picture:
    """Spread the tones evenly: the curve is the cumulative histogram of lightness."""
    light = _lightness(picture)
    cumulated = light.hist_find().hist_cum()
    total = _maximum(cumulated)
    darkest = cumulated.getpoint(int(_first(cumulated > 0)), 0)[0]
    if darkest >= total:
        return picture
    return apply_curve(picture, (cumulated - darkest) * (OPAQUE / (total - darkest)))


def _first(flags: Image) -> float:
    """Return the first tone whose flag is set in a row of 256."""
    _, first = flags.profile()
    return first.getpoint(0, 0)[0]


def enhance(picture: Picture, step: Enhance) -> Picture:
    """Stretch the tones, then add contrast and colour; sharpen last, so that sharpened noise is not stretched."""
    strength = STRENGTHS[step.level]
    better = mixed(picture, normalize(picture, Normalize()), strength.levels)
    better = contrast(better, Contrast(amount=strength.contrast))
    better = modulate(better, Modulate(saturation=strength.saturation))
    return sharpen(better, Sharpen(sigma=strength.sharpen))


def _straight(factor: float, offset: float) -> Image:
    """Return the curve ``factor × value + offset``."""
    return Image.identity().linear([factor], [offset])


def _lightness(picture: Picture) -> Image:
    """Return the lightness of each pixel of all frames: one band, 8 bit."""
    return picture.roll().colourspace("b-w")


def _maximum(image: Image) -> float:
    """Return the largest value of a one-band image."""
    value: Any = image.max()
    return float(value)


def _pivoted(factor: float) -> Image:
    """Return the curve that turns around the middle grey by *factor*."""
    middle = OPAQUE / 2
    return _straight(factor, middle - factor * middle)


LIGHT_STEPS: Final[Mapping[type[Operation], StepFunction]] = {
    Grayscale: grayscale,
    Sepia: sepia,
    Negate: negate,
    Normalize: normalize,
    Equalize: equalize,
    Modulate: modulate,
    Contrast: contrast,
    Gamma: gamma,
    Tint: tint,
    Enhance: enhance,
}
