"""Check the facts that are read from EXIF: orientation, camera, time, credit."""

from __future__ import annotations

import struct

import pytest

from processor.imaging.exif import NO_EXIF, Credit, read_exif
from processor.imaging.model import CameraFacts
from testkit.photos import exif as written
from testkit.photos.exif import exif, iim, resource, xmp_packet
from testkit.photos.extra import tiff_of_shared_values
from testkit.photos.ifd import Directory, Field, Value, ascii_text, byte, long, rational, short, tiff, undefined
from testkit.photos.raw import dng


def photo(**entries: Value) -> bytes:
    """Write an EXIF block whose photo directory holds *entries*, named ``t`` and their tag in hexadecimal."""
    return tiff(Directory({0x8769: Directory({int(name[1:], 16): value for name, value in entries.items()})}))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_read(orientation: int) -> None:
    """Tag 0x0112."""
    assert orientation == read_exif(exif(orientation=orientation)).orientation


@pytest.mark.parametrize(
    "nonsense", [short(0), short(9), short(65_535), ascii_text("up"), rational(6), byte(0)], ids=repr
)
def test_an_orientation_that_does_not_exist_is_upright(nonsense: Field) -> None:
    """Better unturned than refused."""
    assert 1 == read_exif(exif(orientation=nonsense)).orientation


def test_an_orientation_of_another_width_counts() -> None:
    """Some editors write it as 32 bit."""
    assert 6 == read_exif(exif(orientation=long(6))).orientation


def test_the_camera_and_the_exposure_are_read() -> None:
    """Units: seconds, millimetres, the f-number."""
    expected = CameraFacts(
        make="Darkroom Works",
        model="DW-1",
        lens="DW 85mm F1.8",
        iso=400,
        exposure_s=0.004,
        aperture=2.8,
        focal_length_mm=85.0,
    )

    assert expected == read_exif(exif()).camera


def test_absurd_facts_are_absent() -> None:
    """Zero, endless, divided by nothing, empty."""
    block = photo(
        t829a=rational(0), t829d=rational(1, over=0), t8827=short(0), t920a=long(4_000_000_000), ta434=ascii_text("  ")
    )

    assert CameraFacts() == read_exif(block).camera


def test_camera_texts_are_printable_and_short() -> None:
    """They end up in JSON and on pages: no control characters, at most 128 characters."""
    block = tiff(Directory({0x010F: ascii_text("A\x01\x1b[31mB"), 0x0110: ascii_text("x" * 500)}))
    camera = read_exif(block).camera

    assert ("A[31mB", "x" * 128) == (camera.make, camera.model)


def test_neither_serial_numbers_nor_owner_nor_place_are_read() -> None:
    """A value that was never read cannot leak."""
    facts = read_exif(exif(private=True, artist="A"))
    seen = f"{facts.camera} {facts.credit} {facts.taken_at}"

    assert [] == [secret for secret in written.SECRETS if secret.decode() in seen]
    assert "48" not in seen


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ({"t9003": ascii_text("2024:05:17 18:30:15"), "t9011": ascii_text("+02:00")}, "2024-05-17T18:30:15+02:00"),
        ({"t9003": ascii_text("2024:05:17 18:30:15"), "t9010": ascii_text("-07:00")}, "2024-05-17T18:30:15"),
        ({"t9004": ascii_text("2018:03:04 05:06:07")}, "2018-03-04T05:06:07"),
        (
            {"t9003": ascii_text("0000:00:00 00:00:00"), "t9004": ascii_text("2018:03:04 05:06:07")},
            "2018-03-04T05:06:07",
        ),
        (
            {"t9003": ascii_text("    :  :     :  :  "), "t9004": ascii_text("2018:03:04 05:06:07")},
            "2018-03-04T05:06:07",
        ),
        ({"t9003": ascii_text("2024:05:17 18:30:15")}, "2024-05-17T18:30:15"),
        ({"t9003": ascii_text("2024:05:17 18:30:15"), "t9011": ascii_text("   :  ")}, "2024-05-17T18:30:15"),
        ({"t9003": ascii_text("2024:05:17 18:30:15"), "t9011": ascii_text("+02:00; DROP")}, "2024-05-17T18:30:15"),
        ({"t9003": ascii_text("0000:00:00 00:00:00")}, None),
        ({"t9003": ascii_text("    :  :     :  :  ")}, None),
        ({"t9003": ascii_text("yesterday")}, None),
        ({}, None),
    ],
    ids=[
        "offset",
        "edit's offset",
        "digitized",
        "zeros first",
        "blanks first",
        "no offset",
        "blank offset",
        "absurd offset",
        "zeros",
        "blank",
        "text",
        "absent",
    ],
)
def test_the_moment_is_local_time_with_an_offset_where_it_is_known(
    entries: dict[str, Value], expected: str | None
) -> None:
    """Cameras without a clock write zeros or blanks."""
    assert expected == read_exif(photo(**entries)).taken_at


def test_the_moment_of_the_last_edit_is_not_that_of_the_photo() -> None:
    """Tag 0x0132 (DateTime): a scan of 2018 that was edited in 2024 is not of 2024."""
    assert read_exif(tiff(Directory({0x0132: ascii_text("2024:05:17 18:30:15")}))).taken_at is None


