"""Draw a few photos to try things with, made by code, so that nothing is downloaded.

    python -m tools.demo [--out out/demo/originals]

One of them is damaged on purpose: what becomes of it shows what a photographer is told.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tests.factories.photos import heif, icc, jpeg, raw, scene

ROOT: Final = Path(__file__).parents[1]
PHOTOS: Final[Mapping[str, Callable[[], bytes]]] = {
    "landscape.jpg": lambda: jpeg.jpeg(scene.textured(4800, 3200), quality=92),
    "held sideways.jpg": lambda: jpeg.jpeg(scene.scene(3000, 2000), orientation=6),
    "wide gamut.jpg": lambda: jpeg.jpeg(scene.scene(3000, 2000), icc=icc.display_p3()),
    "full of secrets.jpg": jpeg.private_jpeg,
    "phone.heic": heif.heic,
    "camera.dng": lambda: raw.dng(scene.scene(3000, 2000), preview=raw.preview(1200, 800)),
    "cut in half.jpg": lambda: jpeg.cut(jpeg.jpeg(scene.scene(1500, 1000)), 0.5),
}


def main(arguments: list[str] | None = None) -> int:
    """Draw, and say where."""
    parser = argparse.ArgumentParser(prog="python -m tools.demo", description="Draw a few photos to try things with.")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "demo" / "originals", help="folder to draw into")
    folder: Path = parser.parse_args(arguments).out
    draw(folder)
    sys.stdout.write(f"Drew {len(PHOTOS)} photos into {folder}; one of them is damaged on purpose.\n")
    return 0


def draw(folder: Path) -> None:
    """Write the photos into *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, photo in PHOTOS.items():
        (folder / name).write_bytes(photo())


if __name__ == "__main__":
    sys.exit(main())
