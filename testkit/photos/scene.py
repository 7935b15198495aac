"""Draw a small test picture with a different colour in each corner and a grey ramp, as a numpy raster.

    red    · greys, dark to light ·  green
           ·                      ·
    blue   ·   skin · foliage     ·  yellow

Every patch is flat, so its colour survives 4:2:0 coding and can be asserted after any conversion.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels: TypeAlias = NDArray[np.uint8]
Colour: TypeAlias = tuple[int, int, int]
T = TypeVar("T", bound=np.generic)

WIDTH, HEIGHT = 480, 320
BACKGROUND: Colour = (128, 128, 128)

# name: (left, top, right, bottom) as fractions of the sides, and its sRGB colour.
PATCHES: Mapping[str, tuple[tuple[float, float, float, float], Colour]] = {
    "red": ((0.0, 0.0, 0.25, 0.3), (200, 40, 40)),
    "green": ((0.75, 0.0, 1.0, 0.3), (40, 150, 60)),
    "blue": ((0.0, 0.7, 0.25, 1.0), (40, 60, 190)),
    "yellow": ((0.75, 0.7, 1.0, 1.0), (225, 200, 50)),
    "black": ((0.3, 0.1, 0.4, 0.3), (16, 16, 16)),
    "dark": ((0.4, 0.1, 0.5, 0.3), (72, 72, 72)),
    "light": ((0.5, 0.1, 0.6, 0.3), (184, 184, 184)),
    "white": ((0.6, 0.1, 0.7, 0.3), (245, 245, 245)),
    "skin": ((0.3, 0.6, 0.5, 0.85), (205, 155, 130)),
    "foliage": ((0.5, 0.6, 0.7, 0.85), (90, 110, 65)),
}
# Standard deviations in 8-bit steps: of the largest clouds, and of a sensor's noise at base sensitivity.
CLOUD_CONTRAST, CLOUD_FALL_OFF = 40.0, 0.45
SENSOR_NOISE = 3.0

# EXIF orientation: (mirrored left to right, then quarter turns counter-clockwise) from upright to stored.
STORED: Final[Mapping[int, tuple[bool, int]]] = {
    1: (False, 0),
    2: (True, 0),
    3: (False, 2),
    4: (True, 2),
    5: (True, 1),
    6: (False, 1),
    7: (True, 3),
    8: (False, 3),
}


def scene(width: int = WIDTH, height: int = HEIGHT) -> Pixels:
    """Draw the picture: RGB, 8 bit, sRGB, height x width x 3."""
    pixels = np.full((height, width, 3), BACKGROUND, np.uint8)
    for (left, top, right, bottom), colour in PATCHES.values():
        pixels[_px(top, height) : _px(bottom, height), _px(left, width) : _px(right, width)] = colour
    return pixels


def patch_colours(pixels: Pixels) -> dict[str, Colour]:
    """Median colour of the middle of each patch of an upright RGB raster of any size."""
    height, width = pixels.shape[:2]
    return {name: _middle(pixels, box, width, height) for name, (box, _) in PATCHES.items()}


def furthest(pixels: Pixels) -> int:
    """Largest difference, in 8-bit steps of any channel, between the patches of *pixels* and the truth."""
    found = patch_colours(pixels)
    return max(abs(a - b) for name, (_, truth) in PATCHES.items() for a, b in zip(found[name], truth, strict=True))


def stored(upright: NDArray[T], orientation: int) -> NDArray[T]:
    """Turn *upright* pixels into what a camera stores under EXIF *orientation* 1-8 (tag 0x0112)."""
    mirrored, turns = STORED[orientation]
    return np.rot90(np.flip(upright, 1) if mirrored else upright, turns)


def textured(width: int, height: int, *, seed: int = 7) -> Pixels:
    """Draw clouds at every scale, as contrasts fall off in nature, under sensor noise: as costly as a photo."""
    random = np.random.default_rng(seed)
    pixels = np.empty((height, width, 3), np.uint8)
    for channel in range(3):
        plane = np.full((height, width), 118, np.float32)
        for cell in (512, 128, 32, 8, 3):
            coarse = random.standard_normal((height // cell + 2, width // cell + 2)).astype(np.float32)
            smooth = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
            plane += np.asarray(smooth) * (CLOUD_CONTRAST * (cell / 512) ** CLOUD_FALL_OFF)
        plane += random.standard_normal((height, width), np.float32) * SENSOR_NOISE
        pixels[..., channel] = plane.clip(0, 255)
    return pixels


def _middle(pixels: Pixels, box: tuple[float, float, float, float], width: int, height: int) -> Colour:
    left, top, right, bottom = box
    inset_x, inset_y = (right - left) / 4, (bottom - top) / 4
    rows = slice(_px(top + inset_y, height), max(_px(bottom - inset_y, height), _px(top + inset_y, height) + 1))
    columns = slice(_px(left + inset_x, width), max(_px(right - inset_x, width), _px(left + inset_x, width) + 1))
    red, green, blue = np.median(pixels[rows, columns, :3].reshape(-1, 3), axis=0).astype(int).tolist()
    return red, green, blue


def _px(fraction: float, side: int) -> int:
    return round(fraction * side)
