"""Check automatic crops."""

from __future__ import annotations

import numpy as np
import pytest

from processor.imaging.steps.size import NO_FACES
from testkit.photos.scene import Pixels
from tests.imaging.steps.trials import after, applied, flat, picture_of, size_after


def spot(left: int) -> Pixels:
    """Paint something colourful and busy at *left* px of a plain wide picture."""
    pixels = flat(300, 100, (90, 90, 90))
    noise = np.random.default_rng(3).integers(0, 2, (60, 60)).astype(bool)
    pixels[20:80, left : left + 60][noise] = (230, 90, 60)
    return pixels


@pytest.mark.parametrize("focus", ["attention", "entropy", "face"])
@pytest.mark.parametrize("left", [10, 230])
def test_the_part_holds_the_salient_spot(left: int, focus: str) -> None:
    """The whole spot is inside, at both places."""
    pixels = after({"op": "autocrop", "focus": focus}, spot(left))

    assert (100, 100) == pixels.shape[:2]
    assert 0.9 <= (pixels[..., 0] == 230).sum() / (spot(left)[..., 0] == 230).sum()


@pytest.mark.parametrize(("aspect", "size"), [(None, (100, 100)), ("3:1", (300, 100)), ("1:2", (50, 100))])
def test_the_part_has_the_aspect(aspect: str | None, size: tuple[int, int]) -> None:
    """The default is a square."""
    step = {"op": "autocrop"} if aspect is None else {"op": "autocrop", "aspect": aspect}

    assert size == size_after(step, 300, 100)


@pytest.mark.parametrize("width", [100, 300])
def test_a_focus_on_faces_adds_a_note(width: int) -> None:
    """The note comes also when there was nothing to cut."""
    assert (NO_FACES,) == applied({"op": "autocrop", "focus": "face"}, picture_of(flat(width, 100))).notes


def test_all_frames_are_cut_in_the_same_place() -> None:
    """The first frame decides: an animation must not jump."""
    second = spot(230)
    frames = applied({"op": "autocrop"}, picture_of(spot(10), second, delays=(40, 40))).frames

    assert 0 == np.count_nonzero(np.asarray(frames[1].numpy())[..., 0] == 230)
