"""Write an ICC profile for colour that a file names without one: code points (ITU-T H.273), or PNG's gAMA and cHRM.

HEIF and AVIF have code points in an ``nclx`` box, PNG in a ``cICP`` chunk.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from processor.imaging.icc import D65, SRGB_SIDES, Chromaticities, Point, matrix_profile

ILLUMINANT_C: Final = (0.310, 0.316)
PRIMARIES: Final[dict[int, tuple[Chromaticities, Point]]] = {
    4: (((0.67, 0.33), (0.21, 0.71), (0.14, 0.08)), ILLUMINANT_C),  # BT.470 M
    5: (((0.64, 0.33), (0.29, 0.60), (0.15, 0.06)), D65),  # BT.601, 625 lines
    6: (((0.630, 0.340), (0.310, 0.595), (0.155, 0.070)), D65),  # BT.601, 525 lines
    7: (((0.630, 0.340), (0.310, 0.595), (0.155, 0.070)), D65),  # SMPTE 240M
    8: (((0.681, 0.319), (0.243, 0.692), (0.145, 0.049)), ILLUMINANT_C),  # film
    9: (((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)), D65),  # BT.2020
    11: (((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)), D65),  # DCI-P3; its white is taken as D65, as browsers do
    12: (((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)), D65),  # Display P3
    22: (((0.630, 0.340), (0.295, 0.605), (0.155, 0.077)), D65),  # EBU 3213-E
}
PQ, HLG = 16, 18
REFERENCE_WHITE_NITS: Final = 203.0  # ITU-R BT.2408
SAME_GAMMA: Final = 0.05
"""libpng's PNG_GAMMA_THRESHOLD: a smaller difference from sRGB's mean exponent cannot be seen."""
SAME_POINT: Final = 0.005


def profile_for(nclx: tuple[int, int, int] | None) -> bytes | None:
    """Return a profile for (primaries, transfer, matrix); None when they mean sRGB or are not known."""
    if nclx is None:
        return None
    primaries, transfer, _ = nclx
    if transfer not in CURVES and primaries not in PRIMARIES:
        return None
    sides, white = PRIMARIES.get(primaries, (SRGB_SIDES, D65))
    return matrix_profile(f"nclx {primaries}/{transfer}", sides, CURVES.get(transfer, _srgb), white)


def profile_for_gamma(gamma: float, chromaticities: tuple[float, ...] | None) -> bytes | None:
    """Return a profile for PNG's *gamma* (encoding exponent) and *chromaticities* (white, red, green, blue as x, y).

    None when they amount to sRGB (W3C PNG, third edition, 11.3.2).
    """
    white, *sides = _pairs(chromaticities) if chromaticities else (D65, *SRGB_SIDES)
    plain = abs(gamma * 2.2 - 1) < SAME_GAMMA
    if plain and all(_near(found, known) for found, known in zip((white, *sides), (D65, *SRGB_SIDES), strict=True)):
        return None
    red, green, blue = sides
    return matrix_profile(f"gamma {gamma:.5g}", (red, green, blue), _srgb if plain else _power(1 / gamma), white)


def _pairs(flat: tuple[float, ...]) -> tuple[Point, ...]:
    return tuple(zip(flat[::2], flat[1::2], strict=True))


def _near(found: Point, known: Point) -> bool:
    return all(abs(a - b) < SAME_POINT for a, b in zip(found, known, strict=True))


def _srgb(value: float) -> float:
    """Decode the curve of IEC 61966-2-1; browsers use it for BT.709's code points too."""
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004


def _power(exponent: float) -> Callable[[float], float]:
    """Return the curve of a plain gamma; 1 is linear light."""
    return lambda value: value**exponent


def _pq(value: float) -> float:
    """Decode SMPTE ST 2084 to light relative to reference white, rolled off towards 1."""
    root = value ** (1 / 78.84375)
    light = max(root - 0.8359375, 0.0) / (18.8515625 - 18.6875 * root)
    return _roll_off(light ** (1 / 0.1593017578125) * 10_000 / REFERENCE_WHITE_NITS)


def _hlg(value: float) -> float:
    """Decode ARIB STD-B67 with the system gamma of a 1,000 nit display, rolled off towards 1."""
    scene = value**2 / 3 if value <= 0.5 else (2.718281828 ** ((value - 0.55991073) / 0.17883277) + 0.28466892) / 12  # noqa: PLR2004
    return _roll_off(scene**1.2 * 1_000 / REFERENCE_WHITE_NITS)


def _roll_off(light: float) -> float:
    """Keep light below 0.6 as it is and bend the rest smoothly under 1 (a tone curve for standard displays)."""
    knee = 0.6
    if light <= knee:
        return light
    over = (light - knee) / (1 - knee)
    return knee + (1 - knee) * over / (1 + over)


CURVES: Final[dict[int, Callable[[float], float]]] = {
    4: _power(2.2),  # BT.470 M
    5: _power(2.8),  # BT.470 B, G
    8: _power(1.0),  # linear
    PQ: _pq,
    17: lambda value: 52.37 / 48 * value**2.6,  # SMPTE ST 428-1
    HLG: _hlg,
}
"""Transfer characteristics that are not shown by sRGB's curve."""
