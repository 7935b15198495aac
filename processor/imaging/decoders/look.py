"""Match tone and colour of a demosaic to the camera's embedded preview.

The preview is the sensor's picture behind a matrix and a tone curve that only the camera knows. Both are fitted on
pictures of 128 px: a root-polynomial matrix (Finlayson, Mackiewicz and Hurlbert 2015), under which exposure changes no
hue, then one monotone curve per channel. Both are kept near the plain conversion where the pictures say little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pyvips import Image

Floats: TypeAlias = NDArray[np.float64]

SRGB_TO_PROPHOTO: Final = np.array(
    [[0.529317, 0.330092, 0.140588], [0.098368, 0.873465, 0.028169], [0.016879, 0.117663, 0.865457]]
)
"""LibRaw's linear sRGB → linear ProPhoto, both under D65 (libraw's prophoto_rgb)."""
FULL: Final = 65_535
PLAIN_MATRIX: Final[Floats] = np.hstack([np.linalg.inv(SRGB_TO_PROPHOTO), np.zeros((3, 3))])
KNOTS: Final[Floats] = np.linspace(0, 1, 33)
BEND: Final[Floats] = np.diff(np.eye(len(KNOTS)), 2, axis=0)

ROUNDS: Final = 4
MATRIX_RIDGE, STIFFNESS, CURVE_RIDGE, WHITE_WEIGHT = 0.01, 0.1, 1e-4, 0.005
"""Weights of regularity against those of all pixels, 1."""
CLIPPED: Final = 0.97
"""Sensor values above are clipped; the preview's are below 0.02 and above 0.98. They say nothing about colour."""
MAX_DELTA_E: Final = 5.0
"""No regular map reaches a preview whose colours are broken, or that shows another part of the scene."""
MAX_BLACK, MAX_DRIFT = 0.2, 1.0
"""Bounds of a regular look: the level that black becomes, and how far a weight of the matrix may leave LibRaw's."""
LEAST_GAIN: Final = 0.1


@dataclass(frozen=True, slots=True)
class Look:
    """A conversion of linear ProPhoto, 16 bit, to sRGB. *matrix*: 3 × 6; *curves*: 3 × 33, sRGB-encoded to same."""

    matrix: Floats
    curves: Floats
    decision: str = "camera matrix → sRGB"

    def apply(self, image: Image, *, deep: bool = False) -> Image:
        """Return *image* (linear ProPhoto, three bands of 16 bit) as sRGB, 8 bit (*deep*: 16)."""
        features = _with_roots(image) if self.matrix[:, 3:].any() else image
        mixed = features.recomb(Image.new_from_array(self.matrix[:, : features.bands].tolist()))
        return mixed.cast("ushort").maplut(self._table(deep=deep)).copy(interpretation="rgb16" if deep else "srgb")

    def _table(self, *, deep: bool) -> Image:
        levels = _encoded(np.arange(FULL + 1) / FULL)
        table = np.stack([np.interp(levels, KNOTS, curve) for curve in self.curves], axis=-1)
        full, kind, sample = (FULL, np.uint16, "ushort") if deep else (255, np.uint8, "uchar")
        return Image.new_from_memory(np.rint(full * table).astype(kind).tobytes(), FULL + 1, 1, 3, sample)


PLAIN: Final = Look(PLAIN_MATRIX, np.stack([KNOTS] * 3))


def matched(sensor: Image, preview: Image) -> Look:
    """Fit a look that makes *sensor* (linear ProPhoto, 16 bit) like *preview* (sRGB, 8 bit), both small, of one size.

    Return PLAIN, with the reason as its decision, where no regular look is closer than the plain conversion.
    """
    matrix, curves = _fitted(_samples(sensor) / FULL, _samples(preview) / 255)
    look = Look(matrix, curves)
    before, after = _delta_e(PLAIN.apply(sensor), preview), _delta_e(look.apply(sensor), preview)
    found = f"(mean ΔE2000 {before:.1f} before, {after:.1f} after)"
    regular = curves[:, 0].max() <= MAX_BLACK and abs(matrix - PLAIN_MATRIX).max() <= MAX_DRIFT
    if after > min(before - LEAST_GAIN, MAX_DELTA_E) or not regular:
        return Look(PLAIN.matrix, PLAIN.curves, f"camera matrix → sRGB; a match to the embedded preview fails {found}")
    return Look(matrix, curves, f"camera matrix → sRGB, tone and colour matched to the embedded preview {found}")


def _fitted(sensor: Floats, preview: Floats) -> tuple[Floats, Floats]:
    """Fit matrix and curves in turn: the curves, undone, give the matrix linear colours to aim at."""
    features, weights = _roots(sensor), _weights(sensor, preview)
    matrix = PLAIN_MATRIX
    curves = _curves(_mixed(features, matrix), preview, weights)
    for _ in range(ROUNDS):
        target = np.stack([_linear(np.interp(preview[:, c], curves[c], KNOTS)) for c in range(3)], axis=-1)
        matrix = _matrix(features, target, weights, now=_mixed(features, matrix))
        curves = _curves(_mixed(features, matrix), preview, weights)
    return matrix, curves


