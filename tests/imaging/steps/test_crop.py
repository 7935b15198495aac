"""Check crops."""

from __future__ import annotations

import numpy as np
import pytest

from processor.errors import EditError
from tests.imaging.steps.trials import (
    BLUE,
    GREEN,
    RED,
    WHITE,
    Step,
    after,
    applied,
    flat,
    picture_of,
    quarters,
    size_after,
)


@pytest.mark.parametrize(
    ("step", "size"),
    [
        ({"aspect": "1:1"}, (400, 400)),
        ({"aspect": "16:9"}, (600, 338)),
        ({"aspect": "9:16"}, (225, 400)),
        ({"aspect": "3:2"}, (600, 400)),
        ({"aspect": "1:2.5"}, (160, 400)),
        ({"aspect": "9999:1"}, (600, 1)),
        ({"width": 100, "height": 50}, (100, 50)),
        ({"x": 590, "y": 390, "width": 10, "height": 10}, (10, 10)),
        ({"trim_edges": 50}, (500, 300)),
        ({"trim_edges": 199}, (202, 2)),
        ({"top": 100}, (600, 300)),
        ({"left": 20, "right": 30.4}, (550, 400)),
        ({"trim_edges": 10, "unit": "%"}, (480, 320)),
        ({"right": 50, "unit": "%"}, (300, 400)),
        ({"left": 66.6667, "bottom": 25, "unit": "%"}, (200, 300)),
        ({"width": 50, "height": 10, "unit": "%"}, (300, 40)),
        ({"width": 1, "height": 1, "x": 10, "y": 99, "unit": "%"}, (6, 4)),
    ],
)
def test_a_picture_of_600_by_400_is_cut_to(step: Step, size: tuple[int, int]) -> None:
    """An aspect crops: a square has equal sides."""
    assert size == size_after({"op": "crop", **step}, 600, 400)


@pytest.mark.parametrize(
    ("position", "colour"),
    [
        ("northwest", RED),
        ("northeast", GREEN),
        ("southwest", BLUE),
        ("southeast", WHITE),
        ("top left", RED),
    ],
)
def test_a_corner_is_that_corner(position: str, colour: tuple[int, int, int]) -> None:
    """The part has the colour of one quarter."""
    pixels = after({"op": "crop", "width": 30, "height": 20, "position": position}, quarters())

    assert np.array_equal(flat(30, 20, colour), pixels)


@pytest.mark.parametrize(
    ("position", "place"),
    [("center", (15, 10)), ("north", (15, 0)), ("south", (15, 20)), ("west", (0, 10)), ("east", (30, 10))],
)
def test_the_part_lies_at_its_anchor(position: str, place: tuple[int, int]) -> None:
    """Exact to the pixel."""
    pixels = np.arange(40 * 60 * 3, dtype=np.uint32).astype(np.uint8).reshape(40, 60, 3)
    left, top = place

    assert np.array_equal(
        pixels[top : top + 20, left : left + 30],
        after({"op": "crop", "width": 30, "height": 20, "position": position}, pixels),
    )


def test_a_place_is_exact() -> None:
    """X and y are left and top, px."""
    pixels = after({"op": "crop", "x": 29, "y": 19, "width": 2, "height": 2}, quarters())

    assert [[list(RED), list(GREEN)], [list(BLUE), list(WHITE)]] == pixels.tolist()


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"width": 61, "height": 10}, "a part of 61 × 10 px"),
        ({"width": 10, "height": 41}, "a part of 10 × 41 px"),
        ({"x": 55, "y": 0, "width": 10, "height": 10}, "a part of 10 × 10 px at x 55, y 0"),
        ({"x": 0, "y": 40, "width": 1, "height": 1}, "a part of 1 × 1 px at x 0, y 40"),
        ({"trim_edges": 20}, "20 px off every side"),
        ({"left": 40, "right": 30}, "cut 30 px off the right, 40 px off the left"),
    ],
)
def test_a_part_outside_the_picture_is_refused_with_both_sizes(step: Step, said: str) -> None:
    """The error states the size at this step, the requested part and the remedy."""
    with pytest.raises(EditError) as caught:
        applied({"op": "crop", **step}, picture_of(quarters()))

    sentence = f"The crop does not fit: the picture is 60 × 40 px at this step, received {said}. Choose a smaller part."
    assert ("INVALID_INPUT", sentence) == (caught.value.code, caught.value.public)
    assert {"width": 60, "height": 40} == caught.value.details
