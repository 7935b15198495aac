"""Check the operations on colour: grayscale, sepia, modulate, tint, enhance."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from testkit.delta_e import lab_of_srgb
from testkit.photos.scene import Colour, Pixels, patch_colours, scene
from tests.imaging.steps.trials import BLUE, GREEN, GREY, RED, WHITE, Step, after, flat, middle, ramp

MUTED: Colour = (150, 110, 100)
LUMA = np.array([0.3, 0.59, 0.11])


def lch(pixels: Pixels) -> NDArray[np.float64]:
    """Return lightness, chroma and hue (degrees) of the middle pixel."""
    light, a, b = lab_of_srgb(np.array(middle(pixels), np.uint8))
    return np.array([light, np.hypot(a, b), np.degrees(np.arctan2(b, a)) % 360])


def test_grayscale_leaves_three_equal_channels_of_the_same_lightness() -> None:
    """CIE L* of each patch within 1.5."""
    before, grey = scene(), after({"op": "grayscale"}, scene())

    assert (grey == grey[..., :1]).all()
    assert np.allclose(lab_of_srgb(before)[..., 0], lab_of_srgb(grey)[..., 0], atol=1.5)


@pytest.mark.parametrize("amount", [0, 50, 80, 100])
def test_sepia_mixes_by_its_amount(amount: int) -> None:
    """Between the picture and the W3C matrix, within a step of 8 bit."""
    matrix = np.array([[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]])
    share = amount / 100
    for colour in (RED, GREEN, BLUE, GREY):
        expected = share * matrix @ colour + (1 - share) * np.array(colour)
        found = middle(after({"op": "sepia", "amount": amount}, flat(4, 4, colour)))
        assert np.allclose(expected, found, atol=1)


@pytest.mark.parametrize("factor", [0.5, 0.8, 1.2])
def test_brightness_scales_lightness(factor: float) -> None:
    """The hue stays."""
    before, changed = lch(flat(4, 4, MUTED)), lch(after({"op": "modulate", "brightness": factor}, flat(4, 4, MUTED)))

    assert np.allclose(before[0] * factor, changed[0], atol=1)
    assert np.allclose(before[2], changed[2], atol=2)


@pytest.mark.parametrize("factor", [0, 0.5, 1.5])
def test_saturation_scales_chroma(factor: float) -> None:
    """The lightness stays; a saturation of 0 is grey."""
    before, changed = lch(flat(4, 4, MUTED)), lch(after({"op": "modulate", "saturation": factor}, flat(4, 4, MUTED)))

    assert np.allclose([before[0], before[1] * factor], changed[:2], atol=1)


@pytest.mark.parametrize("degrees", [90, -90, 180])
def test_hue_turns(degrees: int) -> None:
    """It turns by the given degrees; lightness and chroma stay."""
    before, changed = lch(flat(4, 4, MUTED)), lch(after({"op": "modulate", "hue": degrees}, flat(4, 4, MUTED)))

    assert abs((changed[2] - before[2] - degrees + 180) % 360 - 180) < 3
    assert np.allclose(before[:2], changed[:2], atol=1)


@pytest.mark.parametrize(
    "step",
    [
        {"op": "modulate", "brightness": 1},
        {"op": "modulate", "hue": 360},
        {"op": "tint", "color": "#FFFFFF"},
        {"op": "gamma", "value": 1},
        {"op": "contrast", "amount": 0},
        {"op": "denoise", "intensity": 0},
        {"op": "emboss", "intensity": 0},
        {"op": "edge", "intensity": 0},
        {"op": "solarize", "intensity": 0},
        {"op": "pixelate", "intensity": 0},
        {"op": "vignette", "intensity": 0},
        {"op": "sepia", "amount": 0},
    ],
)
def test_neutral_parameters_change_nothing(step: Step) -> None:
    """Every bit is the same."""
    assert np.array_equal(scene(), after(step, scene()))


@pytest.mark.parametrize("colour", ["#FFC896", "#96C8FF", "#0000FF", "#FF0000"])
def test_a_tint_keeps_luma(colour: str) -> None:
    """Measured on a middle grey, where nothing is clipped, within a step of 8 bit."""
    grey = (110, 110, 110)
    tinted = middle(after({"op": "tint", "color": colour}, flat(4, 4, grey)))

    assert abs(110 - LUMA @ np.array(tinted)) <= 1


def test_warm_is_warmer_and_cool_is_cooler_and_colours_stay_apart() -> None:
    """Warm has more red than blue, cool the reverse; a red patch stays redder than a blue one."""
    warm = patch_colours(after({"op": "tint", "color": "#FFC896"}, scene()))
    cool = patch_colours(after({"op": "tint", "color": "#96C8FF"}, scene()))

    assert warm["light"][0] > 184 > warm["light"][2]
    assert cool["light"][0] < 184 < cool["light"][2]
    assert warm["red"][0] - warm["red"][2] > 100
    assert warm["blue"][2] - warm["blue"][0] > 30


def test_a_blue_tint_is_blue() -> None:
    """Red and green stay equal, so it is not violet."""
    red, green, blue = middle(after({"op": "tint", "color": "blue"}, flat(4, 4)))

    assert (True, True) == (red == green, blue > red + 80)


@pytest.mark.parametrize("level", ["light", "moderate", "aggressive"])
def test_enhance_adds_contrast_and_colour(level: str) -> None:
    """Measured on a dull picture; greys stay grey."""
    dull = (60 + scene().astype(int) * 0.4).astype(np.uint8)
    better = after({"op": "enhance", "level": level}, dull)
    before, changed = patch_colours(dull), patch_colours(better)

    assert better.std() > 1.1 * dull.std()
    assert np.ptp(changed["red"]) > np.ptp(before["red"])
    assert np.ptp(changed["dark"]) <= 3


def test_enhance_levels_are_ordered() -> None:
    """Light changes least, aggressive most."""
    dull = (60 + scene().astype(int) * 0.4).astype(np.uint8)
    spreads = [after({"op": "enhance", "level": level}, dull).std() for level in ("light", "moderate", "aggressive")]

    assert spreads == sorted(spreads)


def test_white_stays_white_under_all_that_keeps_it() -> None:
    """No step on colour puts a cast on paper white or ink black."""
    for step in ({"op": "grayscale"}, {"op": "contrast"}, {"op": "enhance"}, {"op": "modulate", "saturation": 2}):
        changed = after(step, np.concatenate([flat(9, 9, WHITE), flat(9, 9, (0, 0, 0))]))
        assert (changed[0, 0].min(), changed[-1, 0].max()) == (255, 0)


def test_grey_ramps_stay_monotonic() -> None:
    """No step on colour reverses tones (solarise is meant to)."""
    for op in ("grayscale", "sepia", "normalize", "equalize", "contrast", "gamma"):
        greens = after({"op": op}, ramp())[0, :, 1].astype(int)
        assert (np.diff(greens) >= 0).all(), op
