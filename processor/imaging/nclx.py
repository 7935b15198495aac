"""Give HEIF and AVIF files that name their colour by code points (nclx, ITU-T H.273) an ICC profile."""

from __future__ import annotations

from typing import Final

from processor.imaging.icc import SRGB_SIDES, Chromaticities, matrix_profile

PRIMARIES: Final[dict[int, Chromaticities]] = {
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),  # BT.2020
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),  # DCI-P3; its own white is taken as D65, as browsers do
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),  # Display P3
}
PQ, HLG = 16, 18
REFERENCE_WHITE_NITS: Final = 203.0  # ITU-R BT.2408


def profile_for(nclx: tuple[int, int, int] | None) -> bytes | None:
    """Return a profile for (primaries, transfer, matrix); None when they mean sRGB or are not known."""
    if nclx is None:
        return None
    primaries, transfer, _ = nclx
    hdr = transfer in {PQ, HLG}
    if not hdr and primaries not in PRIMARIES:
        return None
    decode = {PQ: _pq, HLG: _hlg}.get(transfer, _srgb)
    return matrix_profile(f"nclx {primaries}/{transfer}", PRIMARIES.get(primaries, SRGB_SIDES), decode)


def _srgb(value: float) -> float:
    """Decode the curve of IEC 61966-2-1; browsers use it for BT.709's code points too."""
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004


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
