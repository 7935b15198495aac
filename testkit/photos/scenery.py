"""Draw pictures that look like photos, by noise and light, for demonstrations.

Each is RGB, 8 bit, sRGB, height x width x 3; the same seed draws the same picture.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from testkit.photos.scene import Colour, Pixels

Plane: TypeAlias = NDArray[np.float32]
GRAIN: Final = 2.5
STARLESS: Final = 0.9994  # share of the sky
DAWN: Final = ((58, 74, 118), (236, 168, 140), (255, 226, 190))
DUSK: Final = ((32, 28, 66), (196, 86, 92), (255, 184, 108))
RAIN: Final = ((88, 102, 112), (156, 168, 172), (214, 218, 214))
Palette: TypeAlias = tuple[Colour, Colour, Colour]


def mountains(width: int, height: int, palette: Palette = DAWN, *, seed: int = 1) -> Pixels:
    """Draw ridges behind ridges, paler with distance, under a low sun."""
    random = np.random.default_rng(seed)
    picture = sky(width, height, palette, sun=(0.3 + 0.4 * float(random.random()), 0.42), seed=seed)
    haze, near = np.asarray(palette[1], np.float32), np.asarray(palette[0], np.float32) * 0.22
    across, down = np.arange(width), np.arange(height)[:, None]
    for ridge in range(6):
        depth = ridge / 5
        swing = height * (0.05 + 0.09 * depth)
        line = height * (0.46 + 0.1 * ridge) + swing * ridge_line(width, random, rough=0.42 + 0.1 * depth)
        below = (down - line[across][None, :]) / height
        colour = haze * (1 - depth) ** 1.3 + near * (1 - (1 - depth) ** 1.3)
        mist = np.clip(below / 0.16, 0, 1)[..., None]
        shade = colour * (1 - 0.25 * mist) + haze * (0.25 + 0.2 * (1 - depth)) * mist
        edge = np.clip(below * height + 0.5, 0, 1)[..., None]
        picture = picture * (1 - edge) + shade * edge
    return developed(picture, random)


def sea(width: int, height: int, palette: Palette = DUSK, *, seed: int = 2) -> Pixels:
    """Draw the sun over open water, and its path on the waves."""
    random = np.random.default_rng(seed)
    horizon, at = int(height * 0.56), 0.62
    picture = sky(width, height, palette, sun=(at, 0.5), seed=seed)
    water = picture[horizon - 1 :: -1][: height - horizon]
    rows = np.linspace(0, 1, height - horizon, dtype=np.float32)[:, None]
    waves = noise(width, height - horizon, random, cells=((90, 5), (36, 3), (14, 2)))
    glitter = np.exp(-(((np.arange(width)[None, :] / width - at) / (0.03 + 0.16 * rows)) ** 2)) * np.clip(waves, 0, 2)
    dark = 0.78 - 0.34 * rows + 0.1 * waves
    picture[horizon : horizon + len(water)] = water * dark[: len(water), :, None]
    picture[horizon:] += glitter[..., None] * np.asarray(palette[2], np.float32) * 0.5
    return developed(picture, random)


def night(width: int, height: int, *, seed: int = 3) -> Pixels:
    """Draw stars and an aurora above a black ridge."""
    random = np.random.default_rng(seed)
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    picture = np.asarray((8, 12, 30), np.float32) + down[..., None] * np.asarray((10, 26, 40), np.float32)
    folds = 0.5 + 0.18 * ridge_line(width, random, rough=0.3)[None, :]
    above = folds - down * 1.2
    rays = 0.6 + 0.5 * ridge_line(width, random, rough=0.75)[None, :]
    curtain = np.exp(-np.abs(above) * np.where(above > 0, 3.2, 16)) * np.clip(rays, 0.15, 1.4)
    picture = picture + curtain[..., None] * np.asarray((70, 214, 150), np.float32)
    picture = picture + (curtain * np.clip(above * 2.4, 0, 1))[..., None] * np.asarray((120, -70, 110), np.float32)
    points = ((random.random((height, width)) > STARLESS) * random.random((height, width)) * 255).astype(np.uint8)
    stars = np.asarray(Image.fromarray(points).filter(ImageFilter.GaussianBlur(1.2)), np.float32) * 10
    picture = picture + stars[..., None]
    ground = np.arange(height)[:, None] > height * (0.86 + 0.05 * ridge_line(width, random, rough=0.6)[None, :])
    picture[ground] = (5, 7, 10)
    return developed(picture, random)


def lights(width: int, height: int, *, seed: int = 5) -> Pixels:
    """Draw a city's lights out of focus."""
    random = np.random.default_rng(seed)
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    picture = np.asarray((16, 14, 30), np.float32) * (1 - down) + np.asarray((44, 24, 26), np.float32) * down
    picture = np.broadcast_to(picture, (height, width, 3)).copy()
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    colours = ((255, 176, 92), (255, 112, 84), (120, 176, 255), (255, 226, 170), (236, 96, 150))
    for _ in range(46):
        radius = height * float(random.uniform(0.025, 0.085))
        left, top = float(random.random()) * width, height * float(random.normal(0.55, 0.2))
        far = np.hypot(x - left, y - top) / radius
        disc = np.clip((1 - far) * radius / 3, 0, 1) * (0.55 + 0.45 * np.clip(far, 0, 1) ** 4)
        colour = np.asarray(colours[int(random.integers(len(colours)))], np.float32)
        picture += disc[..., None] * colour * float(random.uniform(0.12, 0.6))
    return developed(picture, random)


