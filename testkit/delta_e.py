"""Compute colour differences by CIEDE2000: CIE 142-2001, as written down by Sharma, Wu and Dalal (2005)."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

D65 = np.array([0.95047, 1.0, 1.08883])
SRGB_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
CHROMA_25 = 25.0**7
LEVELS = np.arange(256) / 255
LINEAR = np.where(LEVELS <= 0.04045, LEVELS / 12.92, ((LEVELS + 0.055) / 1.055) ** 2.4)
"""Light of each 8-bit level of sRGB, IEC 61966-2-1."""


def lab_of_srgb(pixels: NDArray[np.uint8]) -> Floats:
    """Convert sRGB, 8 bit, to CIE L*a*b* under D65."""
    ratio = LINEAR[pixels] @ (SRGB_TO_XYZ.T / D65)
    root = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio * (29 / 6) ** 2 / 3 + 4 / 29)
    x, y, z = np.moveaxis(root, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def delta_e_2000(one: Floats, other: Floats) -> Floats:
    """Difference of two arrays of L*a*b* colours, element by element; about 1 is just visible."""
    (l1, c1, h1), (l2, c2, h2) = _adjusted(one, other)
    grey = c1 * c2 == 0
    turn = np.where(grey, 0.0, (h2 - h1 + 180) % 360 - 180)
    d_hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2)
    light, chroma, hue = (l1 + l2) / 2, (c1 + c2) / 2, np.where(grey, h1 + h2, _mean_hue(h1, h2))
    s_light = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    s_chroma = 1 + 0.045 * chroma
    s_hue = 1 + 0.015 * chroma * _hue_weight(hue)
    spread = 30 * np.exp(-(((hue - 275) / 25) ** 2))
    rotation = -np.sin(np.radians(2 * spread)) * 2 * np.sqrt(chroma**7 / (chroma**7 + CHROMA_25))
    parts = (l2 - l1) / s_light, (c2 - c1) / s_chroma, d_hue / s_hue
    return np.sqrt(parts[0] ** 2 + parts[1] ** 2 + parts[2] ** 2 + rotation * parts[1] * parts[2])


def _adjusted(one: Floats, other: Floats) -> tuple[tuple[Floats, Floats, Floats], ...]:
    """Return lightness, chroma and hue (degrees) with the a* axis stretched near neutral."""
    mean = (np.hypot(one[..., 1], one[..., 2]) + np.hypot(other[..., 1], other[..., 2])) / 2
    stretch = 1.5 - 0.5 * np.sqrt(mean**7 / (mean**7 + CHROMA_25))
    return tuple(
        (
            lab[..., 0],
            np.hypot(lab[..., 1] * stretch, lab[..., 2]),
            np.degrees(np.arctan2(lab[..., 2], lab[..., 1] * stretch)) % 360,
        )
        for lab in (one, other)
    )


def _mean_hue(h1: Floats, h2: Floats) -> Floats:
    """Average two hues (degrees) along the shorter arc."""
    total = h1 + h2
    return np.where(abs(h1 - h2) <= 180, total, np.where(total < 360, total + 360, total - 360)) / 2


def _hue_weight(hue: Floats) -> Floats:
    return (
        1
        - 0.17 * np.cos(np.radians(hue - 30))
        + 0.24 * np.cos(np.radians(2 * hue))
        + 0.32 * np.cos(np.radians(3 * hue + 6))
        - 0.20 * np.cos(np.radians(4 * hue - 63))
    )
