"""Render one photo again and again on one core: ``python -m bench.throughput_worker PHOTO CORE SECONDS``.

Says ``ready`` when warm, waits for a line, and then prints ``{"photos", "seconds"}``.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from time import perf_counter

from processor.imaging.line import develop
from processor.recipe import Recipe
from processor.source import Source


def main(photo: str, core: str, seconds: str) -> None:
    """Render until the time is over."""
    os.sched_setaffinity(0, {int(core)})
    path, recipe = Path(photo), Recipe()
    _render(path, recipe)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    photos, started = 0, perf_counter()
    while (elapsed := perf_counter() - started) < float(seconds):
        _render(path, recipe)
        photos += 1
    sys.stdout.write(json.dumps({"photos": photos, "seconds": elapsed}) + "\n")


def _render(path: Path, recipe: Recipe) -> None:
    with Source.from_path(path, max_bytes=recipe.limits.max_bytes) as source:
        develop(source, recipe, file_name=path.name)


if __name__ == "__main__":
    main(*sys.argv[1:])
