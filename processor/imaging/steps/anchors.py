"""Where a part lies in a whole: the nine anchors, and aspect ratios."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from processor.edits.operations.base import Anchor
from processor.imaging.geometry import Box, scaled

SHARES: Final[Mapping[Anchor, tuple[Fraction, Fraction]]] = {
    "northwest": (Fraction(0), Fraction(0)),
    "north": (Fraction(1, 2), Fraction(0)),
    "northeast": (Fraction(1), Fraction(0)),
    "west": (Fraction(0), Fraction(1, 2)),
    "center": (Fraction(1, 2), Fraction(1, 2)),
    "east": (Fraction(1), Fraction(1, 2)),
    "southwest": (Fraction(0), Fraction(1)),
    "south": (Fraction(1, 2), Fraction(1)),
    "southeast": (Fraction(1), Fraction(1)),
}
"""How much of the free width and height lies to the left of and above the part."""


def place(part: Box, whole: Box, anchor: Anchor, *, margin: int = 0) -> tuple[int, int]:
    """Return left and top, px, of *part* in *whole*; *margin* px stay free at the edges that the anchor touches."""
    across, down = SHARES[anchor]
    return (
        margin + int((whole.width - part.width - 2 * margin) * across),
        margin + int((whole.height - part.height - 2 * margin) * down),
    )


def ratio(aspect: str) -> Fraction:
    """Read "16:9": width divided by height."""
    width, height = aspect.split(":")
    return Fraction(width) / Fraction(height)


def largest_part(whole: Box, aspect: Fraction) -> Box:
    """Return the largest part of *whole* with this aspect ratio; sides are rounded, at least 1 px."""
    if Fraction(whole.width, whole.height) > aspect:
        width = scaled(whole.height, aspect.numerator, aspect.denominator)
        return Box(min(whole.width, width), whole.height)
    return Box(whole.width, min(whole.height, scaled(whole.width, aspect.denominator, aspect.numerator)))


def smallest_frame(part: Box, aspect: Fraction) -> Box:
    """Return the smallest frame of this aspect ratio that holds *part*."""
    if Fraction(part.width, part.height) > aspect:
        return Box(part.width, max(part.height, scaled(part.width, aspect.denominator, aspect.numerator)))
    return Box(max(part.width, scaled(part.height, aspect.numerator, aspect.denominator)), part.height)
