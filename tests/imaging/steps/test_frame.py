"""Check border, extend and pad."""

from __future__ import annotations

import numpy as np
import pytest

from tests.imaging.steps.trials import RED, WHITE, Step, after, flat, half_transparent, quarters, size_after


def test_a_border_lies_around_the_picture() -> None:
    """It has its width and colour; the picture inside is unchanged."""
    pixels = after({"op": "border", "width": 3, "color": "red"}, quarters())
    inside = pixels[3:-3, 3:-3]
    pixels[3:-3, 3:-3] = (255, 0, 0)

    assert np.array_equal(flat(66, 46, (255, 0, 0)), pixels)
    assert (40, 60) == inside.shape[:2]


def test_a_border_of_a_transparent_picture_is_opaque() -> None:
    """The border is visible; the picture inside stays as it was."""
    pixels = half_transparent(quarters())
    framed = after({"op": "border", "width": 2, "color": "#FFFFFF"}, pixels)

    assert [255] * 4 == framed[0, -1].tolist()
    assert np.array_equal(pixels, framed[2:-2, 2:-2])


def test_sides_are_extended_one_by_one() -> None:
    """Each side has its own width."""
    pixels = after({"op": "extend", "top": 1, "right": 2, "bottom": 3, "left": 4, "color": "#FFFFFF"}, flat(5, 5, RED))

    assert (9, 11) == pixels.shape[:2]
    assert np.array_equal(flat(5, 5, RED), pixels[1:6, 4:9])
    assert np.array_equal(flat(4, 9, WHITE), pixels[:, :4])


@pytest.mark.parametrize(
    ("step", "size"),
    [
        ({"aspect": "1:1"}, (60, 60)),
        ({"aspect": "16:9"}, (71, 40)),
        ({"aspect": "3:2"}, (60, 40)),
        ({"width": 100, "height": 20}, (100, 40)),
        ({"width": 10, "height": 10}, (60, 40)),
    ],
)
def test_padding_only_adds(step: Step, size: tuple[int, int]) -> None:
    """The frame is the smallest that holds the picture."""
    assert size == size_after({"op": "pad", **step}, 60, 40)


def test_padding_centres_the_picture() -> None:
    """The frame has its colour or is transparent."""
    white = after({"op": "pad", "aspect": "1:1", "background": "white"}, quarters())
    clear = after({"op": "pad", "aspect": "1:1"}, quarters())

    assert np.array_equal(quarters(), white[10:50])
    assert [255, 255, 255] == white[0, 0].tolist()
    assert [0, 0, 0, 0] == clear[0, 0].tolist()
    assert np.array_equal(quarters(), clear[10:50, :, :3])
