"""The JPEG walker: markers, scans, EXIF, an end."""

from __future__ import annotations

from itertools import count

import pytest

from processor.imaging.structure.header import Header
from processor.imaging.structure.jpeg import NEXT_MARKER
from processor.recipe import DecodeLimits
from testkit.photos import hostile
from testkit.photos.exif import exif
from testkit.photos.jpeg import (
    COM,
    cmyk_jpeg,
    cut,
    grey_jpeg,
    jpeg,
    motion_photo,
    mpo,
    with_segment,
    zero_tailed,
)
from tests.imaging.structure.claims import claims, named, refusal

SOI, EOI = b"\xff\xd8", b"\xff\xd9"


def without_first_scan(data: bytes) -> bytes:
    """Cut the first scan, of the means of all blocks, out of a progressive JPEG."""
    first = data.index(b"\xff\xda")
    following = NEXT_MARKER.search(data, first + 2 + 12)
    assert following is not None
    return data[:first] + data[following.start() :]


@pytest.mark.parametrize("data", [jpeg(), grey_jpeg(), cmyk_jpeg(), hostile.polyglot(), mpo()], ids=count())
def test_a_baseline_jpeg_tells_its_size(data: bytes) -> None:
    """Channels do not matter, nor does what trails the end; of a Multi-Picture file the first picture counts."""
    assert Header(format="jpeg", width=480, height=320) == claims(data)


def test_a_progressive_jpeg_tells_its_scans() -> None:
    """Each costs the decoder a pass over the picture."""
    assert Header(format="jpeg", width=480, height=320, scans=10) == claims(jpeg(progressive=True))


def test_the_exif_block_comes_without_its_mark() -> None:
    """A motion photo's film behind the picture is not looked at."""
    assert exif() == claims(motion_photo()).exif


def test_only_the_first_exif_block_counts() -> None:
    """As decoders read it."""
    data = with_segment(jpeg(exif_block=exif(orientation=3)), 0xE1, b"Exif\0\0" + exif(orientation=6))

    assert exif(orientation=6) == claims(data).exif


def test_fill_bytes_and_a_few_stray_ones_between_segments_are_passed_over() -> None:
    """Decoders do so too, and cameras write them."""
    data = jpeg()

    assert Header(format="jpeg", width=480, height=320) == claims(SOI + b"\xff\xff\xff" + data[3:])
    assert Header(format="jpeg", width=480, height=320) == claims(data[:20] + bytes(1000) + data[20:])


@pytest.mark.parametrize(
    ("data", "expected"),
    named(
        [
            (
                cut(jpeg(progressive=True), 0.5),
                "TRUNCATED: The file is incomplete: the JPEG has no end marker.",
            ),
            (
                without_first_scan(jpeg(progressive=True)),
                "CORRUPT: The file is damaged: a scan of the JPEG is missing.",
            ),
            (jpeg()[:100], "TRUNCATED: The file is incomplete: a JPEG segment runs past the end."),
            (
                zero_tailed(jpeg(), 0.9),
                "TRUNCATED: The file is incomplete: the end of the JPEG is empty (zeros instead of data).",
            ),
            (SOI + b"\xff\xe1\0", "TRUNCATED: The file is incomplete: it ends inside its own header."),
            (
                SOI + b"\xff\xfe\0\2" + bytes(2000) + jpeg()[2:],
                "CORRUPT: The file is damaged: something else stands where a JPEG segment should begin.",
            ),
            (SOI + b"\xff\xfe\0\1" + jpeg()[2:], "CORRUPT: The file is damaged: a JPEG segment has no length."),
            (
                SOI + EOI,
                "CORRUPT: The file is damaged: the JPEG has no picture between its start and its end.",
            ),
            (hostile.jpeg_header(0, 9), "CORRUPT: The file is damaged: its header says 0 × 9 px."),
        ]
    ),
)
def test_a_damaged_jpeg_is_refused_with_its_damage(data: bytes, expected: str) -> None:
    """Each sentence names the part that is missing or wrong."""
    assert expected == refusal(data)


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("trailer", [b"", b"SEFH\0\0trailer\xff\xe0\0"], ids=["bare", "trailer"])
def test_a_jpeg_whose_scans_have_all_begun_needs_no_end_marker(trailer: bytes, *, progressive: bool) -> None:
    """Its decoder will notice whether the last one is whole."""
    data = jpeg(progressive=progressive)
    header = claims(data[:-2] + (b"" if progressive else trailer))

    assert (480, True, None) == (header.width, header.unfinished, header.scan)
    assert not claims(data).unfinished


