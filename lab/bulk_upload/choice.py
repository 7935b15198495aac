"""Choose the photos to upload: of every kind in turn, in copies where there are too few."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Final

KINDS: Final[Mapping[str, str]] = {
    **dict.fromkeys((".jpg", ".jpeg"), "JPEG"),
    **dict.fromkeys((".heic", ".heif"), "HEIC"),
    **dict.fromkeys((".arw", ".cr2", ".cr3", ".dng", ".gpr", ".kdc", ".nef", ".orf", ".raf", ".rw2"), "RAW"),
    **dict.fromkeys((".avif", ".png", ".tif", ".tiff", ".webp"), "other"),
}


class NoPhotos(Exception):
    """There is nothing to upload; the text says where it was looked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Photo:
    """One upload: a file, and the *name* that tells its copies apart."""

    path: Path
    name: str

    @property
    def kind(self) -> str:
        """Kind of the photo, by its suffix."""
        return KINDS[self.path.suffix.lower()]


def chosen(folders: Iterable[Path], number: int) -> list[Photo]:
    """Choose *number* of the photos in *folders* and below; NoPhotos when there is none."""
    files = [file for folder in folders for file in sorted(folder.rglob("*")) if file.suffix.lower() in KINDS]
    if not files:
        raise NoPhotos(f"expected photos in the folders, found none; a photo ends with one of {', '.join(KINDS)}")
    paths = islice(cycle(in_turn(files)), number)
    return [Photo(path=path, name=f"{at:03}-{path.name}") for at, path in enumerate(paths)]


def in_turn(files: Iterable[Path]) -> Iterator[Path]:
    """Yield every file once, one of each kind after the other for as long as there are any."""
    waiting: dict[str, list[Path]] = {}
    for file in files:
        waiting.setdefault(KINDS[file.suffix.lower()], []).append(file)
    while waiting:
        for kind in list(waiting):
            yield waiting[kind].pop(0)
            if not waiting[kind]:
                del waiting[kind]