def test_xmp_tells_the_moment_where_exif_does_not() -> None:
    """After both dates of EXIF."""
    packet = xmp_packet(b'exif:DateTimeOriginal="2017-01-02T03:04:05+06:00"')

    assert "2017-01-02T03:04:05+06:00" == read_exif(photo(t9003=ascii_text("    ")), xmp=packet).taken_at
    assert "2018-03-04T05:06:07" == read_exif(photo(t9004=ascii_text("2018:03:04 05:06:07")), xmp=packet).taken_at


def test_credit_comes_from_exif_then_xmp_then_iptc() -> None:
    """The first that says something, in UTF-8, for artist and copyright on their own."""
    packet = xmp_packet(b"", "<dc:creator><rdf:Seq><rdf:li>Zoë</rdf:li></rdf:Seq></dc:creator>".encode())
    iptc = iim((2, 80, b"Iptc"), (2, 116, "© Müller".encode("cp1252")))

    assert Credit(b"Artist", "© Müller".encode()) == read_exif(exif(artist="Artist"), xmp=packet, iptc=iptc).credit
    assert Credit("Zoë".encode(), "© Müller".encode()) == read_exif(exif(artist="  "), xmp=packet, iptc=iptc).credit
    assert Credit(b"Iptc", "© Müller".encode()) == read_exif(None, iptc=iptc).credit


def test_iptc_in_utf_8_says_so() -> None:
    """Data set 1:90; several by-lines are all named."""
    iptc = iim((1, 90, b"\x1b%G"), (2, 80, "Zoë".encode()), (2, 80, b"B"))

    assert Credit("Zoë; B".encode()) == read_exif(None, iptc=iptc).credit


@pytest.mark.parametrize("tag", [0x83BB, 0x8649])
@pytest.mark.parametrize("packed", [False, True])
def test_a_tiff_keeps_credit_in_tags_of_its_own(tag: int, *, packed: bool) -> None:
    """XMP in 700; IPTC in 33723, also as numbers of 32 bit, or inside Photoshop's resources in 34377."""
    sets = iim((2, 116, b"(c) Iptc"))
    content = resource(0x0404, sets) if tag == 0x8649 else sets
    content += bytes(-len(content) % 4)
    value = long(*struct.unpack(f"<{len(content) // 4}I", content)) if packed else undefined(content)

    assert Credit(b"", b"(c) Iptc") == read_exif(tiff(Directory({tag: value}))).credit
    packet = xmp_packet(b"", b"<dc:creator><rdf:Seq><rdf:li>X</rdf:li></rdf:Seq></dc:creator>")
    assert Credit(b"X") == read_exif(tiff(Directory({700: byte(*packet)}))).credit


def test_latin_1_in_exif_becomes_utf_8() -> None:
    """Older editors wrote the system's encoding."""
    block = tiff(Directory({0x013B: undefined("Müller".encode("cp1252"))}))

    assert Credit("Müller".encode()) == read_exif(block).credit


def test_an_editor_alone_is_credited() -> None:
    """Photographer and editor are parted by NUL: a blank photographer leaves the editor's notice."""
    assert Credit(b"", b"Editor") == read_exif(exif(copyright_notice=" \0Editor")).credit


def test_a_directory_that_counts_more_entries_than_it_has_is_read_as_far_as_it_goes() -> None:
    """ImageMagick, Pillow and libvips turn such photos too."""
    block = bytearray(exif(orientation=6, camera=False))
    block[8:10] = (900).to_bytes(2, "little")

    assert 6 == read_exif(bytes(block)).orientation


def test_the_credit_is_utf_8() -> None:
    """ASCII by the standard, UTF-8 in practice; photographer and editor are parted by NUL, the first counts."""
    block = exif(artist="Zoë", copyright_notice="© 2024 Zoë\0Editor")

    assert Credit("Zoë".encode(), "© 2024 Zoë".encode()) == read_exif(block).credit


def test_adobe_rgb_is_told_by_its_interoperability_index() -> None:
    """DCF: "R03" means Adobe RGB, "R98" sRGB."""
    adobe = photo(ta005=Directory({1: ascii_text("R03")}))
    srgb = photo(ta005=Directory({1: ascii_text("R98")}))

    assert (True, False, False) == tuple(read_exif(block).is_adobe_rgb for block in (adobe, srgb, exif()))


def test_a_whole_tiff_or_raw_can_be_read_in_place() -> None:
    """Its first directory is that of the photo."""
    facts = read_exif(memoryview(dng(orientation=8)))

    assert (8, "DW-1", 400) == (facts.orientation, facts.camera.model, facts.camera.iso)


@pytest.mark.parametrize(
    "block", [None, b"", b"II", b"no TIFF", b"II*\0", b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\0\1"]
)
def test_what_cannot_be_read_is_absent(block: bytes | None) -> None:
    """A photo with a broken EXIF block is a good photo."""
    assert NO_EXIF == read_exif(block)
    assert (1, CameraFacts(), None, Credit()) == (
        read_exif(block).orientation,
        read_exif(block).camera,
        read_exif(block).taken_at,
        read_exif(block).credit,
    )


def test_a_block_that_would_take_too_much_memory_is_absent() -> None:
    """Entries can share bytes: 64 kB of EXIF could claim gigabytes."""
    assert NO_EXIF == read_exif(tiff_of_shared_values(300, 60_000))
