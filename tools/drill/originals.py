"""What photographers uploaded before there was a Darkroom: generated photos of every kind, and real ones."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path
from typing import Final

from tools.golden import ORIGINALS

KINDS: Final = tuple(ORIGINALS)
# What galleries also hold, and backfills must leave alone.
NO_PHOTOS: Final = {"clip.mp4": b"a film", "album.zip": b"an archive"}


def generated(number: int) -> Iterator[tuple[str, bytes]]:
    """Give so many photos by name: every format and orientation in turn."""
    for at in range(number):
        kind = KINDS[at % len(KINDS)]
        yield f"{at:04}-{kind}", drawn(kind)


def real(folder: Path, most: int) -> Iterator[tuple[str, bytes]]:
    """Give up to so many of the photos in *folder*, by name."""
    numbers = count()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix.lower() in {".jpg", ".jpeg", ".heic", ".dng", ".cr2", ".nef", ".arw", ".png"}:
            number = next(numbers)
            if number == most:
                return
            yield f"real-{number:03}{path.suffix.lower()}", path.read_bytes()


@cache
def drawn(kind: str) -> bytes:
    """Draw one kind of photo, once."""
    return ORIGINALS[kind]()
