"""Searchable facts: what the photographer wrote, from three kinds of metadata, by strangers."""

from __future__ import annotations

import pytest

from processor.imaging.embedded import MAX_CAPTION, MAX_KEYWORDS, clean, embedded_facts
from processor.imaging.exif import read_exif
from processor.imaging.model import EmbeddedFacts, Location
from testkit.photos.exif import exif, iim, xmp_packet
from testkit.photos.ifd import Directory, Field, Value, ascii_text, rational, short, tiff
from testkit.photos.jpeg import jpeg
from tests.imaging.prints import developed, recipe

XMP = xmp_packet(
    b'xmp:Rating="4"',
    "<dc:title><rdf:Alt><rdf:li>Château</rdf:li><rdf:li>Castle</rdf:li></rdf:Alt></dc:title>"
    "<dc:description><rdf:Alt><rdf:li>A castle\nin the fog</rdf:li></rdf:Alt></dc:description>"
    "<dc:subject><rdf:Bag><rdf:li>fog</rdf:li><rdf:li>Loire</rdf:li><rdf:li>FOG</rdf:li></rdf:Bag></dc:subject>".encode(),
)
IPTC = iim((1, 90, b"\x1b%G"), (2, 5, "Über".encode()), (2, 120, b"A caption"), (2, 25, b"one"), (2, 25, b"two"))


def windows(text: str) -> Field:
    """Write a text as Windows' Explorer does."""
    data = text.encode("utf-16-le") + b"\0\0"
    return Field(type=1, count=len(data), data=data)


def facts(
    entries: dict[int, Value] | None = None, *, xmp: bytes | None = None, iptc: bytes | None = None
) -> EmbeddedFacts:
    """Collect the facts of a file with these kinds of metadata, place included."""
    return embedded_facts(read_exif(tiff(Directory(entries or {})), xmp=xmp, iptc=iptc), location=True)


def test_xmp_counts_most() -> None:
    """The default language, one line, each keyword once."""
    found = facts({0x010E: ascii_text("exif"), 0x4746: short(2)}, xmp=XMP, iptc=IPTC)

    expected = EmbeddedFacts(title="Château", caption="A castle in the fog", keywords=("fog", "Loire"), rating=4)
    assert expected == found


def test_iptc_counts_where_xmp_is_silent() -> None:
    """Object name, caption, keywords (IPTC-IIM 4.2: 2:05, 2:120, 2:25)."""
    expected = EmbeddedFacts(title="Über", caption="A caption", keywords=("one", "two"))
    assert expected == facts({0x9C9B: windows("not this")}, iptc=IPTC)


def test_exif_and_windows_tags_count_last() -> None:
    """As Explorer writes them."""
    entries: dict[int, Value] = {
        0x010E: ascii_text("Grüße"),
        0x4746: short(5),
        0x9C9B: windows("Titel €"),
        0x9C9E: windows("See;Berg; see "),
    }
    assert EmbeddedFacts(title="Titel €", caption="Grüße", keywords=("See", "Berg"), rating=5) == facts(entries)


@pytest.mark.parametrize("name", ["OLYMPUS DIGITAL CAMERA         ", "SONY DSC", "  "])
def test_a_cameras_own_words_are_no_caption(name: str) -> None:
    """Every photo of such a camera carries them."""
    assert EmbeddedFacts() == facts({0x010E: ascii_text(name)})


@pytest.mark.parametrize(
    ("said", "expected"),
    [(b"5", 5), (b"-1", -1), (b"0", None), (b"3.0", 3), (b"6", None), (b"99999", None), (b"nan", None), (b"", None)],
)
def test_a_rating_is_one_to_five_stars_or_rejected(said: bytes, expected: int | None) -> None:
    """XMP's own range; 0 means unrated."""
    assert expected == facts(xmp=xmp_packet(b'xmp:Rating="' + said + b'"')).rating


def test_hostile_texts_are_bounded_and_clean() -> None:
    """Neither megabytes nor marks that turn a page's text around reach the record."""
    items = b"".join(b"<rdf:li>k%d</rdf:li>" % number for number in range(5_000))
    packet = xmp_packet(
        b"",
        b"<dc:title>\xe2\x80\xaegnp.exe\xe2\x80\x8b\xc2\x85 <![CDATA[<b>]]></dc:title><dc:description>"
        + b"x" * 100_000
        + b"</dc:description><dc:subject><rdf:Bag>"
        + items
        + b"</rdf:Bag></dc:subject>",
    )
    found = facts(xmp=packet)

    assert ("gnp.exe <b>", MAX_CAPTION, MAX_KEYWORDS) == (found.title, len(found.caption or ""), len(found.keywords))


def test_text_keeps_the_joiners_that_scripts_and_emoji_need() -> None:
    """A family is one emoji of several; Hindi has joiners inside words."""
    assert "👨\u200d👩\u200d👧 क्\u200dष" == clean(" 👨\u200d👩\u200d👧\n\x07क्\u200dष\ufeff", 64)


def test_the_lens_is_that_of_exif_or_xmp() -> None:
    """Adapted lenses stand in XMP alone."""
    packet = XMP.replace(b"xmp:Rating", b'xmlns:aux="http://ns.adobe.com/exif/1.0/aux/" aux:Lens="EF 50mm" xmp:Rating')
    assert "EF 50mm" == read_exif(None, xmp=packet).camera.lens
    assert "DW 85mm F1.8" == read_exif(exif(), xmp=packet).camera.lens


@pytest.mark.parametrize(
    ("gps", "expected"),
    [
        (
            {1: ascii_text("S"), 2: rational(33, 51, 24.5), 3: ascii_text("E"), 4: rational(151, 12, 36)},
            Location(latitude=-33.856806, longitude=151.21),
        ),
        ({1: ascii_text("N"), 2: rational(91, 0, 0), 3: ascii_text("E"), 4: rational(1, 0, 0)}, None),
        ({2: rational(0, 0, 0), 4: rational(0, 0, 0)}, None),
        ({2: rational(1, 0, 0, over=0), 4: rational(1, 0, 0)}, None),
        ({2: rational(1, 0, 0)}, None),
    ],
    ids=["Sydney", "off the globe", "no fix", "no number", "half"],
)
def test_a_place_is_in_degrees(gps: dict[int, Value], expected: Location | None) -> None:
    """South and west are negative; what cannot be a place is absent."""
    assert expected == facts({0x8825: Directory(gps)}).location


def test_a_place_is_recorded_only_where_the_settings_ask_for_it() -> None:
    """It is off by default: a gallery that shows records must not show homes."""
    photo, plan = jpeg(exif_block=exif(private=True)), recipe((100, 100))
    asked = developed(photo, plan.model_copy(update={"record_location": True}))

    assert developed(photo, plan).embedded.location is None
    assert Location(latitude=48.858333, longitude=2.294444) == asked.embedded.location
    assert b"GPS" not in asked.renditions[0].data
