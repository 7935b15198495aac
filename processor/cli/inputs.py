"""Turn the paths of a command line into photos to render, each with the key that names its renditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from processor.errors import PhotoError, UsageError
from processor.imaging.model import EXTENSIONS_OF
from processor.imaging.sniff import HEAD_BYTES, sniff
from processor.keys import BY_EXTENSION, ObjectKey

PHOTO_EXTENSIONS: Final = frozenset[str]().union(*EXTENSIONS_OF.values())
OTHER_IMAGE_EXTENSIONS: Final = frozenset({"jxl", "jp2", "j2k", "ico", "psd", "eps"})


@dataclass(frozen=True, slots=True)
class Input:
    """One file. *key* places it in a gallery named after the folder that was given, or in none."""

    path: Path
    key: ObjectKey


def find_inputs(paths: Sequence[Path]) -> list[Input]:
    """List the files at *paths* in the order given, those of a folder sorted; raises UsageError."""
    found: list[Input] = []
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: no such file or folder, expected photos or folders of photos")
        found += _folder(path) if path.is_dir() else [Input(path, ObjectKey(path.name))]
    return found


def _folder(folder: Path) -> Iterator[Input]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not _hidden(path.relative_to(folder)))
    members = [path for path in files if is_candidate(path)]
    if not members:
        raise UsageError(f"{folder}: no photos in this folder, expected at least one, found {len(files)} other files")
    gallery = folder.resolve().name
    for path in members:
        yield Input(path, ObjectKey("/".join([gallery, *path.relative_to(folder).parts])))


def is_candidate(path: Path) -> bool:
    """Return whether a file of a folder is reported: its name or its content is that of an image."""
    extension = path.suffix.lower().lstrip(".")
    if extension in PHOTO_EXTENSIONS or extension in OTHER_IMAGE_EXTENSIONS or extension in BY_EXTENSION:
        return True
    try:
        with path.open("rb") as file:
            sniff(memoryview(file.read(HEAD_BYTES)))
    except (PhotoError, OSError):
        return False
    return True


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
