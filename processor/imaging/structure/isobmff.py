"""Walk the boxes of HEIF, AVIF and CR3: the primary image's claims and whether its data is all there.

ISO/IEC 14496-12 (boxes), ISO/IEC 23008-12 (HEIF items and properties).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from struct import unpack_from
from typing import Literal

from processor.errors import PhotoError, Verdict
from processor.imaging.structure.av1 import read_sequence
from processor.imaging.structure.header import Header, corrupt, refuse_zero_tail, size_lie, truncated, unsupported
from processor.imaging.structure.turns import orientation_of

MAX_BOXES = 4_096
MAX_TILES = 1_024
"""Grid tiles of one picture: a 200 MP photo in tiles of 512 px has about 800."""
MAX_PICTURES = 256
"""Pictures that are no tile (bursts, auxiliary images)."""
MAX_EXTENTS = 65_536
"""Pieces that all items together lie in: an ``iloc`` whose fields have no width claims any number in a few bytes."""
CODECS: dict[bytes, Literal["heic", "avif"]] = {b"hvc1": "heic", b"hev1": "heic", b"av01": "avif"}
DERIVED = {b"grid", b"iden", b"iovl"}


@dataclass(frozen=True, slots=True)
class _Extent:
    """The place of some bytes of an item: in the file, or in the ``idat`` box."""

    method: int
    offset: int
    length: int


@dataclass(slots=True)
class _Meta:
    """The contents of the ``meta`` box."""

    primary: int | None = None
    types: dict[int, bytes] = field(default_factory=dict[int, bytes])
    extents: dict[int, list[_Extent]] = field(default_factory=dict[int, list[_Extent]])
    properties: list[tuple[bytes, memoryview]] = field(default_factory=list[tuple[bytes, memoryview]])
    owned: dict[int, list[int]] = field(default_factory=dict[int, list[int]])
    tiles: dict[int, list[int]] = field(default_factory=dict[int, list[int]])


def walk_heif(data: memoryview) -> Header:
    """Read the primary picture's format, size (px, before rotation) and colour; its bytes must lie inside the file."""
    film = False
    for kind, body in boxes(data):
        if kind == b"meta":
            return _header(data, _read_meta(body[4:]))
        film = film or kind == b"moov"
    if film:
        raise unsupported("a HEIF image sequence without a still picture")
    raise truncated("the HEIF file has no description of its pictures")


def walk_cr3(data: memoryview) -> Header:
    """Check that every top-level box of a Canon CR3 is whole; only LibRaw knows its size."""
    if b"moov" not in [kind for kind, _ in boxes(data)]:
        raise corrupt("the CR3 file has no description of its picture")
    return Header(format="raw", width=0, height=0)


