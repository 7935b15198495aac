"""Sizes and aspect ratios of a clause."""

from __future__ import annotations

from math import gcd
from typing import Final

from processor.edits.language.clauses import Clause
from processor.edits.language.terms import Extent, Stuck

# Prints and screens are 4 x 6 or 16 x 9: no picture of so few pixels is asked for.
LARGEST_RATIO: Final = 32


def take_aspect(clause: Clause) -> str | None:
    """Take an aspect ratio: "16:9", "square", "4 by 3"; where a name and numbers both stand, the later counts."""
    named = clause.all("aspect")
    if named:
        if len({shape(one) for one in named}) > 1:
            raise Stuck(f"expected one aspect ratio, found {' and '.join(named)}", clause.place)
        return named[-1].replace("/", ":")
    return None


def ratio_of(extent: Extent) -> str | None:
    """Give the ratio that a width and height mean, None where they mean pixels."""
    small = max(extent.width, extent.height) <= LARGEST_RATIO
    return f"{extent.width:g}:{extent.height:g}" if small and not extent.exact else None


def reduced(width: int, height: int) -> str:
    """Write the ratio of two sides in its smallest terms."""
    divisor = gcd(width, height) or 1
    return f"{width // divisor}:{height // divisor}"


def shape(aspect: str) -> int:
    """Tell whether a ratio is wide (1), square (0) or tall (-1)."""
    width, height = proportions(aspect)
    return (width > height) - (width < height)


def proportions(aspect: str) -> tuple[float, float]:
    """Give both numbers of a ratio."""
    width, _, height = aspect.replace("/", ":").partition(":")
    return float(width), float(height)


def sides(extent: Extent) -> tuple[int, int]:
    """Give a width and height in whole px; raises Stuck when they are not whole."""
    if not (extent.width.is_integer() and extent.height.is_integer()):
        raise Stuck(f"expected whole pixels, found {extent.width:g} × {extent.height:g}", extent)
    return int(extent.width), int(extent.height)
