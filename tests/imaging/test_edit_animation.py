"""Check animated GIF and WebP: every frame is edited, delays are kept; other formats hold a still."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from processor.errors import PhotoError
from processor.imaging.edit_model import EditLimits
from testkit.photos.raster import animated_gif
from testkit.photos.scene import Colour, textured
from tests.imaging.steps.trials import Step, edit

COLOURS: tuple[Colour, ...] = ((200, 40, 40), (40, 150, 60), (40, 60, 190), (250, 250, 250))
DELAYS = (50, 120, 70, 300)


def animation(kind: str, *, loop: int = 3) -> bytes:
    """Encode four plain frames of 60 × 40 px with a dark corner, each with its own delay."""
    frames: list[Image.Image] = []
    for colour in COLOURS:
        frame = Image.new("RGB", (60, 40), colour)
        frame.paste((0, 0, 0), (0, 0, 20, 20))
        frames.append(frame)
    out = io.BytesIO()
    options = {"lossless": True} if kind == "WEBP" else {}
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=list(DELAYS), loop=loop, **options)
    return out.getvalue()


def played(data: bytes) -> tuple[list[int], list[Colour], tuple[int, int]]:
    """Return times, the colour of each frame's last pixel, and the size."""
    with Image.open(io.BytesIO(data)) as image:
        times: list[int] = []
        colours: list[Colour] = []
        for at in range(getattr(image, "n_frames", 1)):
            image.seek(at)
            image.load()
            times.append(int(image.info.get("duration", 0)))
            red, green, blue = np.asarray(image.convert("RGB"))[-1, -1].tolist()
            colours.append((red, green, blue))
        return times, colours, image.size


@pytest.mark.parametrize("written", ["gif", "webp"])
@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_every_frame_is_edited_and_keeps_its_time(kind: str, written: str) -> None:
    """Geometry and tone, from either format to either."""
    steps: list[Step] = [{"op": "resize", "percent": 50}, {"op": "rotate", "degrees": 90}, {"op": "negate"}]
    edited = edit(animation(kind), *steps, {"op": "format", "to": written}, {"op": "quality", "value": 100})
    times, colours, size = played(edited.data)

    assert (4, 20, 30) == (edited.frames, edited.width, edited.height)
    assert (20, 30) == size
    assert list(DELAYS) == times
    assert np.allclose(255 - np.array(COLOURS), colours, atol=6)


def test_the_number_of_plays_is_kept() -> None:
    """Three plays stay three."""
    edited = edit(animation("WEBP"), {"op": "flip", "direction": "horizontal"})

    with Image.open(io.BytesIO(edited.data)) as image:
        assert 3 == image.info["loop"]


@pytest.mark.parametrize("written", ["jpeg", "png", "avif", "tiff"])
def test_other_formats_take_the_first_frame_and_add_a_note(written: str) -> None:
    """The note states how many frames the source has."""
    edited = edit(animation("GIF"), {"op": "format", "to": written})

    assert 1 == edited.frames
    assert (f"{written.upper()} holds no animation: the first of 4 frames was taken.",) == edited.notes


def test_a_still_stays_a_still() -> None:
    """One frame is no animation."""
    edited = edit(animated_gif(1), {"op": "format", "to": "webp"})

    assert (1, ()) == (edited.frames, edited.notes)


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_too_many_frames_are_a_verdict(kind: str) -> None:
    """The limit is two hundred by default."""
    with pytest.raises(PhotoError) as caught:
        edit(animation(kind), {"op": "grayscale"}, limits=EditLimits(max_frames=3))

    assert "TOO_MANY_FRAMES" == caught.value.code


def test_all_frames_are_cropped_alike() -> None:
    """To 40 × 40, from the right: without the dark corner."""
    edited = edit(animation("GIF"), {"op": "crop", "aspect": "1:1", "position": "east"}, {"op": "trim"})
    times, _, size = played(edited.data)

    assert (list(DELAYS), (40, 40)) == (times, size)


def test_an_animation_can_be_kept_within_bytes() -> None:
    """The frames get smaller: a GIF has no quality."""
    first, *others = (Image.fromarray(textured(120, 80, seed=seed)) for seed in range(4))
    out = io.BytesIO()
    first.save(out, "GIF", save_all=True, append_images=others, duration=50)
    edited = edit(out.getvalue(), {"op": "quality", "max_bytes": 10_000})

    assert (4, True) == (edited.frames, len(edited.data) <= 10_000 < len(out.getvalue()))
    note = f"The picture is {edited.width} × {edited.height} px, so that the file has at most 10,000 bytes."
    assert (note,) == edited.notes
