"""Check the operations on tones: contrast, gamma, negate, normalize, equalize."""

from __future__ import annotations

import numpy as np
import pytest

from testkit.photos.scene import scene
from tests.imaging.steps.trials import after, applied, flat, half_transparent, picture_of, ramp, raster


def curve(step: dict[str, object]) -> list[int]:
    """Return the value of each grey after the step."""
    return after(step, ramp())[0, :, 0].tolist()


@pytest.mark.parametrize("amount", [-100, -50, 20, 100])
def test_contrast_turns_the_curve_around_the_middle(amount: int) -> None:
    """The factor follows from the amount; values are clipped."""
    expected = np.clip((np.arange(256) - 127.5) * (1 + amount / 100) + 127.5, 0, 255)

    assert np.allclose(expected, curve({"op": "contrast", "amount": amount}), atol=0.51)


def test_full_negative_contrast_is_flat_grey() -> None:
    """All pixels are equal."""
    assert {128} == set(curve({"op": "contrast", "amount": -100}))


@pytest.mark.parametrize("value", [0.1, 0.5, 1, 1.8, 2.2, 5])
def test_gamma_raises_to_the_inverse_power(value: float) -> None:
    """Above 1 the middle tones become brighter; black and white stay."""
    expected = 255 * (np.arange(256) / 255) ** (1 / value)

    assert np.allclose(expected, curve({"op": "gamma", "value": value}), atol=0.51)


def test_a_negative_is_exact_and_its_own_inverse() -> None:
    """Each value becomes 255 minus itself; twice restores the picture."""
    once = applied({"op": "negate"}, picture_of(scene()))

    assert np.array_equal(255 - scene(), raster(once.first))
    assert np.array_equal(scene(), raster(applied({"op": "negate"}, once).first))


@pytest.mark.parametrize(("low", "high"), [(60, 180), (0, 100), (200, 255), (120, 121)])
def test_normalize_stretches_to_black_and_white(low: int, high: int) -> None:
    """The darkest becomes black, the lightest white; values between stay in proportion."""
    greys = after({"op": "normalize"}, ramp(low, high))[0, :, 0].astype(int)

    assert (0, 255) == (greys[0], greys[-1])
    assert np.allclose(np.linspace(0, 255, high - low + 1), greys, atol=3)


@pytest.mark.parametrize("op", ["normalize", "equalize"])
def test_a_flat_picture_stays(op: str) -> None:
    """A flat picture has no range to stretch."""
    assert np.array_equal(flat(8, 8, (90, 91, 92)), after({"op": op}, flat(8, 8, (90, 91, 92))))


def test_a_speck_does_not_decide() -> None:
    """One black and one white pixel of 10,000 leave the stretch as it is."""
    pixels = np.repeat(ramp(60, 180, height=83), 1, axis=0)
    pixels[0, 0], pixels[1, 1] = 0, 255
    greys = after({"op": "normalize"}, pixels)[5, :, 0]

    assert (0, 255) == (greys[0], greys[-1])


def test_levels_keep_grey_grey_and_channels_in_step() -> None:
    """One curve for all channels adds no cast."""
    pixels = scene()
    changed = after({"op": "normalize"}, pixels)
    grey = (pixels == pixels[..., :1]).all(axis=2)

    assert (changed[grey] == changed[grey][:, :1]).all()


def test_equalize_spreads_the_tones_evenly() -> None:
    """Nine tenths dark, one tenth light: the dark ones are spread over nine tenths."""
    pixels = np.repeat(np.repeat(np.arange(20, 30, dtype=np.uint8), 90)[None, :, None], 3, axis=2)
    pixels = np.concatenate([pixels, np.full((1, 100, 3), 200, np.uint8)], axis=1)
    greys = after({"op": "equalize"}, pixels)[0, :, 0].astype(int)

    assert np.allclose(np.arange(10) * 255 * 90 / 910, greys[45:900:90], atol=1)
    assert 255 == greys[-1]


@pytest.mark.parametrize("op", ["normalize", "equalize", "enhance"])
def test_all_frames_share_one_curve(op: str) -> None:
    """A dark frame of an animation stays darker than a light one."""
    frames = applied({"op": op}, picture_of(ramp(0, 100), ramp(100, 200), delays=(9, 9))).frames

    assert raster(frames[0]).mean() + 60 < raster(frames[1]).mean()


def test_hidden_colours_count_no_less() -> None:
    """Curves are measured on colours only, not on alpha."""
    opaque = after({"op": "normalize"}, ramp(60, 180))

    assert np.array_equal(opaque, after({"op": "normalize"}, half_transparent(ramp(60, 180)))[..., :3])
