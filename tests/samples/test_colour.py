"""Renditions against an independent colour conversion: Pillow and LittleCMS at full size, then LANCZOS."""

from __future__ import annotations

import io
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms, ImageOps

from processor.imaging.renderer import Renderer
from processor.recipe import Recipe, Size
from processor.source import Source
from testkit.delta_e import Floats, delta_e_2000, lab_of_srgb
from testkit.photos.scene import Pixels
from tests.imaging.prints import FINE, pixels_of

pytestmark = pytest.mark.samples

WIDE = ["photos/adobe-rgb.jpg", "photos/display-p3.jpg", "photos/cmyk-swop.jpg"]
PROFILED = [*WIDE, "photos/gain-map.jpg", "photos/denali.webp", "photos/iphone-p3.heic", "photos/iphone-15-pro.heic"]
BLOCK_PX = 32
MAX_MEAN, MAX_AREA = 2.0, 4.0


def opened(path: Path) -> tuple[Image.Image, bytes]:
    """Open a photo upright with its profile."""
    if path.suffix == ".heic":
        file: Any = pillow_heif.open_heif(path)
        return file.to_pillow(), file.info["icc_profile"]
    with Image.open(path, formats=["JPEG", "WEBP", "MPO"]) as image:
        return ImageOps.exif_transpose(image), image.info["icc_profile"]


def reference(path: Path, size: tuple[int, int]) -> Pixels:
    """Convert the whole photo to sRGB, relative colorimetric with black-point compensation, then shrink it."""
    image, profile = opened(path)
    converted = ImageCms.profileToProfile(
        image,
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    assert converted is not None
    return np.asarray(converted.resize(size, Image.Resampling.LANCZOS))


@pytest.fixture(scope="module")
def ours(samples: Path) -> Generator[Callable[[str], Pixels]]:
    """Render a sample so finely that coding adds next to nothing: its colours are compared, not its quality."""
    recipe = Recipe(sizes={"medium": Size(width=2000, height=2000)}, quality=FINE)
    with Renderer() as renderer:

        def render(name: str) -> Pixels:
            with Source.from_path(samples / name, max_bytes=recipe.limits.max_bytes) as source:
                return pixels_of(renderer.render(source, recipe, file_name=name).renditions[0])

        yield render


def difference(one: Pixels, other: Pixels) -> Floats:
    """Give the colour difference of each pixel."""
    return delta_e_2000(lab_of_srgb(one), lab_of_srgb(other))


def area_differences(one: Pixels, other: Pixels) -> Floats:
    """Give the difference of the mean colours of each block: flat areas, and textures seen from afar."""
    labs = [lab_of_srgb(picture) for picture in (one, other)]
    height, width = one.shape[:2]
    corners = [(y, x) for y in range(0, height - BLOCK_PX, BLOCK_PX) for x in range(0, width - BLOCK_PX, BLOCK_PX)]
    means = [np.array([lab[y : y + BLOCK_PX, x : x + BLOCK_PX].mean(axis=(0, 1)) for y, x in corners]) for lab in labs]
    return delta_e_2000(means[0], means[1])


@pytest.mark.parametrize("name", PROFILED)
def test_colours_match_the_reference_conversion(name: str, samples: Path, ours: Callable[[str], Pixels]) -> None:
    """Mean difference at most 2; no area, where the eye would see it, beyond 4."""
    picture = ours(name)
    theirs = reference(samples / name, (picture.shape[1], picture.shape[0]))

    assert difference(picture, theirs).mean() <= MAX_MEAN
    assert area_differences(picture, theirs).max() <= MAX_AREA


@pytest.mark.parametrize("name", WIDE)
def test_the_measure_would_notice_a_dropped_profile(name: str, samples: Path) -> None:
    """Taken as sRGB, or as CMYK without a profile, these photos are far from the reference."""
    image, _ = opened(samples / name)
    theirs = reference(samples / name, image.size)

    assert difference(np.asarray(image.convert("RGB")), theirs).mean() > MAX_MEAN
