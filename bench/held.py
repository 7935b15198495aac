"""Measure what a worker holds after many photos: ``python -m bench.held REPORT PHOTO...``.

One process renders the photos in turn, as a function that Lambda keeps for hours does. It writes one JSON object to the
file REPORT: the resident memory of it and of its decoder child after each photo, MiB.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.processes import children, resident_mib
from processor.imaging.renderer import Renderer
from processor.recipe import Recipe
from processor.source import Source

PHOTOS = 50
TIMEOUT_S = 900


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """Resident memory after the last of *photos*, MiB, of the function's process and of its decoder child.

    *most_mib*: of both together, after any of them.
    """

    photos: int
    parent_mib: float
    child_mib: float
    most_mib: float


def measure_held(mixture: Sequence[Path], *, photos: int = PHOTOS) -> Held:
    """Render *photos* of *mixture*, again and again in its order, in a fresh process."""
    with TemporaryDirectory(prefix="darkroom-bench-") as folder:
        report = Path(folder) / "report.json"
        chosen = [str(path) for path in islice(cycle(mixture), photos)]
        command = [sys.executable, "-m", "bench.held", str(report), *chosen]
        subprocess.run(command, check=True, timeout=TIMEOUT_S)  # noqa: S603 - our own module
        return summary(json.loads(report.read_text()))


def summary(after: Sequence[tuple[float, float]]) -> Held:
    """Sum up what parent and child held after each photo."""
    parent, child = after[-1]
    return Held(photos=len(after), parent_mib=parent, child_mib=child, most_mib=max(map(sum, after)))


def main(report: str, *photos: str) -> None:
    """Render and write the report."""
    recipe, after = Recipe(), list[tuple[float, float]]()
    with Renderer() as renderer:
        for path in map(Path, photos):
            with Source.from_path(path, max_bytes=recipe.limits.max_bytes) as source:
                renderer.render(source, recipe, file_name=path.name)
            me = os.getpid()
            after.append((resident_mib(me), round(sum(map(resident_mib, children(me))), 1)))
    Path(report).write_text(json.dumps(after))


if __name__ == "__main__":
    main(*sys.argv[1:])
