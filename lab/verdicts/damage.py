"""Damage bytes in four ways, the same on every run. Pure."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Final

CUTS: Final = (0.001, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97)
ZEROED: Final = (0.1, 0.3, 0.5, 0.7, 0.85)
FLIPS: Final = 16
MUTATIONS: Final = 16
BYTES_PER_MUTATION: Final = 8
SEED: Final = 4711


def cut(data: bytes) -> Iterator[bytes]:
    """Keep a part of the file: an upload or a copy that stopped."""
    for share in CUTS:
        yield data[: int(len(data) * share)]


def zero_tailed(data: bytes) -> Iterator[bytes]:
    """Keep the length and lose the rest: a card or a disk that was pulled."""
    for share in ZEROED:
        kept = int(len(data) * share)
        yield data[:kept] + bytes(len(data) - kept)


def flipped(data: bytes) -> Iterator[bytes]:
    """Turn one bit anywhere over: memory or a disk that ages."""
    chance = random.Random(SEED)  # noqa: S311 - the same damage every time is the point
    for _ in range(FLIPS):
        damaged = bytearray(data)
        damaged[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        yield bytes(damaged)


def mutated(data: bytes) -> Iterator[bytes]:
    """Change some bytes, half of them near the start, where lengths and offsets are: malice."""
    chance = random.Random(SEED)  # noqa: S311 - as above
    for _ in range(MUTATIONS):
        damaged = bytearray(data)
        for place in range(BYTES_PER_MUTATION):
            end = len(data) if place % 2 else min(len(data), 512)
            damaged[chance.randrange(end)] = chance.randrange(256)
        yield bytes(damaged)


DAMAGES: Final[Mapping[str, Callable[[bytes], Iterator[bytes]]]] = {
    "cut short": cut,
    "zero-tailed": zero_tailed,
    "one bit flipped": flipped,
    "bytes changed": mutated,
}
LOSSES: Final = frozenset({"cut short", "zero-tailed"})
"""Kinds of damage after which a picture that differs is a wrong success, whatever its format."""
