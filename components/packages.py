"""What the program deploys: the function, zipped from this checkout, and the layers that `make package` built."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pulumi

from components.build import PYTHON, build_function, is_current, layer_identity, layer_path


@dataclass(frozen=True, kw_only=True, slots=True)
class Packages:
    """The three zips of one architecture."""

    function: Path
    imaging: Path
    runtime: Path

    @classmethod
    def make(cls, sources: Path, folder: Path, architecture: str) -> Self:
        """Zip the function of the checkout *sources* into *folder*, and find the layers there.

        Raises RunError with one line that says what to run.
        """
        return cls(
            imaging=find_layer(sources, folder, "imaging", architecture),
            runtime=find_layer(sources, folder, "runtime", architecture),
            function=build_function(sources, folder),
        )


def find_layer(sources: Path, folder: Path, layer: str, architecture: str) -> Path:
    """Find the zip of *layer*; raise RunError when it is missing or built from another lock.

    It is not built here: that would download 70 MB in the middle of a preview (ADR 23).
    """
    path = layer_path(folder, layer, architecture)
    command = "make package" if architecture == "arm64" else f'make package ARGS="--arch {architecture}"'
    expected = f"expected the layer that requirements/{layer}.lock describes, for python{PYTHON} on {architecture}"
    if not path.is_file():
        raise pulumi.RunError(f"{path}: not found, {expected}: run `{command}`")
    if not is_current(path, layer_identity(sources, layer, architecture)):
        raise pulumi.RunError(f"{path}: stale, {expected}: run `{command}`")
    return path
