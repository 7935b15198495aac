"""A gain map is noticed, and the picture stays the SDR one."""

from __future__ import annotations

from collections.abc import Callable
from struct import pack

import pytest

from processor.imaging.model import ImageFormat
from processor.imaging.structure.gain_map import HEAD_BYTES, has_gain_map
from testkit.photos.heif import heic
from testkit.photos.jpeg import APP1, APP2, XMP_PREFIX, jpeg, mpo, with_segment
from testkit.photos.scene import furthest
from tests.imaging.prints import developed, pixels_of

HDRGM = b'<x:xmpmeta xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"/>'
NOTE = "; the gain map for HDR screens is dropped"


def ultra_hdr() -> bytes:
    """Build a JPEG as Android and Lightroom write it: the XMP of the primary announces the map behind it."""
    return with_segment(jpeg(), APP1, XMP_PREFIX + HDRGM) + with_segment(jpeg(), APP1, XMP_PREFIX + HDRGM)


def iso_gain_map() -> bytes:
    """Build a JPEG as ISO 21496-1 has it."""
    return with_segment(jpeg(), APP2, b"urn:iso:std:iso:ts:21496:-1\0" + bytes(4)) + jpeg()


def apple_jpeg() -> bytes:
    """Build an iPhone's JPEG: Apple's XMP stands in the second image alone."""
    second = with_segment(jpeg(), APP1, XMP_PREFIX + b'<x xmlns:HDRGainMap="http://ns.apple.com/HDRGainMap/1.0/"/>')
    return with_segment(jpeg(), APP2, b"MPF\0" + bytes(HEAD_BYTES // 16)) + bytes(HEAD_BYTES) + second


@pytest.mark.parametrize("make", [ultra_hdr, iso_gain_map, apple_jpeg])
def test_a_gain_map_jpeg_shows_its_sdr_picture_and_says_so(make: Callable[[], bytes]) -> None:
    """Phones write them for every photo: the primary picture is what an SDR screen shows."""
    rendering = developed(make())

    assert rendering.receipt.colour.endswith(NOTE)
    assert furthest(pixels_of(rendering.renditions[0])) <= 3


@pytest.mark.parametrize(
    "mark",
    [
        b"auxC\0\0\0\0urn:com:apple:photo:2020:aux:hdrgainmap\0",
        b"infe\2\0\0\1" + pack(">HH", 3, 0) + b"tmap",
        b"auxC\0\0\0\0urn:iso:std:iso:ts:21496:-1\0",
    ],
    ids=["Apple", "tone map", "ISO"],
)
def test_a_gain_map_heic_is_known_by_its_items(mark: bytes) -> None:
    """As an auxiliary image, or as the recipe of a tone-mapped one."""
    assert has_gain_map(memoryview(b"\0\0\0\x18ftypheic" + mark), "heic")


@pytest.mark.parametrize(("data", "kind"), [(jpeg(), "jpeg"), (mpo(), "jpeg"), (heic(), "heic"), (HDRGM, "png")])
def test_other_photos_get_no_note(data: bytes, kind: ImageFormat) -> None:
    """Nor do those of several images that are all pictures."""
    assert not has_gain_map(memoryview(data), kind)
