"""Check the placeholder and the dominant colour of a photo."""

from __future__ import annotations

from base64 import b64decode

import numpy as np
import pytest
import pyvips
from thumbhash import thumb_hash_to_approximate_aspect_ratio, thumb_hash_to_average_rgba

from processor.imaging.inspect import dominant_colour, placeholder
from tests.factories.photos.jpeg import jpeg
from tests.factories.photos.scene import Colour, scene
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
