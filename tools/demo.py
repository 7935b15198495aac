"""``make up``: draw a few photos, render them through the command line, and say where to look.

    python -m tools.demo [--out out/demo]

The photos are made by code, so nothing is downloaded and nothing is needed but the environment.
One of them is damaged on purpose: its line shows what a photographer is told.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
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
SOME_FAILED: Final = 1


def main(arguments: list[str] | None = None) -> int:
    """Draw, render, and say where to look; exit code 0 when exactly the damaged photo failed."""
    parser = argparse.ArgumentParser(prog="python -m tools.demo", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "demo", help="folder (default: out/demo)")
    options = parser.parse_args(arguments)
    originals, renditions = options.out / "originals", options.out / "renditions"
    draw(originals)
    shutil.rmtree(renditions, ignore_errors=True)
    sys.stdout.write(f"Drew {len(PHOTOS)} photos; one of them is damaged on purpose.\n\n")
    sys.stdout.flush()
    command = [sys.executable, "-m", "processor", "render", str(originals), "--out", str(renditions)]
    code = subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603 - arguments are ours
    sys.stdout.write(where_to_look(originals, renditions))
    return 0 if code == SOME_FAILED else 1


def draw(folder: Path) -> None:
    """Write the photos into *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, photo in PHOTOS.items():
        (folder / name).write_bytes(photo())


def where_to_look(originals: Path, renditions: Path) -> str:
    """Say what came out, and what to try next."""
    files = sorted(path for path in renditions.rglob("*") if path.is_file())
    size = sum(path.stat().st_size for path in files)
    return (
        f"\n{len(files)} renditions, {size / 1e6:.1f} MB, nothing private in any of them:\n"
        f"  originals   {originals}\n"
        f"  renditions  {renditions}\n"
        "\nNow your own:\n"
        f"  {Path(sys.executable)} -m processor render PHOTO… --out DIR [--json]\n"
    )


if __name__ == "__main__":
    sys.exit(main())
