"""What `make package` built: the function's zip and one per layer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pulumi


@dataclass(frozen=True, kw_only=True, slots=True)
class Packages:
    """The three zips of one architecture."""

    function: Path
    imaging: Path
    runtime: Path

    @classmethod
    def find(cls, folder: Path, architecture: str) -> Self:
        """Find them in *folder*; raise RunError with one line that says what to run."""
        found = cls(
            function=folder / "function.zip",
            imaging=folder / f"layer-imaging-{architecture}.zip",
            runtime=folder / f"layer-runtime-{architecture}.zip",
        )
        for path in (found.function, found.imaging, found.runtime):
            if not path.is_file():
                command = "make package" if architecture == "arm64" else f'make package ARGS="--arch {architecture}"'
                raise pulumi.RunError(f"{path}: not found, expected what `{command}` builds; run it first")
        return found
