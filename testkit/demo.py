"""Draw the photos of ``darkroom demo`` by code, so that nothing is downloaded.

One of them is damaged on purpose: its verdict shows what a photographer reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

import click
from PIL import Image

from processor.cli.examples import examples
from testkit.photos import heif, icc, jpeg, raw, scene, scenery
from testkit.photos.scene import Pixels

DAMAGED: Final = "cut in half.jpg"
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
    DAMAGED: lambda: jpeg.cut(jpeg.jpeg(scenery.sea(1500, 1000, seed=31)), 0.5),
}


def from_camera(pixels: Pixels) -> bytes:
    """Build a RAW that holds a preview of itself, as cameras write it."""
    preview = Image.fromarray(pixels).resize((1200, 800))
    return raw.dng(pixels, preview=jpeg.encoded(preview, quality=90))


@click.command(epilog=examples("darkroom demo", 'darkroom demo phone.heic "cut in half.jpg" --out /tmp/photos'))
@click.argument("names", nargs=-1, metavar="[NAME]...", type=click.Choice([*PHOTOS]))
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("out/demo/originals"),
    show_default=True,
    help="Folder to draw into.",
)
def demo(names: tuple[str, ...], out: Path) -> None:
    """Draw a few photos to try things with.

    Draws all of them, half a minute of work, or only those that are named.
    """
    drawn = draw(out, names or PHOTOS, say=click.echo)
    click.echo(f"Drew {drawn} {'photo' if drawn == 1 else 'photos'} into {out}.")


def draw(folder: Path, names: Iterable[str] = PHOTOS, *, say: Callable[[str], None] = lambda _line: None) -> int:
    """Write the photos *names* into *folder*, each after a line; return how many they are."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [*names]
    for number, name in enumerate(wanted, 1):
        damaged = " (damaged on purpose)" if name == DAMAGED else ""
        say(f"{number}/{len(wanted)} {name}{damaged}")
        (folder / name).write_bytes(PHOTOS[name]())
    return len(wanted)
