"""Walk a PNG's chunks: dimensions, frames, checksums, EXIF, and whether it has its end (W3C PNG, third edition)."""

from __future__ import annotations

from struct import unpack_from
from zlib import crc32

from processor.errors import PhotoError, Verdict
from processor.imaging.structure.header import Header, corrupt, truncated

SIGNATURE_BYTES = 8
MAX_CHUNKS = 200_000  # IDATs of 8 KiB in a 100 MP RGBA16 PNG: about 100,000
MAX_TEXT_CHUNKS = 1_000
CRITICAL = {b"IHDR", b"PLTE", b"IDAT"}
TEXT = {b"tEXt", b"zTXt", b"iTXt"}


def walk_png(data: memoryview) -> Header:
    """Read the structure; a critical chunk whose checksum is wrong raises CORRUPT."""
    position, frames, texts, pixels, exif = SIGNATURE_BYTES, 1, 0, 0, None
    width = height = 0
    for _ in range(MAX_CHUNKS):
        if position + 8 > len(data):
            raise truncated("the PNG has no end chunk")
        length, kind = unpack_from(">I4s", data, position)
        body = data[position + 8 : position + 8 + length]
        after = position + 12 + length
        if after > len(data):
            raise truncated("a PNG chunk runs past the end")
        if kind in CRITICAL and crc32(data[position + 4 : after - 4]) != unpack_from(">I", data, after - 4)[0]:
            raise corrupt("the checksum of a PNG chunk is wrong")
        position = after
        if kind == b"IEND":
            break
        if kind == b"IHDR":
            width, height = unpack_from(">II", body)
        elif kind == b"acTL":
            frames = max(1, unpack_from(">I", body)[0])
        elif kind == b"eXIf":
            exif = bytes(body)
        elif kind == b"IDAT":
            pixels += length
        elif kind in TEXT:
            texts += 1
            _bound_texts(texts)
    else:
        raise corrupt(f"the PNG has more than {MAX_CHUNKS:,} chunks")
    if not pixels or not width or not height:
        raise corrupt(f"the PNG says {width} × {height} px and holds {pixels:,} bytes of pixels")
    return Header(format="png", width=width, height=height, frames=frames, exif=exif)


def _bound_texts(texts: int) -> None:
    """Each text chunk may be a compressed bomb; libpng's own limits hold for a few, not for thousands."""
    if texts > MAX_TEXT_CHUNKS:
        raise PhotoError(
            Verdict.METADATA_TOO_LARGE,
            f"The PNG has too many text chunks: expected at most {MAX_TEXT_CHUNKS:,}, received more.",
        )
