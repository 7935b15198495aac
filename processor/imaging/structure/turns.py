"""Combine HEIF's rotation and mirror properties (ISO/IEC 23008-12, 6.5.10 and 6.5.12) into one EXIF orientation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

Turn = tuple[int, int, int, int]
"""New place of a pixel (x to the right, y down, from the centre): a matrix, row by row."""

UPRIGHT: Final[Turn] = (1, 0, 0, 1)
QUARTER_ANTICLOCKWISE: Final[Turn] = (0, 1, -1, 0)
MIRRORS: Final[dict[int, Turn]] = {0: (1, 0, 0, -1), 1: (-1, 0, 0, 1)}
"""0 exchanges top and bottom, 1 left and right: so libheif applies them, and phones write them."""
ORIENTATIONS: Final[dict[Turn, int]] = {
    UPRIGHT: 1,
    (-1, 0, 0, 1): 2,
    (-1, 0, 0, -1): 3,
    (1, 0, 0, -1): 4,
    (0, 1, 1, 0): 5,
    (0, -1, 1, 0): 6,
    (0, -1, -1, 0): 7,
    QUARTER_ANTICLOCKWISE: 8,
}


def orientation_of(properties: Iterable[tuple[bytes, memoryview]]) -> int:
    """Return the EXIF orientation (1-8) that an item's ``irot`` and ``imir``, in their order, amount to."""
    turn = UPRIGHT
    for kind, body in properties:
        if kind == b"irot":
            for _ in range(body[0] & 3):
                turn = _after(QUARTER_ANTICLOCKWISE, turn)
        elif kind == b"imir":
            turn = _after(MIRRORS[body[0] & 1], turn)
    return ORIENTATIONS[turn]


def _after(second: Turn, first: Turn) -> Turn:
    """Multiply: *first*, then *second*."""
    a, b, c, d = second
    e, f, g, h = first
    return a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h
