"""Find IPTC data sets inside Photoshop's image resource blocks (IPTC-IIM 4.2; Adobe's "8BIM" resources)."""

from __future__ import annotations

from struct import unpack_from

PHOTOSHOP_PREFIX = b"Photoshop 3.0\0"
MARK, IPTC_RESOURCE = b"8BIM", 0x0404
MAX_RESOURCES = 1_000


def data_sets(block: bytes) -> bytes:
    """Return the IPTC data sets of *block* (resources, or already data sets); empty when there are none."""
    rest = block.removeprefix(PHOTOSHOP_PREFIX)
    if not rest.startswith(MARK):
        return rest if rest[:1] == b"\x1c" else b""
    at = 0
    for _ in range(MAX_RESOURCES):
        if rest[at : at + 4] != MARK or at + 12 > len(rest):
            return b""
        name_bytes = (rest[at + 6] | 1) + 1  # a length byte and the name, padded to even
        if at + 6 + name_bytes + 4 > len(rest):
            return b""
        kind, (size,) = unpack_from(">H", rest, at + 4)[0], unpack_from(">I", rest, at + 6 + name_bytes)
        start = at + 6 + name_bytes + 4
        if kind == IPTC_RESOURCE:
            return rest[start : start + size]
        at = start + size + size % 2
    return b""


APPLICATION_RECORD, ENVELOPE_RECORD = 2, 1
BY_LINE, COPYRIGHT_NOTICE = (APPLICATION_RECORD, 80), (APPLICATION_RECORD, 116)
OBJECT_NAME, KEYWORDS, CAPTION = (APPLICATION_RECORD, 5), (APPLICATION_RECORD, 25), (APPLICATION_RECORD, 120)
CHARACTER_SET, UTF_8 = (ENVELOPE_RECORD, 90), b"\x1b%G"
MAX_DATA_SETS = 1_000
EXTENDED = 0x8000


def texts(data: bytes) -> dict[tuple[int, int], list[str]]:
    """Read data sets (IPTC-IIM 4.2, 1.5): (record, number) → texts. Broken ones end the reading."""
    found: dict[tuple[int, int], list[bytes]] = {}
    at = 0
    for _ in range(MAX_DATA_SETS):
        if at + 5 > len(data) or data[at] != 0x1C:  # noqa: PLR2004 - the tag marker
            break
        (size,) = unpack_from(">H", data, at + 3)
        if size & EXTENDED or at + 5 + size > len(data):
            break
        found.setdefault((data[at + 1], data[at + 2]), []).append(data[at + 5 : at + 5 + size])
        at += 5 + size
    utf_8 = found.get(CHARACTER_SET, [b""])[0] == UTF_8
    return {key: [decoded(value, utf_8=utf_8) for value in values] for key, values in found.items()}


def decoded(value: bytes, *, utf_8: bool = False) -> str:
    """Decode a text whose encoding is not certain: UTF-8 where it is said or fits, else Windows' Western European."""
    try:
        return value.decode("utf-8", "replace" if utf_8 else "strict").strip("\0 ")
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace").strip("\0 ")
