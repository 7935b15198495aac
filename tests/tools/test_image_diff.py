"""SSIM and colour difference, held against values that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from testkit.photos import scene
from tools.image_diff import C1, C2, delta_e, most_alike, resized, ssim


def flat(value: int) -> scene.Pixels:
    """Paint a grey square."""
    return np.full((16, 16, 3), value, np.uint8)


def test_a_picture_is_wholly_like_itself() -> None:
    """Both measures agree."""
    picture = scene.scene()

    assert (1.0, 0.0) == (pytest.approx(ssim(picture, picture)), delta_e(picture, picture))


def test_flat_pictures_differ_in_lightness_alone() -> None:
    """Without structure, what remains of Wang's formula is its first factor."""
    expected = (2 * 100 * 150 + C1) / (100**2 + 150**2 + C1)

    assert expected == pytest.approx(ssim(flat(100), flat(150)))


def test_opposite_structures_are_unlike() -> None:
    """Stripes against their negative: the covariance is minus the variance, whatever the window."""
    stripes = np.zeros((7, 7, 3), np.uint8)
    stripes[:, ::2] = 200
    negative = (200 - stripes).astype(np.uint8)
    x = stripes[..., 0].astype(float)
    mean, other = x.mean(), 200 - x.mean()
    variance = x.var(ddof=1)
    light = (2 * mean * other + C1) / (mean**2 + other**2 + C1)

    assert light * (C2 - 2 * variance) / (C2 + 2 * variance) == pytest.approx(ssim(stripes, negative))


def test_a_shade_that_is_just_visible_is_about_one() -> None:
    """CIEDE2000 is scaled so; black and white are a hundred apart."""
    assert 0.5 < delta_e(flat(128), flat(131)) < 1.5
    assert 100 == pytest.approx(delta_e(flat(0), flat(255)), abs=0.01)


@pytest.mark.parametrize("across", [0.0, 0.25, 1.0])
def test_a_cut_is_found_wherever_it_was_made(across: float) -> None:
    """A smart crop keeps what it finds interesting; what is judged is the picture, not the choice."""
    cut = resized(scene.scene(), 120, 120, across=across)

    assert ssim(most_alike(scene.scene(), cut), cut) > 0.98


def test_what_is_not_cut_is_only_scaled() -> None:
    """The same proportions leave nothing to choose."""
    assert np.array_equal(resized(scene.scene(), 96, 64), most_alike(scene.scene(), np.zeros((64, 96, 3), np.uint8)))
