"""Draw a small landscape that looks like a photo (sky, sun, hills, a lake, a house): edits of it show their effect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 480, 320
SHARPER: Final = 3  # drawn larger, then reduced, for smooth edges
NOISE, HEAVY_NOISE = 2.0, 14.0
BORDER: Final = (38, 42, 50)
SKY_TOP, SKY_BOTTOM = (64, 128, 205), (238, 220, 188)
RIDGES: Final = (
    # (height above the bottom, swell, waves, phase) as fractions, and the colour
    ((0.52, 0.06, 1.3, 0.4), (126, 146, 168)),
    ((0.44, 0.05, 2.1, 2.0), (92, 128, 112)),
    ((0.34, 0.04, 1.7, 4.4), (70, 116, 62)),
)
LAKE_TOP: Final = 0.22


def landscape() -> Image.Image:
    """Draw it in daylight, with the little noise that a camera leaves."""
    size = (WIDTH * SHARPER, HEIGHT * SHARPER)
    picture = Image.fromarray(_sky(size))
    draw = ImageDraw.Draw(picture)
    draw.ellipse(_box((0.74, 0.1, 0.84, 0.25), size), fill=(255, 246, 214))
    for ridge, colour in RIDGES:
        draw.polygon(_ridge(ridge, size), fill=colour)
    draw.rectangle(_box((0, 1 - LAKE_TOP, 1, 1), size), fill=(72, 118, 150))
    for line in range(9):
        top = 1 - LAKE_TOP + 0.02 + line * 0.023
        draw.line(_box((0.06 + 0.07 * (line % 3), top, 0.5 + 0.05 * line, top), size), (134, 172, 190), SHARPER)
    _house(draw, size)
    return _noisy(picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS), NOISE)


def noisy() -> Image.Image:
    """Draw it as a camera sees it at night: under heavy noise."""
    return _noisy(landscape(), HEAVY_NOISE)


def dull() -> Image.Image:
    """Draw it through haze: no black, no white, little contrast."""
    return landscape().point([round(70 + level * 0.4) for level in range(256)] * 3)


def framed() -> Image.Image:
    """Draw it inside a plain dark border."""
    picture = Image.new("RGB", (WIDTH + 80, HEIGHT + 80), BORDER)
    picture.paste(landscape(), (40, 40))
    return picture


def logo() -> Image.Image:
    """Draw a camera's shutter: white blades on a transparent ground."""
    picture = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((4, 4, 196, 196), outline=(255, 255, 255, 255), width=14)
    for blade in range(6):
        draw.arc((40, 40, 160, 160), blade * 60, blade * 60 + 40, fill=(255, 255, 255, 255), width=26)
    return picture.filter(ImageFilter.SMOOTH)


def _sky(size: tuple[int, int]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    down = np.linspace(0, 1, size[1])[:, None, None]
    rows = np.asarray(SKY_TOP) * (1 - down) + np.asarray(SKY_BOTTOM) * down
    return np.broadcast_to(rows, (size[1], size[0], 3)).astype(np.uint8)


def _ridge(shape: tuple[float, float, float, float], size: tuple[int, int]) -> list[tuple[float, float]]:
    base, swell, waves, phase = shape
    width, height = size
    across = np.linspace(0, 1, 200)
    rise = base + swell * np.sin(across * waves * 2 * np.pi + phase) + swell / 3 * np.sin(across * waves * 17 + phase)
    line = [(float(x) * width, (1 - float(y)) * height) for x, y in zip(across, rise, strict=True)]
    return [*line, (width, height), (0, height)]


def _house(draw: ImageDraw.ImageDraw, size: tuple[int, int]) -> None:
    draw.rectangle(_box((0.24, 0.6, 0.38, 0.76), size), fill=(214, 196, 170))
    roof = [(0.22, 0.61), (0.31, 0.5), (0.4, 0.61)]
    draw.polygon([(x * size[0], y * size[1]) for x, y in roof], fill=(168, 62, 48))
    draw.rectangle(_box((0.28, 0.66, 0.315, 0.76), size), fill=(92, 62, 46))
    draw.rectangle(_box((0.335, 0.65, 0.365, 0.69), size), fill=(250, 226, 140))


def _box(fractions: Sequence[float], size: tuple[int, int]) -> tuple[float, ...]:
    return tuple(fraction * side for fraction, side in zip(fractions, size * 2, strict=True))


def _noisy(picture: Image.Image, deviation: float) -> Image.Image:
    pixels = np.asarray(picture).astype(np.float32)
    noise = np.random.default_rng(7).standard_normal(pixels.shape).astype(np.float32) * deviation
    return Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8))
