"""Compute sizes in whole pixels, always from the original's own dimensions.

Halving a rung that was itself rounded drifts: 6000×4000 → 4000×2667 → 2000×1334, where the answer is 2000×1333.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from processor.recipe import Focus, Size

TRANSPOSED = frozenset({5, 6, 7, 8})
"""EXIF orientations (tag 0x0112) whose stored rows are columns of the upright picture."""


@dataclass(frozen=True, slots=True)
class Box:
    """Width and height in px, both at least 1."""

    width: int
    height: int

    @property
    def long_side(self) -> int:
        """The longer of the two, px."""
        return max(self.width, self.height)

    @property
    def aspect(self) -> float:
        """Width divided by height."""
        return self.width / self.height

    def turned(self, orientation: int) -> Box:
        """Exchange the sides when *orientation* (EXIF, 1-8) does."""
        return Box(self.height, self.width) if orientation in TRANSPOSED else self

    def holds(self, other: Box) -> bool:
        """Return whether *other* fits in without being shrunk."""
        return self.width >= other.width and self.height >= other.height


@dataclass(frozen=True, slots=True)
class Rung:
    """One size of one original: the whole frame scaled to *frame*, then cut to *crop* (equal unless ``cover``)."""

    size: str
    frame: Box
    crop: Box


def rung_for(name: str, size: Size, original: Box) -> Rung:
    """Fit *original* (upright) inside the size's box, or cover it; never enlarge."""
    if size.fit == "inside":
        frame = fit_inside(original, Box(size.width, size.height))
        return Rung(name, frame, frame)
    frame = cover(original, Box(size.width, size.height))
    return Rung(name, frame, Box(min(size.width, frame.width), min(size.height, frame.height)))


def rungs_for(sizes: Mapping[str, Size], original: Box) -> tuple[Rung, ...]:
    """Compute the rung of every size from *original* (upright)."""
    return tuple(rung_for(name, size, original) for name, size in sizes.items())


def largest_frame(rungs: Sequence[Rung]) -> Box:
    """Return the frame with the most pixels, which the source must fill."""
    return max((rung.frame for rung in rungs), key=lambda frame: frame.width * frame.height)


def fit_inside(original: Box, box: Box) -> Box:
    """Scale *original* to touch *box* from inside on one side; keep it when it is smaller."""
    if box.holds(original):
        return original
    if box.width * original.height <= box.height * original.width:
        return Box(box.width, scaled(original.height, box.width, original.width))
    return Box(scaled(original.width, box.height, original.height), box.height)


def cover(original: Box, box: Box) -> Box:
    """Scale *original* down until one side equals *box*'s and the other reaches or exceeds it; keep smaller ones."""
    if original.width <= box.width or original.height <= box.height:
        return original
    if box.width * original.height >= box.height * original.width:
        return Box(box.width, scaled(original.height, box.width, original.width))
    return Box(scaled(original.width, box.height, original.height), box.height)


def place_around(focus: Focus, part: Box, whole: Box) -> tuple[int, int]:
    """Return left and top, px, of *part* in *whole*: *focus* is as close to its middle as the edges allow."""
    left = round(focus.x * whole.width - part.width / 2)
    top = round(focus.y * whole.height - part.height / 2)
    return min(max(left, 0), whole.width - part.width), min(max(top, 0), whole.height - part.height)


def scaled(side: int, numerator: int, denominator: int) -> int:
    """Return side × numerator / denominator, rounded half up, at least 1 px."""
    return max(1, (2 * side * numerator + denominator) // (2 * denominator))
