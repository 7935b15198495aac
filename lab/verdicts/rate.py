"""Measure how many visibly damaged JPEGs are refused: 300 with changed bytes, of three sizes and three codings."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from PIL import Image, ImageFile

from processor.errors import PhotoError
from processor.imaging.renderer import Renderer
from processor.recipe import Recipe, Size
from processor.source import Source
from testkit.photos.scene import Pixels, textured

SIZES: Final = ((480, 320), (1_000, 750), (1_920, 1_280))
CODINGS: Final[Mapping[str, Mapping[str, Any]]] = {
    "baseline": {},
    "optimised tables": {"optimize": True},
    "progressive": {"progressive": True},
}
PHOTOS: Final = 300
MOST_BYTES: Final = 16
SEED: Final = 4711
RECIPE: Final = Recipe(sizes={"small": Size(width=400, height=400)})
VISIBLE_LEVELS, VISIBLE_SHARE = 16, 0.01
"""Damage shows when one pixel in a hundred is wrong by 16 levels of 255."""


@dataclass(slots=True)
class Rate:
    """The photos of one coding. *undamaged*: whole ones of the same kind that were refused."""

    refused: int = 0
    unseen: int = 0
    harmless: int = 0
    harmless_refused: int = 0
    undamaged: int = 0

    @property
    def percent(self) -> int:
        """Share of the visibly damaged photos that is refused."""
        return round(100 * self.refused / max(1, self.refused + self.unseen))


def measured(photos: int = PHOTOS) -> dict[str, Rate]:
    """Damage and render *photos* in this process, a third of each coding."""
    rates = {coding: Rate() for coding in CODINGS}
    drawings = [textured(width, height, seed=number) for number, (width, height) in enumerate(SIZES)]
    with Renderer() as renderer:
        for coding, rate in rates.items():
            for number, drawing in enumerate(drawings):
                whole = encoded(drawing, **CODINGS[coding])
                rate.undamaged += refuses(renderer, whole)
                count = photos // len(CODINGS) // len(SIZES) + (number < photos // len(CODINGS) % len(SIZES))
                for damaged in changed(whole, count, seed=SEED + number):
                    judge(rate, whole, damaged, refused=refuses(renderer, damaged))
    return rates


def judge(rate: Rate, whole: bytes, damaged: bytes, *, refused: bool) -> None:
    """Count one photo; another decoder tells whether its damage shows."""
    visible = shows(whole, damaged)
    rate.refused += visible and refused
    rate.unseen += visible and not refused
    rate.harmless += not visible
    rate.harmless_refused += not visible and refused


def encoded(pixels: Pixels, **options: Any) -> bytes:
    """Encode as a camera does."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=88, **options)
    return out.getvalue()


def changed(data: bytes, count: int, *, seed: int) -> Iterator[bytes]:
    """Change 1 to 16 bytes behind the head of the first scan, the same on every run."""
    chance = random.Random(seed)  # noqa: S311 - the same damage every time is the point
    first = data.index(b"\xff\xda") + 14
    for _ in range(count):
        damaged = bytearray(data)
        for _ in range(chance.randint(1, MOST_BYTES)):
            damaged[chance.randrange(first, len(data) - 2)] ^= chance.randint(1, 255)
        yield bytes(damaged)


def refuses(renderer: Renderer, data: bytes) -> bool:
    """Tell whether the photo gets a verdict."""
    try:
        with Source.from_bytes(data) as source:
            renderer.render(source, RECIPE, file_name="photo.jpg")
    except PhotoError:
        return True
    return False


def shows(whole: bytes, damaged: bytes) -> bool:
    """Tell whether the damage is visible, by Pillow's decoder, which goes on as far as it can."""
    try:
        first, second = pixels_of(whole), pixels_of(damaged)
    except (OSError, SyntaxError, ValueError):
        return True
    if first.shape != second.shape:
        return True
    red, green, blue = np.moveaxis(abs(first.astype(np.int16) - second) >= VISIBLE_LEVELS, -1, 0)
    return bool((red | green | blue).mean() >= VISIBLE_SHARE)


@lru_cache(maxsize=2)  # the whole picture, and the damaged one that is compared with it
def pixels_of(data: bytes) -> Pixels:
    """Decode leniently."""
    lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, True
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            return np.asarray(image.convert("RGB"))
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient
