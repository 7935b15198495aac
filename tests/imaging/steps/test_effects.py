"""Check emboss, edge, posterize, solarize, pixelate and vignette."""

from __future__ import annotations

import numpy as np
import pytest

from testkit.photos.scene import textured
from tests.imaging.steps.trials import RED, WHITE, after, flat, half_transparent, quarters, ramp


def test_emboss_shows_grey_relief_lit_from_the_upper_left() -> None:
    """Flat parts are middle grey; a bright block's near edge is dark, its far edge bright."""
    pixels = flat(30, 30, (60, 60, 60))
    pixels[10:20, 10:20] = 160
    relief = after({"op": "emboss"}, pixels)

    assert (relief == relief[..., :1]).all()
    assert np.allclose(128, [relief[2, 2, 0], relief[15, 15, 0]], atol=1)
    assert relief[9, 9, 0] > 150
    assert relief[20, 20, 0] < 105


@pytest.mark.parametrize("op", ["emboss", "edge"])
def test_a_quarter_of_the_intensity_keeps_half_of_the_photo(op: str) -> None:
    """At a quarter of the intensity half of the photo's colour is left."""
    pixels = flat(9, 9, RED)
    full, half = (after({"op": op, "intensity": intensity}, pixels) for intensity in (0.5, 0.25))

    assert np.allclose((full.astype(float) + pixels) / 2, half, atol=1)


def test_edges_are_white_on_black() -> None:
    """They are at the borders of the quarters and nowhere else."""
    drawn = after({"op": "edge", "intensity": 1}, quarters())

    assert 0 == drawn[5:15, 5:25].max()
    assert drawn[18:22, 45].max() > 60
    assert drawn[30, 28:32].max() > 200


@pytest.mark.parametrize(("intensity", "count"), [(0, 16), (0.5, 6), (1, 2)])
def test_posterize_leaves_a_count_of_tones(intensity: float, count: int) -> None:
    """They are even from black to white, each for its share of the ramp."""
    greys = after({"op": "posterize", "intensity": intensity}, ramp())[0, :, 0]
    tones, shares = np.unique(greys, return_counts=True)

    assert np.allclose(np.linspace(0, 255, count), tones, atol=0.51)
    assert shares.max() - shares.min() <= 1


@pytest.mark.parametrize("levels", [2, 3, 10])
def test_posterize_leaves_the_levels_that_are_asked_for(levels: int) -> None:
    """They are even from black to white."""
    tones = np.unique(after({"op": "posterize", "levels": levels}, ramp())[0, :, 0])

    assert np.allclose(np.linspace(0, 255, levels), tones, atol=0.51)


@pytest.mark.parametrize(("colors", "most"), [(2, 2), (8, 8), (12, 8), (256, 256)])
def test_posterize_leaves_at_most_so_many_colours(colors: int, most: int) -> None:
    """The photo has thousands; its alpha stays as it is."""
    photo = half_transparent(textured(120, 80))
    reduced = after({"op": "posterize", "colors": colors}, photo)
    found = len(np.unique(reduced[..., :3].reshape(-1, 3), axis=0))

    assert most / 2 < found <= most
    assert np.array_equal(photo[..., 3], reduced[..., 3])


def test_a_palette_of_four_keeps_four_colours() -> None:
    """No colour is dithered or averaged."""
    assert np.abs(after({"op": "posterize", "colors": 4}, quarters()).astype(int) - quarters()).max() <= 2


@pytest.mark.parametrize(("intensity", "threshold"), [(0.5, 127), (0.25, 191), (1, 0)])
def test_solarize_inverts_values_above_the_threshold(intensity: float, threshold: int) -> None:
    """The threshold falls as the intensity rises."""
    greys = np.arange(256)
    expected = np.where(greys > threshold, 255 - greys, greys)

    assert expected.tolist() == after({"op": "solarize", "intensity": intensity}, ramp())[0, :, 0].tolist()


def test_pixelate_shows_blocks_of_their_mean() -> None:
    """At full intensity 5 % of the shorter side; the last blocks may be cut."""
    pixels = np.random.default_rng(2).integers(0, 256, (100, 203, 3), np.uint8)
    blocks = after({"op": "pixelate", "intensity": 1}, pixels)

    assert (blocks[:5, :5] == blocks[0, 0]).all()
    assert np.allclose(pixels[5:10, 10:15].reshape(-1, 3).mean(axis=0), blocks[7, 12], atol=1)
    assert (100, 203) == blocks.shape[:2]


def test_pixelate_does_not_mix_hidden_colours_in() -> None:
    """A block half transparent black, half white is white, half transparent."""
    pixels = flat(200, 200, WHITE)
    pixels[:, 100:] = 0
    pixels = half_transparent(pixels)
    pixels = np.roll(pixels, 5, axis=1)
    blocks = after({"op": "pixelate", "intensity": 1}, pixels)

    assert blocks[blocks[..., 3] > 0][:, :3].min() == 255
    assert 0 < blocks[100, 102, 3] < 255


@pytest.mark.parametrize("intensity", [0.3, 0.5, 1.0])
def test_a_vignette_darkens_the_corners_alone(intensity: float) -> None:
    """All four are equal, by the intensity; the middle is unchanged."""
    dark = after({"op": "vignette", "intensity": intensity}, flat(101, 61, (200, 200, 200)))[..., 0].astype(int)
    corners = [dark[0, 0], dark[0, -1], dark[-1, 0], dark[-1, -1]]

    assert 1 == len(set(corners))
    assert abs(200 * (1 - intensity) - corners[0]) <= 4
    assert (dark[20:41, 35:66] == 200).all()
    assert (np.diff(dark[30, 50:]) <= 0).all()


def test_effects_are_visible() -> None:
    """The defaults change more than 2 steps on average."""
    photo = textured(240, 160)
    for op in ("emboss", "edge", "posterize", "solarize", "pixelate", "vignette", "blur"):
        assert np.abs(after({"op": op}, photo).astype(int) - photo).mean() > 2, op
