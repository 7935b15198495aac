"""Hostile files, made by code: good pictures damaged in four ways for every decoder, and bombs, lies and strangers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from tests.factories.photos import hostile
from tests.factories.photos.heif import avif, heic
from tests.factories.photos.jpeg import cmyk_jpeg, jpeg
from tests.factories.photos.raster import (
    animated_webp,
    bmp,
    gif,
    interlaced_png,
    multipage_tiff,
    png,
    png16,
    tiff_photo,
    webp,
)
from tests.factories.photos.raw import dng
from tests.factories.photos.scene import textured
from tools.verdicts.damage import DAMAGES, LOSSES

STRANGERS: Final = "no photos"
BOMBS: Final = "bombs and lies"
MEGABYTE: Final = 1 << 20
ZEROS_ARE_PIXELS: Final = frozenset({"webp", "lossless webp", "animated webp", "bmp"})
"""Formats that store parts of one colour as zeros: a file that ends in them may be whole."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One hostile file. *good*: what it was made from, where a success may be compared; *lossy*: pixels are missing."""

    family: str
    kind: str
    name: str
    data: bytes
    good: bytes | None = None
    lossy: bool = False


@cache
def pictures() -> Mapping[str, bytes]:
    """Make a good picture for every decoder and every way through it."""
    return {
        "jpeg": jpeg(),
        "detailed jpeg": jpeg(textured(480, 320)),
        "progressive jpeg": jpeg(progressive=True),
        "cmyk jpeg": cmyk_jpeg(),
        "png": png(),
        "interlaced png": interlaced_png(),
        "16-bit png": png16(),
        "webp": webp(),
        "lossless webp": webp(lossless=True),
        "animated webp": animated_webp(),
        "gif": gif(),
        "tiff": tiff_photo(),
        "deflated bigtiff": tiff_photo(deflate=True, big=True),
        "multi-page tiff": multipage_tiff(),
        "bmp": bmp(),
        "heic": heic(),
        "avif": avif(),
        "dng": dng(),
    }


def damaged() -> Iterator[Case]:
    """Damage every picture in every way."""
    for family, good in pictures().items():
        for kind, damage in DAMAGES.items():
            for number, data in enumerate(damage(good)):
                yield Case(
                    family=family,
                    kind=kind,
                    name=f"{family} {kind} {number}",
                    data=data,
                    good=good,
                    lossy=kind in LOSSES and not (kind == "zero-tailed" and family in ZEROS_ARE_PIXELS),
                )


def bombs() -> Mapping[str, bytes]:
    """Make files that claim or unpack to more than anybody has room or time for."""
    return {
        "PNG of 13,000 × 13,000 px in its header": hostile.png_header(13_000, 13_000),
        "PNG of 2³¹-1 px a side": hostile.png_header(2**31 - 1, 2**31 - 1),
        "PNG whose header claims 4,000 × 4,000 px": hostile.png_header(4_000, 4_000),
        "PNG text that inflates to 64 MB": hostile.png_text_bomb(64 * MEGABYTE),
        "PNG profile that inflates to 64 MB": hostile.png_profile_bomb(64 * MEGABYTE),
        "JPEG of 65,500 × 65,500 px in its header": hostile.jpeg_header(65_500, 65_500),
        "JPEG whose header claims 9,000 × 9,000 px": hostile.jpeg_header(9_000, 9_000),
        "JPEG of 5,000 scans": hostile.jpeg_of_many_scans(5_000),
        "JPEG with 12 MB of EXIF segments": hostile.jpeg_of_many_markers(200),
        "GIF of 3,000 frames": hostile.gif_of_many_frames(3_000),
        "GIF with a screen of 65,535 × 65,535 px": hostile.gif_screen(65_535, 65_535),
        "TIFF whose directory is its own successor": hostile.tiff_loop(),
        "TIFF of 60,000 × 60,000 px in its header": hostile.tiff_header(60_000, 60_000),
        "TIFF that claims 5,000 × 5,000 px and holds one byte": hostile.tiff_header(5_000, 5_000),
        "WebP of 16,384 × 16,384 px in its header": hostile.webp_header(16_384, 16_384),
        "WebP that claims 8,000 × 8,000 px in 30 bytes": hostile.webp_header(8_000, 8_000),
    }


def singles() -> Iterator[Case]:
    """List the files that stand for themselves."""
    for name, data in bombs().items():
        yield Case(family=BOMBS, kind=name, name=name, data=data)
    for name, data in hostile.not_photos().items():
        yield Case(family=STRANGERS, kind=name, name=name, data=data)
