"""Compare two pictures as an eye would: in structure (SSIM) and in colour (CIEDE2000)."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from testkit.delta_e import delta_e_2000, lab_of_srgb
from testkit.photos.scene import Pixels

Floats = NDArray[np.float64]

# Wang, Bovik, Sheikh, Simoncelli: Image quality assessment (2004), with the even window of 7 px that others use too.
WINDOW: Final = 7
C1: Final = (0.01 * 255) ** 2
C2: Final = (0.03 * 255) ** 2
REC_601: Final = np.array([0.299, 0.587, 0.114])


def ssim(one: Pixels, other: Pixels) -> float:
    """Mean structural similarity of two RGB rasters of one size, each side 7 px or more, in lightness; 1: the same."""
    x, y = lightness(one), lightness(other)
    mean_x, mean_y = windows(x), windows(y)
    # Of samples, not of the population.
    samples = WINDOW**2 / (WINDOW**2 - 1)
    var_x, var_y = (samples * (windows(a * a) - mean**2) for a, mean in ((x, mean_x), (y, mean_y)))
    covariance = samples * (windows(x * y) - mean_x * mean_y)
    light = (2 * mean_x * mean_y + C1) / (mean_x**2 + mean_y**2 + C1)
    structure = (2 * covariance + C2) / (var_x + var_y + C2)
    return float((light * structure).mean())


def lightness(picture: Pixels) -> Floats:
    """Weigh the channels as Rec. 601 does."""
    return picture.astype(np.float64) @ REC_601


def windows(values: Floats) -> Floats:
    """Average over every window that lies wholly inside."""
    sums = np.pad(values, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    inside = sums[WINDOW:, WINDOW:] - sums[:-WINDOW, WINDOW:] - sums[WINDOW:, :-WINDOW] + sums[:-WINDOW, :-WINDOW]
    return inside / WINDOW**2


def delta_e(one: Pixels, other: Pixels) -> float:
    """Mean colour difference of two sRGB rasters of one size, pixel by pixel; about 1 is just visible.

    Each pair of colours is compared once: drawings have few.
    """
    pairs, counts = np.unique(packed(one) << 24 | packed(other), return_counts=True)
    differences = delta_e_2000(lab_of_srgb(unpacked(pairs >> 24)), lab_of_srgb(unpacked(pairs)))
    return float(np.average(differences, weights=counts))


def packed(picture: Pixels) -> NDArray[np.int64]:
    """Write each colour as one number, ``0xRRGGBB``."""
    red, green, blue = np.moveaxis(picture.astype(np.int64), -1, 0)
    return red << 16 | green << 8 | blue


def unpacked(colours: NDArray[np.int64]) -> Pixels:
    """Read the colours of the lowest 24 bits."""
    return np.stack([colours >> 16 & 255, colours >> 8 & 255, colours & 255], axis=-1).astype(np.uint8)


def resized(upright: Pixels, width: int, height: int, *, across: float = 0.5) -> Pixels:
    """Scale a picture until it covers *width* × *height* px and cut: by Pillow, not by our own line.

    *across*: where to cut when it is too wide: 0 keeps the left, 1 the right.
    """
    image = Image.fromarray(upright)
    scale = max(width / image.width, height / image.height)
    kept_x, kept_y = width / scale, height / scale
    left, top = (image.width - kept_x) * across, (image.height - kept_y) / 2
    box = (left, top, left + kept_x, top + kept_y)
    return np.asarray(image.resize((width, height), Image.Resampling.LANCZOS, box=box))


def most_alike(upright: Pixels, made: Pixels) -> Pixels:
    """Return *upright* at the size of *made*, cut where it is most like it: a smart crop chooses what it keeps."""
    height, width = made.shape[:2]
    tall, wide = upright.shape[:2]
    spare = max(0, round(wide * height / tall) - width)
    if not spare:
        return resized(upright, width, height)
    whole = resized(upright, width + spare, height).astype(np.int16)
    differences = [np.abs(whole[:, left : left + width] - made).mean() for left in range(spare + 1)]
    return resized(upright, width, height, across=int(np.argmin(differences)) / spare)
