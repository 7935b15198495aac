"""Check rotate and flip."""

from __future__ import annotations

import numpy as np
import pytest

from tests.imaging.steps.trials import (
    RED,
    WHITE,
    after,
    applied,
    flat,
    half_transparent,
    middle,
    picture_of,
    quarters,
    raster,
    size_after,
)


@pytest.mark.parametrize(
    ("degrees", "turns"), [(90, -1), (180, 2), (270, 1), (-90, 1), (0, 0), (360, 0), (450, -1), (-270, -1)]
)
def test_quarter_turns_are_exact(degrees: int, turns: int) -> None:
    """Turns are clockwise; numpy counts the other way."""
    assert np.array_equal(np.rot90(quarters(), turns), after({"op": "rotate", "degrees": degrees}, quarters()))


def test_two_rotations_add_up() -> None:
    """Two turns by 90° are one by 180°."""
    once = applied({"op": "rotate", "degrees": 90}, picture_of(quarters()))
    twice = applied({"op": "rotate", "degrees": 90}, once)

    assert np.array_equal(np.rot90(quarters(), 2), raster(twice.first))


@pytest.mark.parametrize("degrees", [15, 45, -30, 100.5])
def test_other_angles_cut_nothing(degrees: float) -> None:
    """The canvas has the size that the corners need, to a pixel."""
    radians = np.radians(degrees)
    width = 60 * abs(np.cos(radians)) + 40 * abs(np.sin(radians))
    height = 60 * abs(np.sin(radians)) + 40 * abs(np.cos(radians))

    assert np.allclose((width, height), size_after({"op": "rotate", "degrees": degrees}, 60, 40), atol=1.5)


def test_corners_are_transparent_unless_a_colour_is_named() -> None:
    """The picture itself is unchanged."""
    clear = after({"op": "rotate", "degrees": 45}, flat(60, 60, RED))
    blue = after({"op": "rotate", "degrees": 45, "background": "#0000FF"}, flat(60, 60, RED))

    assert (0, 255) == (clear[0, 0, 3], clear[42, 42, 3])
    assert ((0, 0, 255), 3) == (tuple(blue[0, 0].tolist()), blue.shape[2])
    assert np.allclose(RED, [middle(clear), middle(blue)], atol=1)


def test_45_degrees_turn_clockwise() -> None:
    """The upper left corner moves to the top."""
    pixels = after({"op": "rotate", "degrees": 45}, quarters(60, 60))

    assert np.allclose(RED, pixels[12, 42, :3], atol=3)


def test_edges_of_a_turned_picture_are_not_dark() -> None:
    """Half-covered pixels of white on transparent are white, too."""
    pixels = after({"op": "rotate", "degrees": 30}, half_transparent(flat(60, 60, WHITE)))

    assert pixels[pixels[..., 3] > 16][:, :3].min() >= 250


def test_a_flip_mirrors() -> None:
    """Both directions are exact."""
    assert np.array_equal(quarters()[:, ::-1], after({"op": "flip", "direction": "horizontal"}, quarters()))
    assert np.array_equal(quarters()[::-1], after({"op": "flip", "direction": "vertical"}, quarters()))
