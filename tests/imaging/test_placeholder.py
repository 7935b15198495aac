"""Check the placeholder, byte for byte that of the reference implementation, and the dominant colour."""

from __future__ import annotations

from base64 import b64decode

import numpy as np
import pytest
import pyvips
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from thumbhash import rgba_to_thumb_hash, thumb_hash_to_approximate_aspect_ratio, thumb_hash_to_average_rgba

from processor.imaging.placeholder import dominant_colour, placeholder, thumb_hash
from testkit.photos.jpeg import jpeg
from testkit.photos.scene import Colour, Pixels, scene
from tests.imaging.prints import developed


def image_of(*areas: tuple[Colour, int]) -> pyvips.Image:
    """Draw vertical stripes of the given colours and widths, 100 px high."""
    stripes = [np.full((100, width, 3), colour, np.uint8) for colour, width in areas]
    return pyvips.Image.new_from_array(np.hstack(stripes)).copy(interpretation="srgb")


@pytest.mark.parametrize("colour", [(200, 40, 40), (0, 0, 0), (255, 255, 255), (18, 52, 86)])
def test_a_flat_picture_has_its_own_colour(colour: Colour) -> None:
    """As ``#rrggbb``."""
    assert "#{:02x}{:02x}{:02x}".format(*colour) == dominant_colour(image_of((colour, 150)))


def test_the_larger_area_wins() -> None:
    """It is the most frequent colour, not the mean of all."""
    assert "#1e3c5a" == dominant_colour(image_of(((30, 60, 90), 112), ((250, 240, 20), 48)))


def test_near_shades_count_as_one_colour() -> None:
    """The result is their mean: a sky is rarely of one blue."""
    sky = image_of(((10, 100, 200), 50), ((14, 104, 204), 50), ((250, 20, 20), 60))

    red, green, blue = bytes.fromhex(dominant_colour(sky)[1:])
    assert (12, 102, 202) == pytest.approx((red, green, blue), abs=1)


@pytest.mark.parametrize(("width", "height"), [(480, 320), (320, 480), (300, 300), (3, 1), (1, 1)])
def test_a_placeholder_has_about_the_photos_shape(width: int, height: int) -> None:
    """About 25 bytes, in base64, hold the aspect."""
    hashed = b64decode(placeholder(pyvips.Image.new_from_array(scene(width, height)).copy(interpretation="srgb")))

    assert len(hashed) <= 30
    ratio = thumb_hash_to_approximate_aspect_ratio(list(hashed))
    assert ratio == pytest.approx(width / height, rel=0.35) or min(width, height) < 3


def test_a_rendering_carries_both() -> None:
    """They describe the smallest picture: the scene is mostly grey."""
    rendering = developed(jpeg())
    average = tuple(thumb_hash_to_average_rgba(list(b64decode(rendering.placeholder))))

    assert (128, 128, 128) == pytest.approx(tuple(bytes.fromhex(rendering.dominant_color[1:])), abs=4)
    mean = scene().reshape(-1, 3).mean(axis=0) / 255
    assert (*mean, 1.0) == pytest.approx(average, abs=0.03)


HEAD_BYTES = 5
"""Means, swings and shape; the terms behind are relative to the swings."""


def reference(pixels: Pixels) -> bytes:
    """Hash by the PyPI package."""
    height, width = pixels.shape[:2]
    opaque = np.dstack([pixels, np.full((height, width), 255, np.uint8)])
    return bytes(rgba_to_thumb_hash(width, height, opaque.ravel().tolist()))


@pytest.mark.parametrize(("width", "height"), [(32, 21), (21, 32), (32, 32), (1, 1), (1, 32), (32, 1), (7, 3)])
def test_the_scene_hashes_as_the_reference_does(width: int, height: int) -> None:
    """Landscape, portrait, square, and slivers."""
    pixels = scene(width, height)

    assert reference(pixels) == thumb_hash(width, height, pixels.tobytes())


@given(st.integers(1, 24), st.integers(1, 24), st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_random_pictures_hash_as_the_reference_does(width: int, height: int, seed: int) -> None:
    """Of any shape but those where the package rounds half to even and the specification's JavaScript half up."""
    assume(not any((14 * side / max(width, height)) % 4 == 1 for side in (width, height)))
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)

    assert reference(pixels) == thumb_hash(width, height, pixels.tobytes())


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_flat_picture_has_a_hash(grey: int) -> None:
    """Nothing swings: nothing to divide by, and terms that mean nothing."""
    pixels = np.full((9, 16, 3), grey, np.uint8)

    assert reference(pixels)[:HEAD_BYTES] == thumb_hash(16, 9, pixels.tobytes())[:HEAD_BYTES]
