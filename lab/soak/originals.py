"""Draw random originals: formats, sizes and orientations as galleries get them, and bad files among them."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from random import Random
from typing import Final

from PIL import Image

from lab.soak.model import Picture
from testkit.photos import heif, jpeg, raw, scene
from testkit.photos.scene import Pixels

STEP: Final = 16
# (width, height) in steps; a large one takes a worker long enough to be killed in the middle of it.
SMALLEST, SMALL, LARGE = (20, 15), (60, 45), (188, 125)
ORIENTATIONS: Final = range(1, 9)
HALF: Final = 0.5


def draw(random: Random) -> Picture:
    """Draw one of all kinds, most of them JPEGs; two of the same size are rare."""
    return random.choices(list(KINDS.values()), list(WEIGHTS.values()))[0](random)


def pixels(random: Random, smallest: tuple[int, int] = SMALLEST, largest: tuple[int, int] = SMALL) -> Pixels:
    """Draw the scene at a random size, sides even."""
    width, height = (random.randint(low, high) * STEP for low, high in zip(smallest, largest, strict=True))
    return scene.scene(width, height)


def good(kind: str, suffix: str, drawn: Pixels, data: bytes) -> Picture:
    """Expect a photo of the size of what was *drawn*."""
    return Picture(kind=kind, suffix=suffix, data=data, width=drawn.shape[1], height=drawn.shape[0])


def photo(random: Random) -> Picture:
    """Draw a JPEG as a camera held it."""
    drawn = pixels(random)
    data = jpeg.jpeg(drawn, orientation=random.choice(ORIENTATIONS), progressive=random.random() < HALF)
    return good("jpeg", "jpg", drawn, data)


def large(random: Random) -> Picture:
    """Draw a JPEG of up to six megapixels."""
    drawn = pixels(random, SMALL, LARGE)
    return good("large jpeg", "jpg", drawn, jpeg.jpeg(drawn, orientation=random.choice(ORIENTATIONS)))


def heic(random: Random) -> Picture:
    """Draw a phone's photo."""
    drawn = pixels(random)
    return good("heic", "heic", drawn, heif.heic(drawn, orientation=random.choice(ORIENTATIONS)))


def png(random: Random) -> Picture:
    """Draw a PNG."""
    drawn = pixels(random)
    return good("png", "png", drawn, encoded(drawn, "PNG"))


def webp(random: Random) -> Picture:
    """Draw a WebP."""
    drawn = pixels(random)
    return good("webp", "webp", drawn, encoded(drawn, "WEBP"))


def dng(random: Random) -> Picture:
    """Draw a RAW without a preview: its pixels have to be developed."""
    drawn = pixels(random)
    return good("dng", "dng", drawn, raw.dng(drawn))


def private(_random: Random) -> Picture:
    """Draw a JPEG full of names and places."""
    return Picture(kind="private", suffix="jpg", data=jpeg.private_jpeg(), width=scene.WIDTH, height=scene.HEIGHT)


def truncated(random: Random) -> Picture:
    """Break a JPEG off in the middle."""
    return Picture(kind="bad", suffix="jpg", data=jpeg.cut(photo(random).data, HALF), code="TRUNCATED")


def no_photo(random: Random) -> Picture:
    """Write a text and call it a photo."""
    return Picture(kind="bad", suffix="jpg", data=f"no photo, {random.random()}".encode(), code="NOT_AN_IMAGE")


def encoded(drawn: Pixels, kind: str) -> bytes:
    """Encode by Pillow."""
    out = io.BytesIO()
    Image.fromarray(drawn).save(out, kind)
    return out.getvalue()


KINDS: Final[Mapping[str, Callable[[Random], Picture]]] = {
    "jpeg": photo,
    "large": large,
    "heic": heic,
    "png": png,
    "webp": webp,
    "dng": dng,
    "private": private,
    "truncated": truncated,
    "no photo": no_photo,
}
WEIGHTS: Final[Mapping[str, int]] = {
    "jpeg": 40,
    "large": 10,
    "heic": 12,
    "png": 12,
    "webp": 12,
    "dng": 3,
    "private": 2,
    "truncated": 5,
    "no photo": 4,
}
