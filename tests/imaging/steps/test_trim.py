"""Check trimming of plain borders."""

from __future__ import annotations

import numpy as np
import pytest

from processor.imaging.steps.size import NOTHING_TRIMMED
from testkit.photos.scene import Colour, Pixels
from tests.imaging.steps.trials import BLACK, GREY, RED, WHITE, after, applied, flat, picture_of, raster


def framed(colour: Colour = WHITE, *, left: int = 7, top: int = 5) -> Pixels:
    """Paint a red box of 20 × 10 px on a plain sheet of 60 × 40."""
    pixels = flat(60, 40, colour)
    pixels[top : top + 10, left : left + 20] = RED
    return pixels


@pytest.mark.parametrize("colour", [WHITE, BLACK, GREY])
def test_a_plain_border_of_any_colour_goes(colour: Colour) -> None:
    """Exact to the pixel."""
    assert np.array_equal(flat(20, 10, RED), after({"op": "trim"}, framed(colour)))


@pytest.mark.parametrize(("threshold", "size"), [(10, (20, 10)), (3, (60, 30))])
def test_the_threshold_decides_which_pixels_are_border(threshold: int, size: tuple[int, int]) -> None:
    """A shade that differs by 5 is border at a threshold of 10, content at 3."""
    pixels = framed((100, 100, 100))
    pixels[20:30, :] = (105, 100, 100)
    pixels[0:1, 59] = (105, 100, 100)

    assert size == after({"op": "trim", "threshold": threshold}, pixels).shape[1::-1]


def test_a_transparent_border_goes() -> None:
    """Hidden colours do not matter; white content on it stays."""
    hidden = np.random.default_rng(1).integers(0, 255, (40, 60, 3), np.uint8)
    pixels = np.dstack([hidden, np.zeros((40, 60), np.uint8)])
    pixels[5:15, 7:27] = 255

    assert np.array_equal(np.full((10, 20, 4), 255, np.uint8), after({"op": "trim"}, pixels))


def test_a_picture_of_one_colour_stays_and_has_a_note() -> None:
    """Trimming would leave nothing."""
    changed = applied({"op": "trim"}, picture_of(flat(9, 9)))

    assert ((9, 9), (NOTHING_TRIMMED,)) == ((changed.size.width, changed.size.height), changed.notes)


def test_frames_keep_the_content_of_all_frames() -> None:
    """The part reaches from the first box's left to the second's right."""
    changed = applied({"op": "trim"}, picture_of(framed(), framed(left=30, top=20), delays=(9, 9)))

    assert [(25, 43, 3)] * 2 == [raster(frame).shape for frame in changed.frames]