def test_the_scan_ends_where_the_next_marker_stands() -> None:
    """Not at the end of a film or of a second picture that follows."""
    data = jpeg(exif_block=exif())

    start = data.index(b"\xff\xda") + 14
    assert (start, len(data) - 2) == claims(data).scan == claims(motion_photo()).scan
    assert mpo().index(EOI) == (claims(mpo()).scan or (0, 0))[1]
    assert claims(jpeg(progressive=True)).scan is None


def test_stray_bytes_are_told_in_the_words_of_libjpeg() -> None:
    """Its warning of them is then known to be harmless."""
    data = jpeg()

    assert ("7 extraneous bytes before marker 0xdb",) == claims(data[:20] + bytes(7) + data[20:]).strays


def test_a_jpeg_that_declares_its_size_twice_is_refused() -> None:
    """Decoders disagree about which one counts."""
    data = jpeg()
    frame = data.index(b"\xff\xc0")
    twice = data[:frame] + data[frame : frame + 19] + data[frame:]

    assert "CORRUPT: The file is damaged: the JPEG declares its size twice." == refusal(twice)


@pytest.mark.parametrize(
    ("marker", "bits", "received"), [(0xC3, 8, "8 bit of kind SOF3"), (0xC1, 12, "12 bit of kind SOF1")]
)
def test_a_jpeg_that_browsers_cannot_show_either_is_refused(marker: int, bits: int, received: str) -> None:
    """Lossless and 12 bit JPEG come from medical and scanning devices."""
    data = bytearray(jpeg())
    frame = data.index(b"\xff\xc0")
    data[frame + 1], data[frame + 4] = marker, bits

    expected = f"This kind of JPEG is not supported: expected 8 bit baseline or progressive, received {received}."
    assert f"UNSUPPORTED_FORMAT: {expected}" == refusal(bytes(data))


def test_more_scans_than_allowed_are_refused() -> None:
    """A hundred are; the limit's last one is not."""
    expected = "TOO_MANY_SCANS: The progressive JPEG has too many scans: expected at most 100, received more."

    assert 100 == claims(hostile.jpeg_of_many_scans(100)).scans
    assert expected == refusal(hostile.jpeg_of_many_scans(101))
    assert expected.replace("100", "5") == refusal(jpeg(progressive=True), DecodeLimits(max_scans=5))


def test_too_much_metadata_is_refused() -> None:
    """EXIF of 10 MB took Pillow 22 s to open; here 64 MB are looked at and no more."""
    expected = "The JPEG's metadata is too large: expected at most 67,108,864 bytes, received more."

    assert f"METADATA_TOO_LARGE: {expected}" == refusal(hostile.jpeg_of_many_markers(1_200))


def test_too_many_segments_are_refused() -> None:
    """However small they are."""
    crowded = SOI + b"\xff\xfe\0\2" * 4_096 + jpeg()[2:]
    expected = "METADATA_TOO_LARGE: The JPEG has too many segments: expected at most 4,096, received more."

    assert expected == refusal(crowded)


def test_other_segments_are_passed_over() -> None:
    """Comments and restart markers say nothing about the size."""
    data = with_segment(jpeg(), COM, b"hello")

    assert 480 == claims(data[:2] + b"\xff\xd0" + data[2:]).width
