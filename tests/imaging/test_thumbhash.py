"""Placeholders, byte for byte those of the reference implementation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from thumbhash import rgba_to_thumb_hash

from processor.imaging.thumbhash import thumb_hash
from testkit.photos.scene import Pixels, scene

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
