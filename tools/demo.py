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

from PIL import Image

from tests.factories.photos import heif, icc, jpeg, raw, scene, scenery
from tests.factories.photos.scene import Pixels

ROOT: Final = Path(__file__).parents[1]
PHOTOS: Final[Mapping[str, Callable[[], bytes]]] = {
    "ridges at dawn.jpg": lambda: jpeg.jpeg(scenery.mountains(2400, 1600), quality=92),
    "evening sea.jpg": lambda: jpeg.jpeg(scenery.sea(2400, 1600), quality=92),
    "city lights.jpg": lambda: jpeg.jpeg(scenery.lights(1800, 2400), quality=92),
    "phone.heic": lambda: heif.heic(scenery.night(2000, 1500), chroma=420),
    "dahlia, held sideways.jpg": lambda: jpeg.jpeg(scenery.flower(1600, 2000), orientation=6, quality=92),
    "red evening.jpg": lambda: jpeg.jpeg(scenery.mountains(2400, 1350, scenery.DUSK, seed=21), quality=92),
    "winter night.jpg": lambda: jpeg.jpeg(scenery.night(1600, 2000, seed=9), quality=92),
    "camera.dng": lambda: from_camera(scenery.sea(3000, 2000, scenery.DAWN, seed=8)),
    "rain.jpg": lambda: jpeg.jpeg(scenery.mountains(2100, 2100, scenery.RAIN, seed=11), quality=92),
    "wide gamut.jpg": lambda: jpeg.jpeg(scene.scene(3000, 2000), icc=icc.display_p3()),
    "full of secrets.jpg": jpeg.private_jpeg,
    "cut in half.jpg": lambda: jpeg.cut(jpeg.jpeg(scenery.sea(1500, 1000, seed=31)), 0.5),
}


def from_camera(pixels: Pixels) -> bytes:
    """Build a RAW that holds a preview of itself, as cameras write it."""
    preview = Image.fromarray(pixels).resize((1200, 800))
    return raw.dng(pixels, preview=jpeg.encoded(preview, quality=90))


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