# einsum and bincount, because BLAS would start threads that wait for each other on a busy machine: 15 times the CPU.


def _mixed(features: Floats, matrix: Floats) -> Floats:
    return np.einsum("nf,cf->nc", features, matrix)


def _matrix(features: Floats, target: Floats, weights: Floats, *, now: Floats) -> Floats:
    """Solve for each channel's row; errors count as they show, by the slope of sRGB's curve at *now*.

    White stays white: brightness and white balance are the curves' part.
    """
    rows: list[Floats] = []
    for channel in range(3):
        seen = weights[:, channel] * np.clip(now[:, channel], 0.003, 1) ** (2 / 2.4 - 2)
        square = np.einsum("nf,n,ng->fg", features, seen, features)
        ridge = MATRIX_RIDGE * np.trace(square[:3, :3]) / 3
        right = np.einsum("nf,n->f", features, seen * target[:, channel]) + ridge * PLAIN_MATRIX[channel]
        row = np.linalg.solve(square + ridge * np.eye(6), right)
        rows.append(row / row.sum())
    return np.stack(rows)


def _curves(linear: Floats, preview: Floats, weights: Floats) -> Floats:
    """Fit one curve for all channels, then one per channel near it."""
    levels, totals = _encoded(linear), weights.sum(axis=0)
    sums = [_sums(levels[:, channel], preview[:, channel], weights[:, channel]) for channel in range(3)]
    squares, rights = np.stack([square for square, _ in sums]), np.stack([right for _, right in sums])
    shared = _curve(squares.sum(axis=0), rights.sum(axis=0), totals.sum(), prior=KNOTS)
    return np.stack([_curve(square, right, totals[c], prior=shared) for c, (square, right) in enumerate(sums)])


def _sums(levels: Floats, values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return the normal equations of a piecewise linear curve through *values* at *levels*."""
    count = len(KNOTS)
    left = np.minimum((levels * (count - 1)).astype(np.intp), count - 2)
    share = levels * (count - 1) - left

    def summed(at: NDArray[np.intp], shares: Floats) -> Floats:
        return np.asarray(np.bincount(at, weights * shares, count), dtype=np.float64)

    def at_knots(first: Floats, second: Floats) -> Floats:
        return summed(left, first) + summed(left + 1, second)

    beside = summed(left, share * (1 - share))[:-1]
    square = np.diag(at_knots((1 - share) ** 2, share**2)) + np.diag(beside, 1) + np.diag(beside, -1)
    return square, at_knots((1 - share) * values, share * values)


def _curve(square: Floats, right: Floats, total: float, *, prior: Floats) -> Floats:
    """Solve for the values at the knots: smooth, near *prior* where no pixel is, white to white, rising."""
    white = np.zeros(len(KNOTS))
    white[-1] = WHITE_WEIGHT
    regular = STIFFNESS * BEND.T @ BEND + np.diag(CURVE_RIDGE + white)
    free = np.linalg.solve(square + total * regular, right + total * (CURVE_RIDGE * prior + white))
    rising = (np.maximum.accumulate(free) + np.minimum.accumulate(free[::-1])[::-1]) / 2
    # The slope, which is never quite level, lets the curve be undone.
    return np.clip(rising, 0, 1) * (1 - 1e-6) + KNOTS * 1e-6


def _weights(sensor: Floats, preview: Floats) -> Floats:
    """Return the weight of each pixel in each channel."""
    clipped = (sensor > CLIPPED).any(axis=1, keepdims=True) | (preview < 0.02) | (preview > 0.98)  # noqa: PLR2004
    return np.where(clipped, 1e-3, 1.0)


def _with_roots(image: Image) -> Image:
    """Join the roots of the products of two channels to the channels; all are of one degree.

    The roots come from a table: libvips' power is three times as slow.
    """
    table = np.sqrt(np.arange(FULL + 1, dtype=np.float32)).tobytes()
    roots: Any = image.maplut(Image.new_from_memory(table, FULL + 1, 1, 1, "float"))
    red, green, blue = roots.bandsplit()
    return image.bandjoin([red * green, green * blue, red * blue])


def _roots(colours: Floats) -> Floats:
    """Compute what _with_roots computes, for an array of colours."""
    return np.concatenate([colours, np.sqrt(colours * np.roll(colours, -1, axis=1))], axis=1)


def _samples(image: Image) -> Floats:
    return np.asarray(image.numpy(), dtype=np.float64).reshape(-1, 3)


def _delta_e(one: Image, other: Image) -> float:
    return float(one.colourspace("lab").dE00(other.colourspace("lab")).avg())


def _encoded(linear: Floats) -> Floats:
    """Apply the curve of sRGB (IEC 61966-2-1); light outside 0-1 is clipped."""
    light = np.clip(linear, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)  # noqa: PLR2004 - the standard's


def _linear(encoded: Floats) -> Floats:
    """Undo the curve of sRGB."""
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004
