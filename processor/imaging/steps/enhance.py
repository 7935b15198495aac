"""Several steps in one: what "make it look better" means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from processor.edits.operations.effect import Sharpen
from processor.edits.operations.light import Contrast, Enhance, Modulate, Normalize
from processor.imaging.picture import Picture
from processor.imaging.steps.colour import modulate
from processor.imaging.steps.levels import normalize
from processor.imaging.steps.mix import mixed
from processor.imaging.steps.sharpness import sharpen
from processor.imaging.steps.tone import contrast


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


def enhance(picture: Picture, step: Enhance) -> Picture:
    """Stretch the tones, then add contrast, colour and, last, sharpness: noise is not stretched after it."""
    strength = STRENGTHS[step.level]
    better = mixed(picture, normalize(picture, Normalize()), strength.levels)
    better = contrast(better, Contrast(amount=strength.contrast))
    better = modulate(better, Modulate(saturation=strength.saturation))
    return sharpen(better, Sharpen(sigma=strength.sharpen))
