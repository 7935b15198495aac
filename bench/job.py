"""Define a peer's job and answer. Imports nothing, so that a peer's memory is its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """Make a JPEG of *quality* of the photo at *path* inside each of *boxes* (px, smallest first)."""

    path: Path
    boxes: tuple[tuple[int, int], ...]
    quality: int
    scratch: Path

    def arguments(self) -> list[str]:
        """Write the job as command-line arguments."""
        boxes = ",".join(f"{width}x{height}" for width, height in self.boxes)
        return [str(self.path), boxes, str(self.quality), str(self.scratch)]

    @classmethod
    def parse(cls, path: str, boxes: str, quality: str, scratch: str) -> Job:
        """Read what *arguments* wrote."""
        sides = tuple(
            (int(width), int(height)) for width, _, height in (box.partition("x") for box in boxes.split(","))
        )
        return cls(path=Path(path), boxes=sides, quality=int(quality), scratch=Path(scratch))


@dataclass(frozen=True, kw_only=True, slots=True)
class Output:
    """One rendition: px and bytes."""

    width: int
    height: int
    bytes: int


Render: TypeAlias = Callable[[], list[Output]]
"""Do the whole job once, from the file on disk to the encoded bytes."""


class CannotRun(Exception):
    """The peer is not installed or does not read this kind of photo; the text says which."""
