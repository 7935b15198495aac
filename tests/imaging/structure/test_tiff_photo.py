"""TIFF or RAW, and whether the pixels are inside the file."""

from __future__ import annotations

import struct

import pytest

from processor.imaging.structure.header import Header
from processor.recipe import DecodeLimits
from testkit.photos import extra, hostile
from testkit.photos.ifd import Blob, Directory, Value, long, short, tiff
from testkit.photos.jpeg import cut, zero_tailed
from testkit.photos.raster import multipage_tiff, old_jpeg_tiff, tiff_photo
from testkit.photos.raw import dng, preview
from tests.imaging.structure.claims import claims, named, refusal

RAW_OF_UNKNOWN_SIZE = Header(format="raw", width=0, height=0)


def page(width: int = 8, height: int = 4, *, pixels: int = 32, **tags: Value) -> dict[int, Value]:
    """Describe an uncompressed grey page; *tags* are named ``t`` and their number."""
    entries: dict[int, Value] = {
        256: long(width),
        257: long(height),
        258: short(8),
        259: short(1),
        273: Blob(bytes(pixels)),
        277: short(1),
        279: long(pixels),
    }
    return entries | {int(name[1:]): value for name, value in tags.items()}


@pytest.mark.parametrize("options", [{}, {"bits": 16}, {"tiled": True}, {"big": True}, {"deflate": True}], ids=str)
def test_a_tiff_tells_its_size(options: dict[str, bool]) -> None:
    """Strips or tiles, 8 or 16 bit, BigTIFF."""
    assert Header(format="tiff", width=480, height=320) == claims(tiff_photo(**options))  # type: ignore[arg-type]


def test_pages_are_counted_and_bounded() -> None:
    """Scans have hundreds."""
    assert 3 == claims(multipage_tiff(3)).frames
    expected = "TOO_MANY_FRAMES: The TIFF has too many pages: expected at most 2, received 3."
    assert expected == refusal(multipage_tiff(3), DecodeLimits(max_frames=2))


def test_a_thumbnail_in_front_is_passed_over() -> None:
    """The first page that is no reduced image is the photo (tag 254, bit 0)."""
    data = tiff(Directory(page(4, 2, pixels=8, t254=long(1)), following=Directory(page())))

    assert Header(format="tiff", width=8, height=4, frames=2, page=1) == claims(data)


def test_a_file_of_thumbnails_shows_its_first() -> None:
    """Better than nothing."""
    assert Header(format="tiff", width=8, height=4) == claims(tiff(Directory(page(t254=long(1)))))


def test_old_style_jpeg_needs_another_decoder() -> None:
    """Compression 6; its successor 7 does not."""
    assert [True, False] == [claims(extra.old_style_tiff()).legacy, claims(old_jpeg_tiff()).legacy]


def test_a_dng_is_a_raw_of_its_mosaics_size() -> None:
    """Not of its preview's."""
    assert Header(format="raw", width=480, height=320) == claims(dng(preview=preview(240, 160)))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(tiff(Directory(page(t50706=long(1)))), id="DNG version"),
        pytest.param(tiff(Directory(page(t259=short(34713)))), id="Nikon's compression"),
        pytest.param(tiff(Directory(page())).replace(b"II*\0", b"IIRO", 1), id="Olympus magic"),
        pytest.param(tiff(Directory(page())).replace(b"II*\0", b"IIU\0", 1), id="Panasonic magic"),
        pytest.param(
            b"II*\0" + struct.pack("<I", 16) + b"CR\2\0\0\0\0\0" + struct.pack("<HHHIII", 1, 256, 4, 1, 8, 0),
            id="Canon mark",
        ),
        pytest.param(extra.cr3(), id="CR3"),
        pytest.param(extra.raf(), id="RAF"),
        pytest.param(b"\0MRM" + bytes(99), id="Minolta"),
    ],
)
def test_a_raw_is_told_by_its_marks_even_when_only_libraw_knows_its_size(data: bytes) -> None:
    """Pillow would show its thumbnail."""
    assert RAW_OF_UNKNOWN_SIZE == claims(data)


def test_a_bigtiff_is_never_a_raw() -> None:
    """LibRaw reads none."""
    assert "tiff" == claims(tiff_photo(big=True)).format


def test_offsets_that_stand_elsewhere_are_not_checked() -> None:
    """Panasonic writes all ones where another tag holds the true place."""
    data = tiff(Directory(page(t273=long(0xFFFFFFFF), t279=long(32), t50706=long(1))))

    assert RAW_OF_UNKNOWN_SIZE == claims(data)


@pytest.mark.parametrize(
    ("data", "expected"),
    named(
        [
            (
                cut(dng(), 0.5),
                "TRUNCATED: The file is incomplete: its pixels need 307,524 bytes and the file has 153,904.",
            ),
            (
                zero_tailed(dng(), 0.5),
                "TRUNCATED: The file is incomplete: the end of its pixels is empty (zeros instead of data).",
            ),
            (
                tiff(Directory(page(), following=Directory({}))),
                "TRUNCATED: The file is incomplete: one of its directories is empty (zeros instead of data).",
            ),
            (
                tiff(Directory(page(t325=long(99), t324=long(500)))),
                "TRUNCATED: The file is incomplete: its pixels need 599 bytes and the file has 154.",
            ),
            (
                hostile.tiff_header(500, 500),
                "TRUNCATED: The file is incomplete: its pixels need 750,000 bytes and 1 are stored.",
            ),
            (tiff(Directory(page(0, 4))), "CORRUPT: The file is damaged: the TIFF says 0 × 4 px."),
            (
                tiff(Directory({})),
                "TRUNCATED: The file is incomplete: one of its directories is empty (zeros instead of data).",
            ),
            (
                extra.raf(pixels_bytes=999),
                "TRUNCATED: The file is incomplete: its pixels need 1,107 bytes and the file has 364.",
            ),
            (extra.raf()[:90], "TRUNCATED: The file is incomplete: it ends inside its own header."),
            (
                extra.cr3()[:-1],
                "TRUNCATED: The file is incomplete: a part of it needs 1 bytes more than there are.",
            ),
            (
                extra.cr3(moov=False),
                "CORRUPT: The file is damaged: the CR3 file has no description of its picture.",
            ),
        ]
    ),
)
def test_a_damaged_tiff_or_raw_is_refused_with_its_damage(data: bytes, expected: str) -> None:
    """LibRaw would decode half a RAW as a full-size success."""
    assert expected == refusal(data)


def test_a_size_without_stored_amounts_is_left_to_the_decoder() -> None:
    """Some writers leave the byte counts out."""
    entries = page()
    del entries[279]

    assert 8 == claims(tiff(Directory(entries))).width
