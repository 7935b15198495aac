"""The PNG walker: chunks, checksums, frames, an end."""

from __future__ import annotations

import struct
from itertools import count

import pytest

from processor.imaging.structure import png as walker
from processor.recipe import DecodeLimits
from testkit.photos.exif import exif
from testkit.photos.hostile import PNG_SIGNATURE, chunk, png_header, png_text_bomb
from testkit.photos.raster import interlaced_png, png, png16
from tests.imaging.structure.claims import claims, named, refusal

AFTER_IHDR = 33


def with_chunks(*chunks: bytes) -> bytes:
    """Put chunks behind the header of a good PNG."""
    data = png()
    return data[:AFTER_IHDR] + b"".join(chunks) + data[AFTER_IHDR:]


@pytest.mark.parametrize(
    "data", [png(), png("LA"), png("P"), png16(), interlaced_png(), png_text_bomb(1 << 20)], ids=count()
)
def test_a_png_tells_its_size(data: bytes) -> None:
    """Depth, palette and interlacing do not matter; text is not unpacked."""
    header = claims(data)

    assert ("png", 480, 320, 1) == (header.format, header.width, header.height, header.frames)


def test_the_exif_chunk_is_found() -> None:
    """Photos exported as PNG keep their orientation there."""
    assert exif(orientation=6) == claims(png(exif_block=exif(orientation=6))).exif


def test_an_animation_tells_its_frames() -> None:
    """APNG: an ``acTL`` chunk; one that says none still has the picture."""
    assert 7 == claims(with_chunks(chunk(b"acTL", struct.pack(">II", 7, 0)))).frames
    assert 1 == claims(with_chunks(chunk(b"acTL", struct.pack(">II", 0, 0)))).frames


def test_a_wrong_checksum_of_unimportant_data_is_no_damage() -> None:
    """Only chunks that make the picture are checked."""
    assert 480 == claims(with_chunks(chunk(b"tEXt", b"a\0b")[:-4] + b"\0\0\0\0")).width


@pytest.mark.parametrize(
    ("data", "expected"),
    named(
        [
            (png()[:-12], "TRUNCATED: The file is incomplete: the PNG has no end chunk."),
            (png()[:-30], "TRUNCATED: The file is incomplete: a PNG chunk runs past the end."),
            (PNG_SIGNATURE, "TRUNCATED: The file is incomplete: the PNG has no end chunk."),
            (png_header(0, 9), "CORRUPT: The file is damaged: the PNG says 0 × 9 px and holds 12 bytes of pixels."),
            (
                png()[:AFTER_IHDR] + chunk(b"IEND", b""),
                "CORRUPT: The file is damaged: the PNG says 480 × 320 px and holds 0 bytes of pixels.",
            ),
            (
                PNG_SIGNATURE + chunk(b"IHDR", b"\0"),
                "TRUNCATED: The file is incomplete: it ends inside its own header.",
            ),
        ]
    ),
)
def test_a_damaged_png_is_refused_with_its_damage(data: bytes, expected: str) -> None:
    """Each sentence names the part that is missing or wrong."""
    assert expected == refusal(data)


@pytest.mark.parametrize("kind", [b"IHDR", b"IDAT"])
def test_a_flipped_bit_in_the_picture_is_noticed(kind: bytes) -> None:
    """By the checksum of its chunk."""
    data = bytearray(png())
    data[data.index(kind) + 9] ^= 1

    assert "CORRUPT: The file is damaged: the checksum of a PNG chunk is wrong." == refusal(bytes(data))


def test_too_many_frames_are_refused() -> None:
    """As the settings say."""
    data = with_chunks(chunk(b"acTL", struct.pack(">II", 1_001, 0)))
    expected = "The animation is too long: expected at most 1000 frames, received 1,001."

    assert f"TOO_MANY_FRAMES: {expected}" == refusal(data)
    assert 1_001 == claims(data, DecodeLimits(max_frames=1_001)).frames


def test_endless_chunks_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk ends, whatever the file says."""
    monkeypatch.setattr(walker, "MAX_CHUNKS", 100)

    assert "CORRUPT: The file is damaged: the PNG has more than 100 chunks." == refusal(
        with_chunks(chunk(b"gAMA", b"") * 100)
    )