def boxes(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Yield each box's type and body; one that runs past the end raises TRUNCATED."""
    position = 0
    for _ in range(MAX_BOXES):
        if position + 8 > len(data):
            return
        size, kind = unpack_from(">I4s", data, position)
        header = 8
        if size == 1:
            (size,), header = unpack_from(">Q", data, position + 8), 16
        elif size == 0:
            size = len(data) - position
        if size < header:
            if kind == b"\0\0\0\0":
                return  # zero padding behind the last box
            raise corrupt("a box is shorter than its own header")
        if position + size > len(data):
            raise truncated(f"a part of it needs {position + size - len(data):,} bytes more than there are")
        yield kind, data[position + header : position + size]
        position += size
    raise corrupt(f"it has more than {MAX_BOXES:,} boxes")


def _read_meta(body: memoryview) -> _Meta:
    meta = _Meta()
    for kind, inner in boxes(body):
        if kind == b"pitm":
            (meta.primary,) = unpack_from(">I", inner, 4) if inner[0] else unpack_from(">H", inner, 4)
        elif kind == b"iinf":
            meta.types = _item_types(inner)
        elif kind == b"iloc":
            meta.extents = _item_extents(inner)
        elif kind == b"iref":
            meta.tiles = _tiles(inner)
        elif kind == b"iprp":
            for sub_kind, sub in boxes(inner):
                if sub_kind == b"ipco":
                    meta.properties = list(boxes(sub))
                elif sub_kind == b"ipma":
                    meta.owned.update(_associations(sub))
    return meta


def _header(data: memoryview, meta: _Meta) -> Header:
    primary = meta.primary
    if primary is None or primary not in meta.types:
        raise corrupt("the HEIF file names no primary picture")
    tiles = meta.tiles.get(primary, []) if meta.types[primary] in DERIVED else []
    codec = meta.types[tiles[0]] if tiles and tiles[0] in meta.types else meta.types[primary]
    if codec not in CODECS:
        raise PhotoError(
            Verdict.UNSUPPORTED_FORMAT,
            f"This kind of HEIF is not supported: expected HEVC or AV1 inside, received {codec.decode('latin-1')!r}.",
        )
    _bound_pictures(meta, tiles)
    for item in tiles or [primary]:
        _check_extents(data, meta.extents.get(item, []))
    claims = _claims(meta, primary)
    sizes = [unpack_from(">II", body, 4) for kind, body in claims if kind == b"ispe"]
    if not sizes or 0 in sizes[0]:
        raise corrupt("the HEIF's primary picture has no size")
    width, height = sizes[0]
    header = Header(
        format=CODECS[codec],
        width=width,
        height=height,
        turned=orientation_of(claims),
        nclx=_nclx(claims) or (_nclx(_claims(meta, tiles[0])) if tiles else None),
    )
    if header.format == "avif" and not tiles:
        _check_size(data, header, meta.extents.get(primary, []))
    return header


def _claims(meta: _Meta, item: int) -> list[tuple[bytes, memoryview]]:
    """Return the properties of *item*."""
    return [meta.properties[index] for index in meta.owned.get(item, []) if index < len(meta.properties)]


def _nclx(claims: list[tuple[bytes, memoryview]]) -> tuple[int, int, int] | None:
    """Return the colour code points; Canon and Sony write them on the tiles of a grid only."""
    found = (unpack_from(">HHH", body, 4) for kind, body in claims if kind == b"colr" and bytes(body[:4]) == b"nclx")
    return next(found, None)


def _check_size(data: memoryview, header: Header, extents: list[_Extent]) -> None:
    """Hold an AVIF's claim against its coded data: decoders would stretch the picture to what is claimed."""
    place = next((extent for extent in extents if extent.method == 0), None)
    sequence = read_sequence(data[place.offset : place.offset + place.length]) if place else None
    if sequence is None:
        return
    equal = (header.width, header.height) == (sequence.width, sequence.height)
    within = header.width <= sequence.width and header.height <= sequence.height
    if not (equal if sequence.still else within):
        raise size_lie(header, sequence.width, sequence.height)


def _bound_pictures(meta: _Meta, tiles: list[int]) -> None:
    coded = sum(kind in CODECS for kind in meta.types.values())
    pictures = coded - len({tile for group in meta.tiles.values() for tile in group})
    if len(tiles) > MAX_TILES or pictures > MAX_PICTURES:
        raise PhotoError(
            Verdict.TOO_MANY_FRAMES,
            f"The HEIF file holds too many pictures: expected at most {MAX_PICTURES} (of at most {MAX_TILES:,} tiles), "
            f"received {coded:,}.",
        )


def _check_extents(data: memoryview, extents: list[_Extent]) -> None:
    for extent in extents:
        if extent.method != 0:
            continue  # inside the meta box, which is whole
        end = extent.offset + extent.length
        if end > len(data):
            raise truncated(f"its picture needs {end:,} bytes and the file has {len(data):,}")
        refuse_zero_tail(data[extent.offset : end], "its picture")


def _item_types(body: memoryview) -> dict[int, bytes]:
    """Read ``iinf``: item number → four-letter type."""
    types: dict[int, bytes] = {}
    for kind, entry in boxes(body[6:] if body[0] == 0 else body[8:]):
        version = entry[0]
        if kind == b"infe" and version in {2, 3}:
            number, at = (unpack_from(">H", entry, 4)[0], 8) if version == 2 else (unpack_from(">I", entry, 4)[0], 10)  # noqa: PLR2004
            types[number] = bytes(entry[at : at + 4])
    return types


def _item_extents(body: memoryview) -> dict[int, list[_Extent]]:
    """Read ``iloc``: item number → where its bytes lie. Field widths are 0, 4 or 8 bytes, as its head says."""
    version, (sizes,) = body[0], unpack_from(">H", body, 4)
    offset_width, length_width, base_width = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_width = sizes & 15 if version else 0
    wide = 4 if version == 2 else 2  # noqa: PLR2004
    count, at = _number(body, 6, wide)
    found: dict[int, list[_Extent]] = {}
    left = MAX_EXTENTS
    for _ in range(count):
        item, at = _number(body, at, wide)
        method, at = _number(body, at, 2) if version else (0, at)
        _, at = _number(body, at, 2)
        base, at = _number(body, at, base_width)
        extents, at = _number(body, at, 2)
        left -= extents
        if left < 0:
            raise corrupt(f"its pictures lie in more than {MAX_EXTENTS:,} pieces")
        places: list[_Extent] = []
        for _ in range(extents):
            at += index_width
            offset, at = _number(body, at, offset_width)
            length, at = _number(body, at, length_width)
            places.append(_Extent(method & 15, base + offset, length))
        found[item] = places
    return found


def _tiles(body: memoryview) -> dict[int, list[int]]:
    """Read ``iref``: derived picture → the pictures it is made of (``dimg``)."""
    wide, tiles = 4 if body[0] else 2, dict[int, list[int]]()
    for kind, entry in boxes(body[4:]):
        if kind == b"dimg":
            item, at = _number(entry, 0, wide)
            count, at = _number(entry, at, 2)
            tiles[item] = [_number(entry, at + wide * i, wide)[0] for i in range(count)]
    return tiles


def _associations(body: memoryview) -> dict[int, list[int]]:
    """Read ``ipma``: item number → its properties' indexes, from 0."""
    version, flags = body[0], body[3]
    (count,), at = unpack_from(">I", body, 4), 8
    owned: dict[int, list[int]] = {}
    for _ in range(count):
        item, at = _number(body, at, 4 if version else 2)
        total, at = _number(body, at, 1)
        indexes: list[int] = []
        for _ in range(total):
            value, at = _number(body, at, 2 if flags & 1 else 1)
            indexes.append((value & (0x7FFF if flags & 1 else 0x7F)) - 1)
        owned[item] = [index for index in indexes if index >= 0]
    return owned


def _number(data: memoryview, at: int, width: int) -> tuple[int, int]:
    """Read an unsigned big-endian number of *width* bytes; return it and the position behind it."""
    if at + width > len(data):
        raise corrupt("a table runs past its end")
    return int.from_bytes(data[at : at + width], "big"), at + width
