"""Check blur, sharpen and denoise."""

from __future__ import annotations

import numpy as np
import pytest

from testkit.photos.scene import Pixels, textured
from tests.imaging.steps.trials import BLACK, GREY, WHITE, after, flat, half_transparent


def step_edge(width: int = 400, height: int = 40) -> Pixels:
    """Paint black on the left, white on the right."""
    pixels = flat(width, height, WHITE)
    pixels[:, : width // 2] = BLACK
    return pixels


def sigma_of(pixels: Pixels) -> float:
    """Measure the Gaussian that has spread an edge: the standard deviation of its slope."""
    row = pixels[pixels.shape[0] // 2, :, 0].astype(float)
    slope, places = np.diff(row), np.arange(row.size - 1)
    mean = (slope * places).sum() / slope.sum()
    return float(np.sqrt((slope * (places - mean) ** 2).sum() / slope.sum()))


@pytest.mark.parametrize("sigma", [1, 2, 5, 8, 12, 20, 40])
def test_blur_has_its_sigma(sigma: float) -> None:
    """Within an eighth, computed in full or on a smaller picture."""
    blurred = after({"op": "blur", "sigma": sigma}, step_edge(800, 200))

    assert abs(sigma - sigma_of(blurred)) <= 0.125 * sigma + 0.1


@pytest.mark.parametrize("sigma", [0.3, 5, 100])
@pytest.mark.parametrize("size", [(1, 1), (3, 200), (97, 61)])
def test_a_flat_picture_stays_flat(size: tuple[int, int], sigma: float) -> None:
    """The edges do not get darker."""
    assert np.allclose(GREY, after({"op": "blur", "sigma": sigma}, flat(*size)), atol=1)


def test_hidden_black_does_not_darken_visible_parts() -> None:
    """White beside transparent black stays white, and its edge becomes soft."""
    pixels = flat(64, 64, WHITE)
    pixels[:, 32:] = 0
    blurred = after({"op": "blur", "sigma": 4}, half_transparent(pixels))

    assert blurred[blurred[..., 3] > 16][:, :3].min() >= 245
    assert 100 < blurred[32, 32, 3] < 155


def test_sharpen_steepens_edges_and_leaves_flat_parts() -> None:
    """Beside the edge, dark gets darker and light gets lighter."""
    soft = after({"op": "blur", "sigma": 2}, np.where(step_edge() > 0, 180, 80).astype(np.uint8))
    sharp = after({"op": "sharpen", "sigma": 2}, soft)

    assert np.diff(sharp[20, :, 0].astype(int)).max() > np.diff(soft[20, :, 0].astype(int)).max()
    assert np.allclose([80, 180], [sharp[20, 10, 0], sharp[20, -10, 0]], atol=1)


@pytest.mark.parametrize("intensity", [0.5, 1.0])
def test_denoise_takes_noise_and_keeps_the_edge(intensity: float) -> None:
    """Noise of 6 steps loses at least half; an edge of 200 steps keeps nine tenths of its height within 3 px."""
    noise = np.random.default_rng(5).normal(0, 6, (80, 120, 3))
    pixels = np.clip(np.where(np.arange(120)[None, :, None] < 60, 28, 228) + noise, 0, 255).astype(np.uint8)
    clean = after({"op": "denoise", "intensity": intensity}, pixels).astype(float)

    assert clean[10:70, 10:45].std() <= 0.5 * pixels[10:70, 10:45].std()
    assert clean[:, 63].mean() - clean[:, 56].mean() > 0.9 * 200


def test_denoise_is_stronger_the_more_is_asked() -> None:
    """Measured on the texture that is left."""
    pixels = textured(96, 64)
    left = [after({"op": "denoise", "intensity": intensity}, pixels).std() for intensity in (0, 0.3, 1)]

    assert left == sorted(left, reverse=True)
