"""The WebP walker: RIFF chunks, canvas, frames, EXIF, completeness."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image

from processor.imaging.structure import webp as walker
from processor.imaging.structure.header import Header
from processor.recipe import DecodeLimits
from testkit.photos.exif import exif
from testkit.photos.extra import turned
from testkit.photos.hostile import webp_header
from testkit.photos.jpeg import cut
from testkit.photos.raster import animated_webp, webp
from tests.imaging.structure.claims import claims, named, refusal

NO_START = "CORRUPT: The file is damaged: the WebP's picture has no start code."


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    """Frame chunks as a WebP."""
    body = b"".join(kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for kind, data in chunks)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


@pytest.mark.parametrize("lossless", [False, True])
def test_a_webp_tells_its_size(*, lossless: bool) -> None:
    """Both kinds of bitstream have it in their own header."""
    assert Header(format="webp", width=480, height=320) == claims(webp(lossless=lossless))


@pytest.mark.parametrize("lossless", [False, True])
def test_a_transparent_webp_has_one_picture(*, lossless: bool) -> None:
    """Its alpha plane is a chunk of its own, not a frame."""
    header = claims(webp(transparent=True, lossless=lossless))

    assert (480, 320, 1) == (header.width, header.height, header.frames)


def test_an_animation_tells_its_frames() -> None:
    """The first becomes the photo. Pillow joins frames that look alike, and counts as we do."""
    with Image.open(io.BytesIO(animated_webp(9))) as image:
        frames: int = getattr(image, "n_frames", 0)

    assert frames > 1
    assert Header(format="webp", width=480, height=320, frames=frames) == claims(animated_webp(9))


def test_the_exif_chunk_comes_without_the_mark_that_some_writers_add() -> None:
    """Pillow writes the mark that belongs to JPEG."""
    assert exif(orientation=6) == claims(turned("webp", 6)).exif


def test_the_canvas_counts_where_there_is_one() -> None:
    """Decoders allocate for the canvas."""
    canvas = bytes(4) + (999).to_bytes(3, "little") + (799).to_bytes(3, "little")
    header = claims(riff((b"VP8X", canvas), (b"VP8L", webp_header(9, 9)[20:])))

    assert (1000, 800) == (header.width, header.height)


def test_what_trails_the_riff_is_not_looked_at() -> None:
    """Neither by decoders."""
    assert 480 == claims(webp() + b"trailer").width


@pytest.mark.parametrize(
    ("data", "expected"),
    named(
        [
            (cut(webp(), 0.5), "TRUNCATED: The file is incomplete: the WebP says 586 bytes and has 293."),
            (riff((b"VP8 ", b""))[:-4], "TRUNCATED: The file is incomplete: the WebP says 20 bytes and has 16."),
            (
                b"RIFF" + struct.pack("<I", 12) + b"WEBPVP8 " + struct.pack("<I", 99),
                "TRUNCATED: The file is incomplete: a WebP chunk runs past the end.",
            ),
            (riff(), "CORRUPT: The file is damaged: the WebP holds no picture."),
            (riff((b"VP8X", bytes(10))), "CORRUPT: The file is damaged: the WebP holds no picture."),
            (riff((b"VP8L", b"\0" * 10)), NO_START),
            (riff((b"VP8 ", b"\0" * 10)), NO_START),
            (riff((b"VP8 ", b"\0")), NO_START),
            (riff((b"VP8L", b"")), "TRUNCATED: The file is incomplete: it ends inside its own header."),
            (
                riff((b"VP8 ", b"\xff\xff\xff\x9d\x01\x2a\1\0\1\0")),
                "CORRUPT: The file is damaged: the first part of the WebP's picture is longer than the whole.",
            ),
        ]
    ),
)
def test_a_damaged_webp_is_refused_with_its_damage(data: bytes, expected: str) -> None:
    """Each sentence names the part that is missing or wrong."""
    assert expected == refusal(data)


def test_a_broken_frame_of_an_animation_is_refused() -> None:
    """Frames hold chunks of their own."""
    frame = bytes(16) + b"VP8 " + struct.pack("<I", 10) + bytes(10)

    assert NO_START == refusal(riff((b"VP8X", bytes(10)), (b"ANMF", frame)))


def test_chunks_of_no_interest_are_passed_over() -> None:
    """Profiles, XMP, what is yet to be invented; inside frames as well."""
    picture = (b"VP8L", webp_header(9, 9)[20:-1])
    frame = bytes(16) + b"ABCD" + bytes(4) + picture[0] + struct.pack("<I", len(picture[1])) + picture[1]

    assert 9 == claims(riff((b"ICCP", b"abc"), (b"XMP ", b"<x/>"), picture)).width
    assert 1 == claims(riff((b"VP8X", bytes(10)), (b"ANMF", frame))).frames


def test_too_many_frames_are_refused_while_counting() -> None:
    """As the settings say."""
    expected = "TOO_MANY_FRAMES: The animation is too long: expected at most 1 frames, received more."

    assert expected == refusal(animated_webp(3), DecodeLimits(max_frames=1))


def test_endless_chunks_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk ends, whatever the file says."""
    monkeypatch.setattr(walker, "MAX_CHUNKS", 100)

    expected = "CORRUPT: The file is damaged: the WebP has more than 100 chunks."
    assert expected == refusal(riff(*[(b"ABCD", b"")] * 100))


def test_the_header_agrees_with_another_reader() -> None:
    """Pillow reads the same size from a file that libwebp wrote."""
    with Image.open(io.BytesIO(webp(lossless=True))) as image:
        assert image.size == (claims(webp(lossless=True)).width, claims(webp(lossless=True)).height)
