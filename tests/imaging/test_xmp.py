"""XMP packets: who made the photo and when, from strangers."""

from __future__ import annotations

import pytest

from processor.imaging.structure.iptc import data_sets, texts
from processor.imaging.xmp import NO_XMP, read_xmp
from testkit.photos.exif import iim, resource, xmp_packet
from testkit.photos.exif import xmp as place_packet
from testkit.photos.jpeg import APP1, XMP_PREFIX, jpeg, with_segment
from testkit.photos.raster import png, webp, with_chunk
from tests.imaging.prints import developed

CREATORS = b"<dc:creator><rdf:Seq><rdf:li>A</rdf:li><rdf:li>B</rdf:li></rdf:Seq></dc:creator>"
RIGHTS = (
    '<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">© A</rdf:li><rdf:li xml:lang="fr">(c) A</rdf:li></rdf:Alt>'
    "</dc:rights>"
)


def test_creators_and_rights_are_read() -> None:
    """All creators, the default language of the rights."""
    found = read_xmp(xmp_packet(b"", CREATORS + RIGHTS.encode()))

    assert ("A; B", "© A") == (found.creator, found.rights)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b'exif:DateTimeOriginal="2017-01-02T03:04:05"', "2017-01-02T03:04:05"),
        (b'exif:DateTimeOriginal="2017-01-02T03:04:05.678+01:00"', "2017-01-02T03:04:05+01:00"),
        (b'exif:DateTimeOriginal="2017-01-02T03:04Z"', "2017-01-02T03:04:00+00:00"),
        (b'photoshop:DateCreated="2017-01-02T03:04:05" xmp:CreateDate="2018-01-01T00:00:00"', "2017-01-02T03:04:05"),
        (b'exif:DateTimeOriginal="" xmp:CreateDate="2018-01-01T00:00:00"', "2018-01-01T00:00:00"),
        (b'exif:DateTimeOriginal="0000-00-00T00:00:00" xmp:CreateDate="2018-01-01T00:00:00"', "2018-01-01T00:00:00"),
        (b'xmp:ModifyDate="2018-01-01T00:00:00"', None),
        (b'xmp:CreateDate="2018-01-01"', None),
        (b'xmp:CreateDate="last year"', None),
    ],
)
def test_the_moment_is_that_of_the_photo(said: bytes, expected: str | None) -> None:
    """Its date, its creation, its digitization; never an edit's, and no hour that the packet does not say."""
    assert expected == read_xmp(xmp_packet(said)).taken_at


def test_properties_may_be_elements() -> None:
    """As exiftool writes them."""
    packet = xmp_packet(b"", b"<xmp:CreateDate>2018-01-01T00:00:00</xmp:CreateDate>")

    assert "2018-01-01T00:00:00" == read_xmp(packet).taken_at


def test_other_properties_are_not_read() -> None:
    """Neither a place nor a date in an edit's history."""
    history = b'<xmp:History><rdf:Seq><rdf:li xmp:CreateDate="2020-01-01T00:00:00"/></rdf:Seq></xmp:History>'

    assert NO_XMP == read_xmp(place_packet())
    assert read_xmp(xmp_packet(b"", history)).taken_at is None


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "packet",
    [
        None,
        b"",
        b"<",
        b"no XML",
        BOMB + xmp_packet(b"", b"<dc:creator>&b;</dc:creator>"),
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + xmp_packet(b"", CREATORS),
        b"<a>" * 5_000,
        xmp_packet(b"", CREATORS)[:-20] + b"\xff\xfe",
        xmp_packet(b"", CREATORS) + b" " * (5 << 20) + b".",
        b'<?xml version="1.0" encoding="no-such"?>' + xmp_packet(),
    ],
    ids=str,
)
def test_hostile_and_broken_packets_say_nothing(packet: bytes | None) -> None:
    """A photo with a broken packet is a good photo."""
    assert NO_XMP == read_xmp(packet)


def test_every_format_brings_its_packet() -> None:
    """JPEG in APP1, PNG in iTXt, WebP in a chunk."""
    packet = xmp_packet(b'xmp:CreateDate="2018-01-01T00:00:00"', CREATORS)
    text = b"XML:com.adobe.xmp\0\0\0\0\0" + packet
    chunk = b"XMP " + len(packet).to_bytes(4, "little") + packet + bytes(len(packet) % 2)
    files = [
        with_segment(jpeg(), APP1, XMP_PREFIX + packet),
        with_chunk(png(), b"iTXt", text),
        webp()[:4] + (len(webp()) - 8 + len(chunk)).to_bytes(4, "little") + webp()[8:] + chunk,
    ]

    assert ["2018-01-01T00:00:00"] * 3 == [developed(data).taken_at for data in files]


def test_photoshop_blocks_bring_iptc() -> None:
    """APP13; nothing of it stays in a rendition but the credit, in EXIF."""
    block = b"Photoshop 3.0\0" + resource(0x0404, iim((2, 80, b"Iptc Author"), (2, 90, b"Paris")))
    rendition = developed(with_segment(jpeg(), 0xED, block)).renditions[0].data

    assert b"Iptc Author" in rendition
    assert b"Paris" not in rendition


@pytest.mark.parametrize(
    "block",
    [
        b"8BIM\x04\x04",
        b"8BIM\x04\x04\xff" + bytes(8),
        b"8BIM\x03\xed" + bytes(6),
        (b"8BIM\x03\xed" + bytes(6)) * 1_001,
        b"text",
        b"",
    ],
    ids=["cut", "long name", "another", "too many", "no mark", "nothing"],
)
def test_a_block_without_whole_iptc_brings_none(block: bytes) -> None:
    """Reading ends where the resources do, and after 1,000 of them."""
    assert b"" == data_sets(block)


def test_iptc_is_read_as_far_as_it_is_whole() -> None:
    """Broken data sets end the reading, and so do more than 1,000."""
    good, key = iim((2, 25, b"word")), (2, 25)

    assert {key: ["word"]} == texts(good + good[:-1])
    assert {key: ["word"]} == texts(good + b"\x1c\x02\x19\x80\x04" + bytes(9))
    assert {key: ["word"] * 1_000} == texts(good * 1_001)
