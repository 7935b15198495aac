"""Encode HEIC files by x265 and AVIF files by Pillow's encoder."""

from __future__ import annotations

import io
from struct import pack, unpack_from
from typing import Any, Literal

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image

from testkit.photos.exif import exif
from testkit.photos.raster import transparent_scene
from testkit.photos.scene import Pixels, scene, stored

# x265's effort: the others take three times as long for files that are a tenth smaller.
QUICKLY = {"preset": "ultrafast"}


def heic(  # noqa: PLR0913 - keyword-only knobs of a factory
    upright: Pixels | None = None,
    *,
    orientation: int = 1,
    exif_block: bytes | None = None,
    icc: bytes | None = None,
    quality: int = 95,
    chroma: Literal[420, 444] = 444,
) -> bytes:
    """Encode the scene, or *upright* pixels.

    *orientation* other than 1 is written twice, as a phone does: as ``irot``/``imir`` properties, which
    count, and in EXIF, which a HEIF reader must ignore (ISO/IEC 23008-12: transformative properties).
    An *exif_block* of one's own must name the same orientation: the encoder reads it there.
    """
    pixels = np.ascontiguousarray(stored(scene() if upright is None else upright, orientation))
    block = exif(orientation=orientation) if exif_block is None else exif_block
    return _heif(Image.fromarray(pixels), quality=quality, exif=b"Exif\0\0" + block, icc_profile=icc, chroma=chroma)


def transparent_heic() -> bytes:
    """Encode the scene with an alpha plane that hides its right half."""
    return _heif(transparent_scene(), quality=95, chroma=444)


def grey_heic(bits: Literal[8, 10, 12]) -> bytes:
    """Encode the scene's luma as monochrome of *bits* bits."""
    luma = np.asarray(Image.fromarray(scene()).convert("L"))
    samples = luma if bits == 8 else luma.astype(np.uint16) * 257
    default = pillow_heif.options.SAVE_HDR_TO_12_BIT
    pillow_heif.options.SAVE_HDR_TO_12_BIT = bits == 12
    try:
        return _raw_heif("L" if bits == 8 else "I;16", samples)
    finally:
        pillow_heif.options.SAVE_HDR_TO_12_BIT = default


def half_transparent_heic(*, premultiplied: bool) -> bytes:
    """Encode the scene at 50 % opacity; *premultiplied* as Apple does, with a ``prem`` reference."""
    pixels = scene() // 2 if premultiplied else scene()
    samples = np.dstack([pixels, np.full(pixels.shape[:2], 128, np.uint8)])
    return _raw_heif("RGBa" if premultiplied else "RGBA", samples, chroma=444)


def pq_grid(*, colour_on: Literal["grid", "tiles"]) -> bytes:
    """Encode the scene as BT.2020 PQ in tiles; the colour's ``nclx`` belongs to the grid, or to its tiles alone."""
    code_points = {"color_primaries": 9, "transfer_characteristics": 16, "matrix_coefficients": 9}
    tiles = _raw_heif("RGB", bt2020_pq(scene()), chroma=444, tile_size=256, **code_points)
    return tiles if colour_on == "grid" else without_property(tiles, 1, b"colr")


def bt2020_pq(pixels: Pixels) -> Pixels:
    """Encode sRGB *pixels* as BT.2020 primaries (BT.2087) and the PQ curve (ST 2084), white at 203 cd/m² (BT.2408)."""
    levels = pixels / 255
    linear = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    wide = linear @ np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]]).T
    power = (wide * 203 / 10_000) ** 0.1593017578125
    return (255 * ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375).round().astype(np.uint8)


def avif(pixels: Pixels | None = None, *, transparent: bool = False, icc: bytes | None = None) -> bytes:
    """Encode the scene, or *pixels*, as AVIF."""
    picture = transparent_scene() if transparent else Image.fromarray(scene() if pixels is None else pixels)
    out = io.BytesIO()
    picture.save(out, "AVIF", quality=95, icc_profile=icc)
    return out.getvalue()


