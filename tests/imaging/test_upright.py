"""Check that renditions of every format are upright."""

from __future__ import annotations

import io
from functools import cache
from typing import get_args

import numpy as np
import pytest
import pyvips
from PIL import Image

from processor.imaging.model import Rendering
from processor.imaging.upright import upright
from testkit.photos.exif import exif
from testkit.photos.extra import Turnable, turned
from testkit.photos.ifd import short
from testkit.photos.jpeg import jpeg
from testkit.photos.scene import Pixels, furthest, scene, stored
from tests.imaging.prints import developed, pixels_of, psnr, recipe

KINDS: tuple[Turnable, ...] = get_args(Turnable)
PSNR_DB = {"raw": 30.0}
"""A turned mosaic begins with another colour of the filter: edges are interpolated otherwise. The rest is lossless."""


@cache
def rendered(kind: Turnable, orientation: int) -> Rendering:
    """Render the photo that was stored under *orientation*."""
    return developed(turned(kind, orientation), recipe((240, 240)))


@cache
def upright_print(kind: Turnable) -> Pixels:
    """Decode the rendition of the photo that was stored upright."""
    return pixels_of(rendered(kind, 1).renditions[0])


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize("kind", KINDS)
def test_a_turned_photo_makes_the_same_rendition_as_an_upright_one(kind: Turnable, orientation: int) -> None:
    """JPEG, PNG, WebP and TIFF by EXIF, HEIC by its own properties, DNG by its header: each applied once."""
    rendering = rendered(kind, orientation)
    shown = pixels_of(rendering.renditions[0])

    assert (480, 320) == (rendering.width, rendering.height)
    assert upright_print(kind).shape == shown.shape
    assert psnr(upright_print(kind), shown) >= PSNR_DB.get(kind, 45.0)


@pytest.mark.parametrize("kind", KINDS)
def test_an_upright_rendition_shows_the_scene(kind: Turnable) -> None:
    """Two equal renditions could both be wrong, so one is compared with the scene. LibRaw brightens a RAW slightly."""
    assert furthest(upright_print(kind)) <= (16 if kind == "raw" else 3)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", KINDS)
def test_the_receipt_holds_the_orientation_that_was_found(kind: Turnable, orientation: int) -> None:
    """The number is EXIF's, also where the file has HEIF's rotation and mirror."""
    assert orientation == rendered(kind, orientation).receipt.orientation


@pytest.mark.parametrize("kind", KINDS)
def test_no_rendition_has_an_orientation_of_its_own(kind: Turnable) -> None:
    """A viewer would turn it a second time."""
    plan = recipe((240, 240), formats=("jpeg", "webp", "avif"))
    for rendition in developed(turned(kind, 6), plan).renditions:
        with Image.open(io.BytesIO(rendition.data)) as image:
            assert image.getexif().get(0x0112, 1) == 1


@pytest.mark.parametrize("value", [0, 9, 255])
def test_an_orientation_that_does_not_exist_turns_nothing(value: int) -> None:
    """The photo is shown as it is stored."""
    rendering = developed(jpeg(exif_block=exif(orientation=short(value))))

    assert 1 == rendering.receipt.orientation
    assert furthest(pixels_of(rendering.renditions[0])) <= 3


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turning_reverses_the_orientation_of_the_camera(orientation: int) -> None:
    """Exactly, pixel by pixel, also when the sides are odd."""
    picture = scene(31, 17)
    image = pyvips.Image.new_from_array(np.ascontiguousarray(stored(picture, orientation)))

    assert np.array_equal(picture, upright(image, orientation).numpy())
