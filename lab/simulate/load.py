"""Generate the simulated load: a million photos that wait, and a gallery that goes on uploading."""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator
from typing import Final

from lab.simulate.lane import Photo
from processor.ops.cost.work import MEASURED

SEED: Final = 7
# How many of a hundred photos are of which format: phones, cameras, some that come as RAW, exports.
MIX: Final = {"jpeg": 70, "heic": 15, "dng": 10, "png": 5}
# Photos differ from the measured ones: a log-normal spread that makes one in twenty take twice as long.
SPREAD: Final = 0.42
UPLOADS_PER_S: Final = 0.5
WEDDING: Final = 2000
WEDDING_S: Final = 300.0
WEDDINGS_EVERY_S: Final = 4 * 3600.0


def seconds_of(kind: str, chance: random.Random) -> float:
    """Draw how long a photo of the format *kind* takes, s; the measured time is the median."""
    return MEASURED[kind].ms / 1000 * chance.lognormvariate(0.0, SPREAD)


def backlog(count: int, chance: random.Random) -> Iterator[Photo]:
    """Yield *count* photos that are there from the beginning."""
    kinds, weights = list(MIX), list(MIX.values())
    for kind in chance.choices(kinds, weights, k=count):
        yield Photo(0.0, seconds_of(kind, chance))


def uploads(until_s: float, chance: random.Random) -> Iterator[Photo]:
    """Return uploads in order: a steady stream, and a wedding of RAW files every few hours."""
    return heapq.merge(steady(until_s, chance), weddings(until_s, chance), key=lambda photo: photo.arrives)


def steady(until_s: float, chance: random.Random) -> Iterator[Photo]:
    """Yield uploads that know nothing of each other."""
    kinds, weights, at = list(MIX), list(MIX.values()), 0.0
    while (at := at + chance.expovariate(UPLOADS_PER_S)) < until_s:
        [kind] = chance.choices(kinds, weights)
        yield Photo(at, seconds_of(kind, chance))


def weddings(until_s: float, chance: random.Random) -> Iterator[Photo]:
    """Yield bursts of RAW files without large previews, the slowest that there are."""
    begin = WEDDINGS_EVERY_S / 2
    while begin + WEDDING_S < until_s:
        for at in sorted(chance.uniform(0, WEDDING_S) for _ in range(WEDDING)):
            yield Photo(begin + at, seconds_of("dng", chance))
        begin += WEDDINGS_EVERY_S
