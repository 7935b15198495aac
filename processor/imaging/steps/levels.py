"""Curves that are read off the picture: normalise and equalise, the same for all frames and all colours."""

from __future__ import annotations

from pyvips import Image

from processor.edits.operations.light import Equalize, Normalize
from processor.imaging.picture import OPAQUE, Picture
from processor.imaging.steps.curves import apply_curve, lightest, straight, tones

CLIPPED_PERCENT = 0.5
"""Of the pixels at either end may be lost: a single speck must not decide."""


def normalize(picture: Picture, _: Normalize) -> Picture:
    """Stretch the tones so that the darkest become black and the lightest white; a flat picture stays as it is."""
    light = tones(picture)
    low, high = float(light.percent(CLIPPED_PERCENT)), float(light.percent(100 - CLIPPED_PERCENT))
    if high <= low:
        return picture
    factor = OPAQUE / (high - low)
    return apply_curve(picture, straight(factor, -factor * low))


def equalize(picture: Picture, _: Equalize) -> Picture:
    """Give every tone the same room: the curve is the cumulated histogram of lightness."""
    light = tones(picture)
    so_far = light.hist_find().hist_cum()
    darkest, total = so_far.getpoint(int(_darkest(light)), 0)[0], lightest(so_far)
    if darkest >= total:
        return picture
    return apply_curve(picture, (so_far - darkest) * (OPAQUE / (total - darkest)))


def _darkest(light: Image) -> float:
    return OPAQUE - lightest(light.invert())
