"""Check rounded corners and circles."""

from __future__ import annotations

import numpy as np
import pytest

from testkit.photos.scene import Pixels
from tests.imaging.steps.trials import RED, after, flat, half_transparent, quarters


def distance_mask(width: int, height: int, radius: float) -> Pixels:
    """Compute which pixels' centres lie inside a rounded box."""
    x = np.abs(np.arange(width) + 0.5 - width / 2) - (width / 2 - radius)
    y = np.abs(np.arange(height) + 0.5 - height / 2) - (height / 2 - radius)
    across, down = np.meshgrid(x, y)
    inside = np.hypot(np.maximum(across, 0), np.maximum(down, 0)) <= radius
    return (inside * 255).astype(np.uint8)


@pytest.mark.parametrize("radius", [1, 5, 20])
def test_corners_are_cut_along_a_circle(radius: int) -> None:
    """Pixels on the edge are half covered; all others are inside or outside."""
    alpha = after({"op": "round", "radius": radius}, flat(60, 40, RED))[..., 3]
    off = np.abs(alpha.astype(int) - distance_mask(60, 40, radius))

    assert off.max() <= 140
    assert np.count_nonzero(off) <= 4 * (2 * radius + 2)
    assert alpha[20, 0] >= 250


def test_colours_stay() -> None:
    """Only alpha is new."""
    assert np.array_equal(quarters(), after({"op": "round"}, quarters())[..., :3])


def test_a_circle_is_cut_from_the_middle_square() -> None:
    """It fills the square: its edge touches all four sides."""
    pixels = after({"op": "round", "radius": "circle"}, quarters(60, 40))
    alpha = pixels[..., 3]

    assert (40, 40) == alpha.shape
    assert [0, 0, 0, 0] == [alpha[0, 0], alpha[0, -1], alpha[-1, 0], alpha[-1, -1]]
    assert min(alpha[0, 20], alpha[20, 0], alpha[-1, 20], alpha[20, -1]) >= 250
    assert abs(np.pi / 4 - alpha.sum() / 255 / 1600) < 0.01


def test_a_radius_beyond_half_the_side_makes_a_pill() -> None:
    """The largest radius is half the shorter side."""
    assert np.array_equal(
        after({"op": "round", "radius": 20}, quarters()), after({"op": "round", "radius": 5000}, quarters())
    )


def test_a_radius_in_percent_is_of_the_shorter_side() -> None:
    """A quarter of 40 px is 10 px."""
    assert np.array_equal(
        after({"op": "round", "radius": 10}, quarters()), after({"op": "round", "radius": 25, "unit": "%"}, quarters())
    )


def test_transparent_parts_stay_transparent() -> None:
    """The masks are multiplied."""
    alpha = after({"op": "round", "radius": 10}, half_transparent(quarters()))[..., 3]

    assert (0, 255, 0) == (alpha[0, 0], alpha[20, 15], alpha[20, 45])