def flower(width: int, height: int, *, seed: int = 6) -> Pixels:
    """Draw a dahlia from near by, before a green that is out of focus."""
    random = np.random.default_rng(seed)
    soft = noise(width, height, random, cells=((width // 3, height // 3), (width // 7, height // 7)))
    picture = np.asarray((44, 74, 50), np.float32) * (1 + 0.45 * soft[..., None])
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    side = min(width, height)
    left, top = (x - width * 0.5) / side, (y - height * 0.52) / side
    radius, angle = np.hypot(left, top), np.arctan2(top, left)
    for ring in range(9):
        reach, petals = 0.43 - 0.045 * ring, 17 - ring
        wave = np.abs(np.cos(petals / 2 * (angle + ring * 0.37)))
        outline = reach * (0.72 + 0.28 * wave**0.6)
        inside = np.clip((outline - radius) * side / 3, 0, 1)
        light = (0.34 + 0.62 * wave) * (0.5 + 0.62 * radius / reach) * (1 - 0.02 * ring)
        petal = np.asarray((240 - 4 * ring, 104 + 9 * ring, 112 + 2 * ring), np.float32)
        picture = picture * (1 - inside[..., None]) + petal * light[..., None] * inside[..., None]
    return developed(picture, random)


def sky(width: int, height: int, palette: Palette, *, sun: tuple[float, float], seed: int) -> Plane:
    """Draw air from the zenith to the horizon, thin clouds in it, and light around the sun (fractions of the sides)."""
    random = np.random.default_rng(seed + 100)
    stops = np.asarray(palette, np.float32)
    down = np.clip(np.linspace(0, 1.7, height, dtype=np.float32), 0, 1)
    rows = np.stack([np.interp(down, (0, 0.6, 1), stops[:, channel]) for channel in range(3)], axis=1)
    clouds = noise(
        width,
        height,
        random,
        cells=((width // 3, height // 9), (width // 8, height // 22), (width // 20, height // 50)),
    )
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    far = np.hypot((x / width - sun[0]) * width / height, y / height - sun[1])
    glow = 0.85 * np.exp(-far * 5) + np.clip((0.045 - far) * 90, 0, 1)
    lit = rows[:, None, :] + np.clip(clouds - 0.35, 0, 1.4)[..., None] * (stops[2] - rows[:, None, :]) * 0.45
    return (lit + glow[..., None] * (np.asarray((255, 236, 200), np.float32) - lit * 0.55)).astype(np.float32)


def ridge_line(width: int, random: np.random.Generator, *, rough: float) -> Plane:
    """Draw a line of hills, about -1 to 1; *rough*: how much each octave keeps of the one before (0 to 1)."""
    line = np.zeros(width, np.float32)
    for octave in range(8):
        points = random.standard_normal(3 * 2**octave + 2)
        at = np.linspace(0, len(points) - 1, width)
        smooth = (1 - np.cos((at % 1) * np.pi)) / 2
        here = np.minimum(at.astype(int), len(points) - 2)
        line += (points[here] * (1 - smooth) + points[here + 1] * smooth) * rough**octave
    return line / max(1.0, float(np.abs(line).max()))


def noise(width: int, height: int, random: np.random.Generator, *, cells: tuple[tuple[int, int], ...]) -> Plane:
    """Draw clouds whose parts are *cells* px wide and high, each weaker than the one before; deviation about 1."""
    plane = np.zeros((height, width), np.float32)
    for octave, (across, down) in enumerate(cells):
        coarse = random.standard_normal((height // max(1, down) + 2, width // max(1, across) + 2)).astype(np.float32)
        grown = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
        plane += np.asarray(grown) * 0.6**octave
    return plane


def developed(light: NDArray[np.floating], random: np.random.Generator) -> Pixels:
    """Turn light (0 to 255 and beyond) into pixels, highlights rolled off, with the grain of a sensor."""
    toned = np.where(light > 200, 200 + 55 * (1 - np.exp(-(light - 200) / 55)), light)
    return (toned + random.normal(0, GRAIN, light.shape[:2])[..., None]).clip(0, 255).astype(np.uint8)
