"""Renditions against an independent colour conversion: Pillow and LittleCMS at full size, then LANCZOS."""

from __future__ import annotations

import io
from collections.abc import Callable, Generator
from functools import cache
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
STEP_PX = 2
"""Every second pixel of every second row is compared: a quarter of a photo shows the same."""
MAX_MEAN, MAX_AREA = 2.0, 4.0


def opened(path: Path) -> tuple[Image.Image, bytes]:
    """Open a photo upright with its profile."""
    if path.suffix == ".heic":
        file: Any = pillow_heif.open_heif(path)
        return file.to_pillow(), file.info["icc_profile"]
    with Image.open(path, formats=["JPEG", "WEBP", "MPO"]) as image:
        return ImageOps.exif_transpose(image), image.info["icc_profile"]


@cache
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


def lab(picture: Pixels) -> Floats:
    """Give the colours of the compared pixels."""
    return lab_of_srgb(picture[::STEP_PX, ::STEP_PX])


def area_differences(one: Floats, other: Floats) -> Floats:
    """Give the difference of the mean colours of each block: flat areas, and textures seen from afar."""
    side = BLOCK_PX // STEP_PX
    rows, columns = (length // side for length in one.shape[:2])
    blocks = [labs[: rows * side, : columns * side].reshape(rows, side, columns, side, 3) for labs in (one, other)]
    return delta_e_2000(*(block.mean(axis=(1, 3)) for block in blocks))


@pytest.mark.parametrize("name", PROFILED)
def test_colours_match_the_reference_conversion(name: str, samples: Path, ours: Callable[[str], Pixels]) -> None:
    """Mean difference at most 2; no area, where the eye would see it, beyond 4."""
    picture = ours(name)
    theirs = reference(samples / name, (picture.shape[1], picture.shape[0]))

    one, other = lab(picture), lab(theirs)
    assert delta_e_2000(one, other).mean() <= MAX_MEAN
    assert area_differences(one, other).max() <= MAX_AREA


@pytest.mark.parametrize("name", WIDE)
def test_the_measure_would_notice_a_dropped_profile(name: str, samples: Path) -> None:
    """Taken as sRGB, or as CMYK without a profile, these photos are far from the reference."""
    image, _ = opened(samples / name)
    theirs = reference(samples / name, image.size)

    assert delta_e_2000(lab(np.asarray(image.convert("RGB"))), lab(theirs)).mean() > MAX_MEAN
