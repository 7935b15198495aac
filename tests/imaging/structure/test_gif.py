"""The GIF walker: screen, frames, a whole first picture."""

from __future__ import annotations

from struct import pack

import pytest

from processor.imaging.structure.gif import MAX_SUB_BLOCKS
from processor.imaging.structure.header import Header
from processor.recipe import DecodeLimits
from testkit.photos.hostile import gif_of_many_frames, gif_screen
from testkit.photos.jpeg import cut, zero_tailed
from testkit.photos.raster import animated_gif, gif
from tests.imaging.structure.claims import claims, named, refusal

NO_PICTURE = "TRUNCATED: The file is incomplete: the GIF holds no picture."
NO_END = "TRUNCATED: The file is incomplete: the GIF's first picture has no end."
FRAME = 0x2C


def test_a_gif_tells_its_size_and_frames() -> None:
    """The first frame becomes the photo."""
    assert Header(format="gif", width=480, height=320) == claims(gif())
    assert Header(format="gif", width=480, height=320, frames=3) == claims(animated_gif(3))


def test_a_frame_larger_than_the_screen_counts() -> None:
    """Decoders allocate for the larger of the two."""
    data = bytearray(gif_screen(1, 1))
    frame = data.index(FRAME, 13)
    data[frame + 1 : frame + 3] = (299).to_bytes(2, "little")

    assert (300, 1) == (claims(bytes(data)).width, claims(bytes(data)).height)


def test_a_later_frame_that_is_cut_is_no_defect() -> None:
    """The photo is whole: the rest is never shown."""
    whole = animated_gif(3)

    assert 480 == claims(whole[: whole.rindex(b"\x21\xf9\x04") + 40]).width


def test_stray_bytes_behind_a_whole_picture_end_the_walk() -> None:
    """As decoders do."""
    assert 1 == claims(gif()[:-1] + b"\x99 and so on").frames


@pytest.mark.parametrize(
    ("data", "expected"),
    named(
        [
            (gif()[:9], "TRUNCATED: The file is incomplete: it ends inside its own header."),
            (gif()[:13], NO_PICTURE),
            (gif_screen(9, 9)[:19] + b";", NO_PICTURE),
            (cut(gif(), 0.75), NO_END),
            (gif_screen(9, 9)[:19] + b"\x21\xfe\x09abc", NO_END),
            (
                zero_tailed(gif(), 0.75),
                "TRUNCATED: The file is incomplete: the end of the GIF's picture is empty (zeros instead of data).",
            ),
            (gif_screen(9, 9)[:19] + b"\x99", "CORRUPT: The file is damaged: a GIF block is of no known kind."),
            (
                gif_screen(9, 9).replace(b"\1\0\1\0", b"\0\0\1\0"),
                "CORRUPT: The file is damaged: a GIF frame says 0 × 1 px.",
            ),
        ]
    ),
)
def test_a_damaged_gif_is_refused_with_its_damage(data: bytes, expected: str) -> None:
    """Each sentence names the part that is missing or wrong."""
    assert expected == refusal(data)


@pytest.mark.parametrize("kept", range(100, 3_100, 100))
def test_a_gif_that_was_cut_and_padded_is_refused_wherever_the_cut_fell(kept: int) -> None:
    """Zeros end a block as well as fill it: neither makes a picture whole."""
    whole = gif()

    assert refusal(whole[:kept].ljust(len(whole), b"\0")).startswith(
        "TRUNCATED: The file is incomplete: the end of the GIF"
    )


def test_too_many_frames_are_refused_while_counting() -> None:
    """Not after a million of them."""
    expected = "TOO_MANY_FRAMES: The animation is too long: expected at most 1000 frames, received more."

    assert 1_000 == claims(gif_of_many_frames(1_000)).frames
    assert expected == refusal(gif_of_many_frames(1_001))
    assert expected.replace("1000", "2") == refusal(animated_gif(3), DecodeLimits(max_frames=2))


def test_a_picture_in_millions_of_pieces_is_refused() -> None:
    """Sub-blocks of one byte would keep the walker busy for as long as the file is large."""
    head = b"GIF89a" + pack("<HHBBB", 1, 1, 0, 0, 0) + b"," + pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x08"
    data = head + b"\x01\x55" * (MAX_SUB_BLOCKS + 1)

    expected = "CORRUPT: The file is damaged: one of its pictures is in more than 2,097,152 pieces."
    assert expected == refusal(data)
