"""Write EXIF blocks and XMP packets as cameras do: facts to keep, and secrets that must never leave."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from tests.factories.photos.ifd import Blob, Directory, Field, Value, ascii_text, byte, rational, short, tiff, undefined

# Each of these stands somewhere in a file made with ``private=True``; none may stand in a rendition.
SERIAL = "SERIAL-4711"
MAKER_NOTE = b"MAKERNOTE-4712"
OWNER = "Owner O. Camera"
COMMENT = b"COMMENT-4713"
SOFTWARE = "Phone OS 4714"
XMP_PLACE = b"XMP-PLACE-4715"
SECRETS: tuple[bytes, ...] = (SERIAL.encode(), MAKER_NOTE, OWNER.encode(), COMMENT, SOFTWARE.encode(), XMP_PLACE)

CAMERA: Mapping[int, Value] = {0x010F: ascii_text("Darkroom Works"), 0x0110: ascii_text("DW-1")}
SHOT: Mapping[int, Value] = {
    0x829A: rational(1 / 250, over=1_000_000),  # ExposureTime, s
    0x829D: rational(2.8),  # FNumber
    0x8827: short(400),  # PhotographicSensitivity
    0x9003: ascii_text("2024:05:17 18:30:15"),  # DateTimeOriginal
    0x9011: ascii_text("+02:00"),  # OffsetTimeOriginal
    0x9291: ascii_text("250"),  # SubSecTimeOriginal
    0x920A: rational(85),  # FocalLength, mm
    0xA434: ascii_text("DW 85mm F1.8"),  # LensModel
}
PRIVATE_SHOT: Mapping[int, Value] = {
    0x927C: undefined(MAKER_NOTE * 8),
    0x9286: undefined(b"ASCII\0\0\0" + COMMENT),  # UserComment
    0xA430: ascii_text(OWNER),
    0xA431: ascii_text(SERIAL),
    0xA435: ascii_text(SERIAL),  # LensSerialNumber
}
# 48°51'30" N, 2°17'40" E
GPS: Mapping[int, Value] = {
    0: byte(2, 3, 0, 0),
    1: ascii_text("N"),
    2: rational(48, 51, 30),
    3: ascii_text("E"),
    4: rational(2, 17, 40),
}


def exif(  # noqa: PLR0913 - keyword-only knobs of a factory
    *,
    orientation: int | Field | None = None,
    camera: bool = True,
    private: bool = False,
    artist: str | None = None,
    copyright_notice: str | None = None,
    thumbnail: bytes | None = None,
) -> bytes:
    """Build an EXIF block: a TIFF without the prefix that JPEG puts before it.

    *orientation* as a Field allows what no camera should write. *private* adds GPS, serial numbers,
    owner, maker note, user comment and software. *thumbnail* is a JPEG for IFD1.
    """
    first: dict[int, Value] = dict(CAMERA) if camera else {}
    shot: dict[int, Value] = dict(SHOT) if camera else {}
    if orientation is not None:
        first[0x0112] = short(orientation) if isinstance(orientation, int) else orientation
    if artist is not None:
        first[0x013B] = ascii_text(artist)
    if copyright_notice is not None:
        first[0x8298] = ascii_text(copyright_notice)
    if private:
        shot |= PRIVATE_SHOT
        first |= {0x0131: ascii_text(SOFTWARE), 0x8825: Directory(GPS)}
    if shot:
        first[0x8769] = Directory(shot)
    return tiff(Directory(first, following=_thumbnail_directory(thumbnail)))


def xmp(place: bytes = XMP_PLACE) -> bytes:
    """Build an XMP packet that holds a place and GPS coordinates."""
    return (
        b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" '
        b'xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/" '
        b'exif:GPSLatitude="48,51.5N" exif:GPSLongitude="2,17.6E" '
        b'Iptc4xmpCore:Location="' + place + b'"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )


def xmp_packet(attributes: bytes = b"", elements: bytes = b"") -> bytes:
    """Build an XMP packet of one description."""
    names = {
        b"rdf": b"http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        b"exif": b"http://ns.adobe.com/exif/1.0/",
        b"xmp": b"http://ns.adobe.com/xap/1.0/",
        b"photoshop": b"http://ns.adobe.com/photoshop/1.0/",
        b"dc": b"http://purl.org/dc/elements/1.1/",
        b"x": b"adobe:ns:meta/",
    }
    spaces = b" ".join(b'xmlns:%s="%s"' % pair for pair in names.items())
    body = b'<rdf:RDF><rdf:Description rdf:about="" %s>%s</rdf:Description></rdf:RDF>' % (attributes, elements)
    return b"<x:xmpmeta " + spaces + b">" + body + b"</x:xmpmeta>"


def iim(*data_sets: tuple[int, int, bytes]) -> bytes:
    """Build IPTC data sets (IPTC-IIM 4.2): record, number, text."""
    return b"".join(
        b"\x1c" + struct.pack(">BBH", record, number, len(text)) + text for record, number, text in data_sets
    )


def resource(kind: int, content: bytes) -> bytes:
    """Frame *content* as one of Photoshop's image resources, behind another one."""

    def framed(number: int, body: bytes) -> bytes:
        return b"8BIM" + struct.pack(">HHI", number, 0, len(body)) + body + b"\0" * (len(body) % 2)

    return framed(0x03ED, bytes(15)) + framed(kind, content)


def _thumbnail_directory(thumbnail: bytes | None) -> Directory | None:
    if thumbnail is None:
        return None
    size = Field(type=4, count=1, data=len(thumbnail).to_bytes(4, "little"))
    return Directory({0x0103: short(6), 0x0201: Blob(thumbnail), 0x0202: size})
