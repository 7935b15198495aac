"""Files to drop on the page: ten photos of every kind, some of which are none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from testkit.photos import heif, hostile, jpeg, raster, raw, scene, scenery

# Names are texts of users: this one would run a script wherever it became markup.
HOSTILE_NAME: Final = "<img src=x onerror=document.title='owned'>.jpg"
GOOD: Final[Mapping[str, Callable[[], bytes]]] = {
    "ridges.jpg": lambda: jpeg.jpeg(scenery.mountains(600, 400)),
    "held sideways.jpg": lambda: jpeg.jpeg(scene.scene(480, 320), orientation=6),
    "transparent.png": lambda: raster.png("RGBA"),
    "web.webp": raster.webp,
    "phone.heic": heif.heic,
    "camera.dng": lambda: raw.dng(scene.scene(480, 320)),
    HOSTILE_NAME: lambda: jpeg.jpeg(scene.scene(300, 300)),
}
BAD: Final[Mapping[str, tuple[str, Callable[[], bytes]]]] = {
    # Name, then the expected error code.
    "cut.jpg": ("TRUNCATED", lambda: jpeg.cut(jpeg.jpeg(), 0.5)),
    "text.jpg": ("NOT_AN_IMAGE", lambda: hostile.not_photos()["note.jpg"]),
    "bomb.png": ("DIMENSIONS_TOO_LARGE", lambda: hostile.png_header(30_000, 30_000)),
}


def mixed(folder: Path) -> Path:
    """Write all ten into *folder*, some of them below it."""
    below = folder / "more" / "raw"
    below.mkdir(parents=True)
    for name, photo in GOOD.items():
        (below if name.endswith(".dng") else folder).joinpath(name).write_bytes(photo())
    for name, (_, photo) in BAD.items():
        (folder / "more" / name).write_bytes(photo())
    return folder
