"""Check that defaults and words of degree are shares of the picture: the same edit looks alike at any size."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from processor.edits.command import compile_command
from testkit.photos.scene import Pixels, scene
from tests.imaging.steps.trials import Step, after, flat, size_after

LARGE, TIMES = (1200, 800), 3
SMALL = (720, 480)
"""A thin border, 5 px of 800, is a whole number of its pixels."""
COMMANDS = (
    "blur the image",
    "blur it a lot",
    "more blur",
    "soften strongly",
    "add a border",
    "add a thick white border",
    "add a thin border",
    "round the corners",
    "round the corners slightly",
    "round the corners a lot",
    "add text 'Summer 2025'",
    "add large text 'Summer'",
    "add small text 'Summer' in black",
    "pixelate",
    "add a vignette",
)


def shrunk(pixels: Pixels) -> Pixels:
    """Shrink a raster to the size of its smaller twin, by averaging."""
    height, width, _ = pixels.shape
    return np.asarray(Image.fromarray(pixels).resize((width // TIMES, height // TIMES), Image.Resampling.BOX))


@pytest.mark.parametrize("command", COMMANDS)
def test_an_edit_looks_alike_at_any_size(command: str) -> None:
    """A result of 3 megapixels, shrunk, is that of 0.3, but for the edges of letters and corners."""
    (step,) = compile_command(command).steps_json()
    small = scene(*SMALL)
    large = np.repeat(np.repeat(small, TIMES, axis=0), TIMES, axis=1)

    expected, found = after(step, small).astype(int), shrunk(after(step, large)).astype(int)

    assert expected.shape == found.shape
    assert np.abs(expected - found).mean() < 0.6


@pytest.mark.parametrize(
    ("step", "size"),
    [
        ({"op": "border"}, (1220, 820)),
        ({"op": "border", "width": 30}, (1260, 860)),
        ({"op": "border", "width_percent": 5}, (1280, 880)),
    ],
)
def test_a_default_is_the_px_of_a_side_of_800(step: Step, size: tuple[int, int]) -> None:
    """10 px of 800; a width in px stays what it is."""
    assert size == size_after(step, *LARGE)


@pytest.mark.parametrize(
    ("step", "same"),
    [
        ({"op": "blur"}, {"sigma": 5}),
        ({"op": "round"}, {"radius": 20}),
        ({"op": "text", "text": "Hi"}, {"size": 24, "stroke_width": 2}),
    ],
    ids=["blur", "round", "text"],
)
def test_other_defaults_too(step: Step, same: Step) -> None:
    """Sigma 5, 20 px and 24 px of 800."""
    pixels = flat(*LARGE)
    pixels[:, 600:] = 240

    assert np.array_equal(after({**step, **same}, pixels), after(step, pixels))
