"""Find the real photos, and the expected result of each good one."""

from __future__ import annotations

import os
from pathlib import Path

from processor.errors import Verdict

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLES = Path(os.environ.get("DARKROOM_SAMPLES", str(REPOSITORY.parent / "shared" / "samples")))

# name: (format, upright width and height in px, decoder of the largest size)
PHOTOS: dict[str, tuple[str, int, int, str]] = {
    "photos/8bit-sRGB.avif": ("avif", 1617, 1080, "pillow"),
    "photos/adobe-rgb.jpg": ("jpeg", 600, 900, "native"),
    "photos/alpha.heic": ("heic", 1440, 960, "heif"),
    "photos/book-beside-flowers.jpg": ("jpeg", 3024, 4032, "native"),
    "photos/cmyk-swop.jpg": ("jpeg", 500, 333, "native"),
    "photos/craft-beer.jpg": ("jpeg", 6000, 4000, "native"),
    "photos/denali.webp": ("webp", 600, 315, "native"),
    "photos/display-p3.jpg": ("jpeg", 600, 400, "native"),
    "photos/empty_gps.jpg": ("jpeg", 4640, 3472, "native"),
    "photos/gain-map.jpg": ("jpeg", 384, 512, "native"),
    "photos/grad16_grey.png": ("png", 400, 300, "native"),
    "photos/iphone-15-pro.heic": ("heic", 3024, 4032, "heif"),
    "photos/iphone-p3.heic": ("heic", 4032, 3024, "heif"),
    "photos/japanese-shop.jpg": ("jpeg", 4217, 2817, "native"),
    "photos/samsung-one-ui-6.heic": ("heic", 3000, 4000, "heif"),
    "photos/tiff_16bit_RGB_target.png": ("png", 100, 40, "native"),
    "photos/with-alpha-512x512.heic": ("heic", 512, 512, "heif"),
    "raw/canon-6d.dng": ("raw", 1224, 816, "raw-full"),
    "raw/kodak-dc50.kdc": ("raw", 756, 504, "raw-full"),
    "raw/nikon-d1.nef": ("raw", 2012, 1324, "raw-full"),
    "raw/nikon-d500.dng": ("raw", 600, 400, "raw-full"),
    "raw/sony-a7rm3.arw": ("raw", 5184, 3464, "raw-full"),
    "raw/synthetic-orientation6.dng": ("raw", 400, 600, "raw-full"),
    **{f"orientation/Landscape_{n}.jpg": ("jpeg", 1800, 1200, "native") for n in range(9)},
    **{f"orientation/Portrait_{n}.jpg": ("jpeg", 1200, 1800, "native") for n in range(9)},
}

# name: (verdict, words of the finding, words of the advice)
REFUSED: dict[str, tuple[Verdict, str, str]] = {
    "raw/gopro-undecodable.gpr": (Verdict.UNSUPPORTED_FORMAT, "cannot be decoded", "JPEG, HEIC or DNG"),
    "raw/header-only.arw": (Verdict.TRUNCATED, "incomplete", "from the camera"),
}
