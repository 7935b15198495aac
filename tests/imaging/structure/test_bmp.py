"""The BMP walker: a header, and all pixels behind it."""

from __future__ import annotations

import struct

import pytest

from processor.imaging.structure.header import Header
from tests.factories.photos.jpeg import cut
from tests.factories.photos.raster import bmp
from tests.imaging.structure.claims import claims, named, refusal

TOO_LARGE = "DIMENSIONS_TOO_LARGE: The photo is too large: expected sides of at most 30,000 px,"


def bare_bmp(width: int, height: int, *, bits: int = 24, compression: int = 0, pixels: int = 0) -> bytes:
    """Build a BMP with the common header of 40 bytes and *pixels* zero bytes."""
    header = struct.pack("<IiiHHI", 40, width, height, 1, bits, compression) + bytes(20)
    return b"BM" + struct.pack("<IHHI", 54 + pixels, 0, 0, 54) + header + bytes(pixels)


def test_a_bmp_tells_its_size() -> None:
    """Rows are padded to four bytes."""
    assert Header(format="bmp", width=480, height=320) == claims(bmp())
    assert Header(format="bmp", width=3, height=5) == claims(bare_bmp(3, 5, pixels=60))


def test_a_negative_height_means_rows_from_the_top() -> None:
    """The picture is as high as ever."""
    assert Header(format="bmp", width=3, height=5) == claims(bare_bmp(3, -5, pixels=60))


def test_the_oldest_header_has_short_numbers() -> None:
    """OS/2 1.x: BITMAPCOREHEADER."""
    data = b"BM" + struct.pack("<IHHI", 86, 0, 0, 26) + struct.pack("<IHHHH", 12, 3, 5, 1, 24) + bytes(60)

    assert Header(format="bmp", width=3, height=5) == claims(data)


@pytest.mark.parametrize("black", [0.1, 0.5, 1.0])
def test_a_black_bar_on_top_is_no_damage(black: float) -> None:
    """Rows are stored from the bottom up: the end of the file is the top of the picture."""
    letterboxed = bytearray(bmp())
    share = round((len(letterboxed) - 54) * black)
    letterboxed[-share:] = bytes(share)

    assert 480 == claims(bytes(letterboxed)).width


def test_compressed_pixels_have_no_known_size() -> None:
    """Run-length coding: the decoder finds out."""
    assert 300 == claims(bare_bmp(300, 300, bits=8, compression=1, pixels=10)).width


@pytest.mark.parametrize(
    ("data", "expected"),
    named(
        [
            (cut(bmp(), 0.5), "TRUNCATED: The file is incomplete: the BMP needs 460,854 bytes and has 230,427."),
            (bmp()[:25], "TRUNCATED: The file is incomplete: it ends inside its own header."),
            (bare_bmp(0, 5), "CORRUPT: The file is damaged: the BMP says 0 × 5 px."),
            (bare_bmp(-3, 5), "CORRUPT: The file is damaged: the BMP says -3 × 5 px."),
            (bare_bmp(3, 0), "CORRUPT: The file is damaged: the BMP says 3 × 0 px."),
            (
                bare_bmp(40_000, 40_000),
                f"{TOO_LARGE} received 40,000 × 40,000 px (1,600.0 MP).",
            ),
        ]
    ),
)
def test_a_damaged_or_lying_bmp_is_refused(data: bytes, expected: str) -> None:
    """A size that nothing could hold is called too large, not incomplete."""
    assert expected == refusal(data)
