"""Build small hostile files: bombs, false claims, loops and files that are no photos.

Damaged forms of good photos come from ``jpeg.cut`` and ``jpeg.zero_tailed``.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from testkit.photos.ifd import HEADER, Blob, Directory, Value, long, short, tiff
from testkit.photos.jpeg import APP1, APP2, jpeg, with_segment
from testkit.photos.raster import animated_gif, png

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_SIGNATURE_AND_IHDR_BYTES = 33
SOS = b"\xff\xda"


def not_photos() -> Mapping[str, bytes]:
    """Build files of other kinds, by the name that a hostile upload would give them."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("photo.jpg", "no photo")
    return {
        "archive.jpg": archive.getvalue(),
        "page.jpg": b"<!DOCTYPE html><html><script>alert(1)</script></html>",
        "paper.jpg": b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
        "drawing.png": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>',
        "program.png": b"\x7fELF\x02\x01\x01" + bytes(57),
        "postscript.png": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n{} loop\n",
        "film.heic": struct.pack(">I4s4sI4s", 20, b"ftyp", b"isom", 0, b"mp42") + bytes(64),
        "note.jpg": b"hello\n",
        "script.jpg": b"push graphic-context\nfill 'url(https://example.com/x.jpg\"|id\")'\npop graphic-context\n",
    }


def png_header(width: int, height: int, *, bits: int = 8, colour_type: int = 2) -> bytes:
    """Claim *width* x *height* px in IHDR, with only a few bytes of pixels behind it."""
    ihdr = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0)
    return PNG_SIGNATURE + chunk(b"IHDR", ihdr) + chunk(b"IDAT", zlib.compress(bytes(64))) + chunk(b"IEND", b"")


def png_text_bomb(inflated_bytes: int) -> bytes:
    """Hide *inflated_bytes* of zeros in a compressed text chunk of a good PNG."""
    bomb = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(inflated_bytes), 1))
    data = png()
    return data[:PNG_SIGNATURE_AND_IHDR_BYTES] + bomb + data[PNG_SIGNATURE_AND_IHDR_BYTES:]


def png_profile_bomb(inflated_bytes: int) -> bytes:
    """Hide *inflated_bytes* of zeros in the ICC profile of a good PNG."""
    bomb = chunk(b"iCCP", b"bomb\0\0" + zlib.compress(bytes(inflated_bytes), 1))
    data = png()
    return data[:PNG_SIGNATURE_AND_IHDR_BYTES] + bomb + data[PNG_SIGNATURE_AND_IHDR_BYTES:]


def jpeg_of_many_scans(scans: int) -> bytes:
    """Repeat the last scan of a progressive JPEG until it holds *scans* of them."""
    data = jpeg(progressive=True)
    last = data.rindex(SOS)
    end = data.rindex(b"\xff\xd9")
    return data[:end] + data[last:end] * (scans - data.count(SOS)) + data[end:]


def jpeg_header(width: int, height: int) -> bytes:
    """Claim *width* x *height* px in the frame header of a small JPEG."""
    data = jpeg()
    frame = data.index(b"\xff\xc0") + 5
    return data[:frame] + struct.pack(">HH", height, width) + data[frame + 4 :]


def jpeg_of_many_markers(segments: int, *, payload_bytes: int = 60_000) -> bytes:
    """Put *segments* empty EXIF segments before the picture."""
    data = jpeg()
    padding = struct.pack(">BBH", 0xFF, APP1, payload_bytes + 2) + b"Exif\0\0".ljust(payload_bytes, b"\0")
    return data[:2] + padding * segments + data[2:]


def jpeg_with_broken_profile() -> bytes:
    """Embed an ICC profile of noise: the picture itself is good."""
    return with_segment(jpeg(), APP2, b"ICC_PROFILE\0\1\1" + bytes(range(256)))


def gif_of_many_frames(frames: int) -> bytes:
    """Repeat the last frame of an animation until it holds *frames* of them."""
    data = animated_gif(2)
    last = data.rindex(b"\x21\xf9\x04")
    return data[:-1] + data[last:-1] * (frames - 2) + data[-1:]


def gif_screen(width: int, height: int) -> bytes:
    """Claim a screen of *width* x *height* px behind one frame of 1 x 1 px."""
    screen = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(3) + b"\xff\xff\xff"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return screen + frame + b"\x3b"


def tiff_loop() -> bytes:
    """Chain the only directory of a TIFF to itself."""
    count = struct.pack("<H", 1)
    width = struct.pack("<HHII", 0x0100, 4, 1, 64)
    return HEADER + count + width + struct.pack("<I", len(HEADER))


def tiff_header(width: int, height: int) -> bytes:
    """Claim *width* x *height* px of RGB in a TIFF that holds one byte of them."""
    entries: dict[int, Value] = {
        0x0100: long(width),
        0x0101: long(height),
        0x0102: short(8, 8, 8),
        0x0103: short(1),
        0x0106: short(2),
        0x0111: Blob(b"\0"),
        0x0115: short(3),
        0x0116: long(height),
        0x0117: long(1),
    }
    return tiff(Directory(entries))


def webp_header(width: int, height: int) -> bytes:
    """Claim *width* x *height* px (at most 16,384) in the header of a lossless WebP of nothing."""
    bits = (width - 1) | (height - 1) << 14
    body = b"\x2f" + struct.pack("<I", bits) + bytes(8)
    return b"RIFF" + struct.pack("<I", len(body) + 13) + b"WEBPVP8L" + struct.pack("<I", len(body)) + body + b"\0"


def polyglot() -> bytes:
    """Append a ZIP archive to a good JPEG: still a good photo."""
    return jpeg() + not_photos()["archive.jpg"]


def chunk(kind: bytes, data: bytes) -> bytes:
    """Frame *data* as a PNG chunk with its checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
