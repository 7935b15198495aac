"""Check that each operation has exactly one step, and promises that all steps keep."""

from __future__ import annotations

import numpy as np
import pytest

from processor.edits.operations.base import Operation
from processor.edits.operations.turn import Flip, Rotate
from processor.edits.vocabulary import OPERATIONS
from processor.imaging.picture import Mark
from processor.imaging.steps.file import unchanged
from processor.imaging.steps.table import merged, step_table
from testkit.photos.scene import scene
from tests.imaging.steps.trials import Step, applied, half_transparent, picture_of, raster

EXAMPLES: dict[str, Step] = {
    "resize": {"width": 30},
    "crop": {"aspect": "1:1"},
    "rotate": {"degrees": 30},
    "flip": {"direction": "horizontal"},
    "extend": {"top": 5},
    "pad": {"aspect": "1:1"},
    "modulate": {"brightness": 1.3},
    "tint": {"color": "#FFC896"},
    "text": {"text": "Hi"},
    "watermark": {"image": "upload://logo"},
    "format": {"to": "png"},
    "quality": {"value": 80},
}
"""Parameters of the operations that have mandatory ones."""

KEEP_SIZE = frozenset(
    {
        *("flip", "round", "grayscale", "sepia", "negate", "normalize", "equalize", "modulate", "contrast", "gamma"),
        *("tint", "enhance", "blur", "sharpen", "denoise", "emboss", "edge", "posterize", "solarize", "pixelate"),
        *("vignette", "text", "watermark", "format", "quality", "metadata"),
    }
)
LEAVE_ALPHA = KEEP_SIZE - {"flip", "round", "blur", "pixelate", "text", "watermark"}

SCENE = scene(96, 64)
LOGO = {"upload://logo": Mark(size=picture_of(SCENE).size, decode=lambda _: picture_of(SCENE))}


def test_every_operation_has_its_step() -> None:
    """The table has the operations of the vocabulary and no other."""
    assert set(OPERATIONS.values()) == set(step_table({}))


@pytest.mark.parametrize(
    ("groups", "found"),
    [
        ([[Flip]], "Rotate 0"),
        ([[Flip, Rotate], [Rotate]], "Rotate 2"),
        ([[Flip, Rotate, Operation]], "Operation 1"),
        ([[Operation], []], "Flip 0, Operation 1, Rotate 0"),
    ],
)
def test_a_table_with_a_gap_or_a_repeat_is_refused(groups: list[list[type[Operation]]], found: str) -> None:
    """An operation without a step would fail only in front of a user; a second step would never run."""
    tables = [dict.fromkeys(group, unchanged) for group in groups]

    with pytest.raises(ValueError, match=f"^Expected one step for each operation of the vocabulary, found {found}.$"):
        merged(tables, (Flip, Rotate))


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_step_never_alters_its_picture(name: str) -> None:
    """The input picture is unchanged."""
    before = picture_of(SCENE)
    applied({"op": name, **EXAMPLES.get(name, {})}, before, LOGO).in_memory()

    assert np.array_equal(SCENE, raster(before.first))


@pytest.mark.parametrize("alpha", [False, True], ids=["opaque", "alpha"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_step_gives_8_bit_srgb(name: str, alpha: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """A result has three bands or four, and alpha is never lost."""
    pixels = half_transparent(SCENE) if alpha else SCENE
    image = applied({"op": name, **EXAMPLES.get(name, {})}, picture_of(pixels), LOGO).first

    assert ("uchar", "srgb") == (image.format, image.interpretation)
    assert image.bands == 4 if alpha else image.bands in {3, 4}


@pytest.mark.parametrize("name", sorted(KEEP_SIZE))
def test_tone_and_effects_keep_the_size(name: str) -> None:
    """Also for a picture with odd sides."""
    odd = SCENE[:63, :95]

    assert (
        odd.shape[:2]
        == raster(
            applied({"op": name, **EXAMPLES.get(name, {})}, picture_of(np.ascontiguousarray(odd)), LOGO).first
        ).shape[:2]
    )


@pytest.mark.parametrize("name", sorted(LEAVE_ALPHA))
def test_tone_leaves_alpha_alone(name: str) -> None:
    """The alpha band is unchanged."""
    pixels = half_transparent(SCENE)
    changed = raster(applied({"op": name, **EXAMPLES.get(name, {})}, picture_of(pixels)).first)

    assert np.array_equal(pixels[..., 3], changed[..., 3])


def test_still_keeps_the_first_frame() -> None:
    """An animation becomes a picture; a picture stays as it is."""
    frames = picture_of(SCENE, 255 - SCENE, delays=(50, 60))
    changed = applied({"op": "still"}, frames)

    assert (1, ()) == (len(changed.frames), changed.delays)
    assert np.array_equal(SCENE, raster(changed.first))


@pytest.mark.parametrize("name", sorted(set(OPERATIONS) - {"still"}))
def test_every_step_takes_an_animation(name: str) -> None:
    """All frames are kept and have one size."""
    frames = picture_of(SCENE, 255 - SCENE, SCENE, delays=(50, 60, 70))
    changed = applied({"op": name, **EXAMPLES.get(name, {})}, frames, LOGO).in_memory()

    assert (3, (50, 60, 70)) == (len(changed.frames), changed.delays)
    assert 1 == len({(frame.width, frame.height, frame.bands) for frame in changed.frames})


@pytest.mark.parametrize("name", sorted(set(OPERATIONS) - {"crop", "text"}))
def test_every_step_takes_a_picture_of_one_pixel(name: str) -> None:
    """Averages, curves and masks have edge cases there."""
    one = picture_of(np.full((1, 1, 3), 90, np.uint8))
    changed = applied({"op": name, **EXAMPLES.get(name, {})}, one, LOGO).in_memory()

    assert changed.size.width >= 1