def without_property(data: bytes, item: int, kind: bytes) -> bytes:
    """Let *item*'s association with its property *kind* name its first other property once more instead."""
    out, properties = bytearray(data), data.index(b"ipco")
    kinds, at = list[bytes](), properties + 4
    while at < properties - 4 + int.from_bytes(data[properties - 4 : properties], "big"):
        kinds.append(data[at + 4 : at + 8])
        at += int.from_bytes(data[at : at + 4], "big")
    entry = data.index(item.to_bytes(2, "big"), data.index(b"ipma") + 12)
    places = range(entry + 3, entry + 3 + data[entry + 2])
    other = next(data[place] for place in places if kinds[(data[place] & 0x7F) - 1] != kind)
    for place in places:
        if kinds[(data[place] & 0x7F) - 1] == kind:
            out[place] = other
    return bytes(out)


def _raw_heif(mode: str, samples: NDArray[np.uint8] | NDArray[np.uint16], **options: Any) -> bytes:
    height, width = samples.shape[:2]
    out = io.BytesIO()
    file: Any = pillow_heif.from_bytes(mode=mode, size=(width, height), data=samples.tobytes())
    file.save(out, quality=95, enc_params=QUICKLY, **options)
    return out.getvalue()


def _heif(picture: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    file: Any = pillow_heif.from_pillow(picture)  # its annotations are incomplete
    file.save(out, enc_params=QUICKLY, **{name: value for name, value in options.items() if value is not None})
    return out.getvalue()


def huge_grid(columns: int, rows: int, tile: Pixels) -> bytes:
    """Build a HEIC grid (ISO 23008-12, 6.6.2.3) whose tiles all share the coded data of one *tile*."""
    coded = _raw_heif("RGB", tile, chroma=420)
    config, data = _box_at(coded, b"hvcC"), _item_data(coded)
    height, width = tile.shape[:2]
    count, grid = columns * rows, bytes((0, 1, rows - 1, columns - 1)) + pack(">II", columns * width, rows * height)
    items = range(2, 2 + count)
    info = _box(b"infe", pack(">IHH4sx", 2 << 24, 1, 0, b"grid"))
    info += b"".join(_box(b"infe", pack(">IHH4sx", 2 << 24, item, 0, b"hvc1")) for item in items)
    sizes = [_box(b"ispe", pack(">III", 0, *size)) for size in ((columns * width, rows * height), (width, height))]
    owned = pack(">HBB", 1, 1, 0x80 | 1) + b"".join(pack(">HBBB", item, 2, 2, 0x80 | 3) for item in items)
    properties = _box(b"ipco", sizes[0] + sizes[1] + config) + _box(b"ipma", pack(">II", 0, count + 1) + owned)
    links = _box(b"dimg", pack(">HH", 1, count) + pack(f">{count}H", *items))

    def meta(at: int) -> bytes:
        places = pack(">HHHII", 1, 0, 1, at, len(grid))
        places += b"".join(pack(">HHHII", item, 0, 1, at + len(grid), len(data)) for item in items)
        return _box(
            b"meta",
            pack(">I", 0)
            + _box(b"hdlr", pack(">II4s12xx", 0, 0, b"pict"))
            + _box(b"pitm", pack(">IH", 0, 1))
            + _box(b"iloc", pack(">IBBH", 0, 0x44, 0, count + 1) + places)
            + _box(b"iinf", pack(">IH", 0, count + 1) + info)
            + _box(b"iref", pack(">I", 0) + links)
            + _box(b"iprp", properties),
        )

    head = _box(b"ftyp", b"heic" + pack(">I", 0) + b"mif1heic")
    return head + meta(len(head) + len(meta(0)) + 8) + _box(b"mdat", grid + data)


def _box(kind: bytes, content: bytes) -> bytes:
    return pack(">I", 8 + len(content)) + kind + content


def _box_at(data: bytes, kind: bytes) -> bytes:
    """Return the first box of *kind*, with its head."""
    at = data.index(kind) - 4
    return data[at : at + unpack_from(">I", data, at)[0]]


def _item_data(data: bytes) -> bytes:
    """Return the coded data of a file with one item."""
    return _box_at(data, b"mdat")[8:]
