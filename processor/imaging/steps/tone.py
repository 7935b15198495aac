"""Contrast, gamma, negatives: curves that do not depend on the picture."""

from __future__ import annotations

from pyvips import Image

from processor.edits.operations.light import Contrast, Gamma, Negate
from processor.imaging.picture import OPAQUE, Picture
from processor.imaging.steps.curves import apply_curve, pivoted, straight


def contrast(picture: Picture, step: Contrast) -> Picture:
    """Turn the tone curve around the middle grey: -100 makes it flat, 100 twice as steep."""
    return apply_curve(picture, pivoted(1 + step.amount / 100))


def gamma(picture: Picture, step: Gamma) -> Picture:
    """Raise every value (0-1) to the power of one over gamma."""
    curve = (Image.identity() / OPAQUE) ** (1 / step.value) * OPAQUE
    return apply_curve(picture, curve)


def negate(picture: Picture, _: Negate) -> Picture:
    """Exchange light and dark, and every colour for its complement."""
    return apply_curve(picture, straight(-1, OPAQUE))
