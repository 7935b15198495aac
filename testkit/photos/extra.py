"""Build files that no encoder at hand writes: bare HEIF, CR3 and RAF structures, old-style TIFF, stored turned."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pyvips
from PIL import Image

from testkit.photos.exif import exif
from testkit.photos.heif import heic
from testkit.photos.ifd import HEADER, Blob, Directory, Value, long, short, tiff
from testkit.photos.jpeg import jpeg
from testkit.photos.raw import dng
from testkit.photos.scene import Pixels, scene, stored

Turnable = Literal["jpeg", "png", "webp", "tiff", "heic", "raw"]


def turned(kind: Turnable, orientation: int, upright: Pixels | None = None) -> bytes:
    """Store the scene as a camera held at EXIF *orientation* does, with the mark that its format has for it."""
    picture = scene() if upright is None else upright
    if kind == "jpeg":
        return jpeg(picture, orientation=orientation)
    if kind == "heic":
        return heic(picture, orientation=orientation)
    if kind == "raw":
        return dng(picture, orientation=orientation)
    image, out = Image.fromarray(np.ascontiguousarray(stored(picture, orientation))), io.BytesIO()
    mark: dict[str, Any] = (
        {"tiffinfo": {0x0112: orientation}} if kind == "tiff" else {"exif": b"Exif\0\0" + exif(orientation=orientation)}
    )
    image.save(out, kind.upper(), **({"quality": 98} if kind == "webp" else {}), **mark)
    return out.getvalue()


def cmyk_profile() -> bytes:
    """Return the generic CMYK profile that libvips carries."""
    profile: Any = pyvips.Operation.call("profile_load", "cmyk")
    return bytes(profile)


def old_style_tiff() -> bytes:
    """Encode the scene as TIFF with old-style JPEG (compression 6, tag JPEGInterchangeFormat)."""
    data = jpeg()
    height, width = scene().shape[:2]
    entries: dict[int, Value] = {
        0x0100: long(width),
        0x0101: long(height),
        0x0102: short(8, 8, 8),
        0x0103: short(6),
        0x0106: short(6),
        0x0111: Blob(data),
        0x0115: short(3),
        0x0116: long(height),
        0x0117: long(len(data)),
        0x0201: Blob(data),
        0x0202: long(len(data)),
        0x0212: short(2, 2),
    }
    return tiff(Directory(entries))


def box(kind: bytes, body: bytes) -> bytes:
    """Frame *body* as a box (ISO/IEC 14496-12)."""
    return struct.pack(">I4s", 8 + len(body), kind) + body


def full_box(kind: bytes, body: bytes, *, version: int = 0, flags: int = 0) -> bytes:
    """Frame *body* as a box with version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags) + body)


def infe(item: int, kind: bytes, *, version: int = 2) -> bytes:
    """Describe an item of type *kind*."""
    return full_box(b"infe", struct.pack(">HH" if version == 2 else ">IH", item, 0) + kind + b"\0", version=version)


def ispe(width: int, height: int) -> bytes:
    """Claim a size in px."""
    return full_box(b"ispe", struct.pack(">II", width, height))


def nclx(primaries: int, transfer: int, matrix: int = 1) -> bytes:
    """Name a colour by its code points (ITU-T H.273), full range."""
    return box(b"colr", b"nclx" + struct.pack(">HHHB", primaries, transfer, matrix, 0x80))


def bare_heif(  # noqa: PLR0913 - keyword-only knobs of a factory
    items: Mapping[int, bytes],
    *,
    primary: int | None = 1,
    properties: Sequence[bytes] = (),
    tiles: Mapping[int, Sequence[int]] | None = None,
    iloc: bytes = b"",
    brand: bytes = b"heic",
    wide: bool = False,
) -> bytes:
    """Build the boxes of a HEIF without pixels. *items*: number → type; the primary item owns all *properties*.

    *wide*: item numbers and property indexes in the larger fields that newer box versions have.
    """
    number = ">I" if wide else ">H"
    described = b"".join(infe(item, kind, version=3 if wide else 2) for item, kind in items.items())
    parts = [full_box(b"iinf", struct.pack(number, len(items)) + described, version=int(wide))]
    if primary is not None:
        parts.append(full_box(b"pitm", struct.pack(number, primary), version=int(wide)))
        index = ">H" if wide else ">B"
        owned = b"".join(struct.pack(index, i + 1) for i in range(len(properties)))
        ipma = struct.pack(">I", 1) + struct.pack(number, primary) + struct.pack(">B", len(properties)) + owned
        ipco = box(b"ipco", b"".join(properties))
        parts.append(box(b"iprp", ipco + full_box(b"ipma", ipma, version=int(wide), flags=int(wide))))
    if tiles:
        references = b"".join(
            box(
                b"dimg", struct.pack(number, item) + struct.pack(f">H{len(made_of)}{number[1]}", len(made_of), *made_of)
            )
            for item, made_of in tiles.items()
        )
        parts.append(full_box(b"iref", references, version=int(wide)))
    ftyp = box(b"ftyp", brand + bytes(4) + b"mif1" + brand)
    return ftyp + full_box(b"meta", b"".join(parts) + iloc)


def iloc_of(item: int, offset: int, length: int, *, version: int = 1, method: int = 0) -> bytes:
    """Say where one item's bytes lie: 4-byte offsets and lengths; *method* 1 counts from the ``idat`` box."""
    number = ">I" if version == 2 else ">H"
    head = struct.pack(">H", 0x4400) + struct.pack(number, 1) + struct.pack(number, item)
    construction = struct.pack(">H", method) if version else b""
    return full_box(b"iloc", head + construction + struct.pack(">HHII", 0, 1, offset, length), version=version)


def iloc_without_width(items: int) -> bytes:
    """Claim 65,535 pieces for each of *items* items, in fields that take no bytes."""
    claims = b"".join(struct.pack(">HHH", item, 0, 65_535) for item in range(items))
    return full_box(b"iloc", struct.pack(">HH", 0, items) + claims)


def cr3(*, moov: bool = True) -> bytes:
    """Build the top-level boxes of a Canon CR3."""
    described = box(b"moov", bytes(64)) if moov else b""
    return box(b"ftyp", b"crx " + bytes(4) + b"crx isom") + described + box(b"mdat", bytes(128))


def raf(*, pixels_bytes: int = 256) -> bytes:
    """Build the head of a Fujifilm RAF whose pixels, as it says, take *pixels_bytes*; 256 bytes follow."""
    places = struct.pack(">6I", 108, 16, 108, 16, 108, pixels_bytes)
    return b"FUJIFILMCCD-RAW 0201".ljust(84, b"\0") + places + bytes(256)


def tiff_of_shared_values(entries: int, region_bytes: int) -> bytes:
    """Let *entries* tags name the same *region_bytes* numbers."""
    table = b"".join(struct.pack("<HHII", tag, 1, region_bytes, len(HEADER)) for tag in range(entries))
    return HEADER + struct.pack("<H", entries) + table + bytes(4 + region_bytes)


def tiff_of_sub_directories(count: int) -> bytes:
    """Add *count* empty sub-directories to the only page."""
    start = len(HEADER) + 2 + 12 + 4
    offsets = [start + 4 * count + 6 * i for i in range(count)]
    table = struct.pack("<HHHII", 1, 0x014A, 4, count, start) + bytes(4)
    return HEADER + table + struct.pack(f"<{count}I", *offsets) + bytes(6 * count)
