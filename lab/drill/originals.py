"""Choose originals from before Darkroom was deployed: generated photos of every kind, and real ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from testkit.photos.kinds import KINDS

NAMES: Final = tuple(KINDS)
PHOTOS: Final = frozenset({".jpg", ".jpeg", ".heic", ".avif", ".webp", ".png", ".dng", ".cr2", ".nef", ".arw"})
# What galleries also hold, and backfills must leave alone.
NO_PHOTOS: Final = {"clip.mp4": b"a film", "album.zip": b"an archive"}


def generated(number: int) -> Iterator[tuple[str, bytes]]:
    """Yield so many photos by name: every format and orientation in turn."""
    for at in range(number):
        kind = NAMES[at % len(NAMES)]
        yield f"{at:04}-{kind}", drawn(kind)


def real(folders: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """Yield the photos in *folders*, by name."""
    found = (path for folder in folders for path in sorted(folder.rglob("*")))
    for at, path in enumerate(path for path in found if path.suffix.lower() in PHOTOS):
        yield f"real-{at:03}{path.suffix.lower()}", path.read_bytes()


@cache
def drawn(kind: str) -> bytes:
    """Draw one kind of photo, once."""
    return KINDS[kind]()
