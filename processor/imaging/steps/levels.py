"""Curves that are read off the picture: normalise and equalise, the same for all frames and all colours."""

from __future__ import annotations

from pyvips import Image

from processor.edits.operations.light import Equalize, Normalize
from processor.imaging.picture import OPAQUE, Picture
from processor.imaging.steps.curves import apply_curve, lightest, straight, tones

CLIPPED_SHARE = 0.005
"""Of the pixels at either end may be lost: a single speck must not decide."""


def normalize(picture: Picture, _: Normalize) -> Picture:
    """Stretch the tones so that the darkest become black and the lightest white; a flat picture stays as it is."""
    light = tones(picture)
    so_far = light.hist_find().hist_cum()
    clipped = lightest(so_far) * CLIPPED_SHARE
    # Not libvips' percent(): it counts in as many parts as there are tones, too few for a picture of few tones.
    low, high = _first(so_far > clipped), _first(so_far >= lightest(so_far) - clipped)
    if high <= low:
        return picture
    factor = OPAQUE / (high - low)
    return apply_curve(picture, straight(factor, -factor * low))


def equalize(picture: Picture, _: Equalize) -> Picture:
    """Give every tone the same room: the curve is the cumulated histogram of lightness."""
    light = tones(picture)
    so_far = light.hist_find().hist_cum()
    total = lightest(so_far)
    darkest = so_far.getpoint(int(_first(so_far > 0)), 0)[0]
    if darkest >= total:
        return picture
    return apply_curve(picture, (so_far - darkest) * (OPAQUE / (total - darkest)))


def _first(tones_where: Image) -> float:
    """Return the first tone at which a row of truths holds."""
    _, first = tones_where.profile()
    return first.getpoint(0, 0)[0]
