"""Walk a PNG's chunks: size, frames, checksums, colour, metadata, and its end (W3C PNG, third edition)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from struct import unpack_from
from zlib import crc32

from processor.imaging.structure.header import Header, corrupt, truncated
from processor.imaging.structure.png_text import TEXT, TextBudget

SIGNATURE_BYTES = 8
MAX_CHUNKS = 200_000  # IDATs of 8 KiB in a 100 MP RGBA16 PNG: about 100,000
FIXED_POINT = 100_000
LEAST_GAMMA = 0.1
EXIF_PREFIX = b"Exif\0\0"
CRITICAL = {b"IHDR", b"PLTE", b"IDAT"}


@dataclass(slots=True)
class _PngWalk:
    """State of the walk."""

    width: int = 0
    height: int = 0
    frames: int = 1
    pixel_bytes: int = 0
    exif: bytes | None = None
    cicp: tuple[int, int, int] | None = None
    gamma: float | None = None
    chromaticities: tuple[float, ...] | None = None
    profiled: bool = False
    texts: TextBudget = field(default_factory=TextBudget)


def walk_png(data: memoryview) -> Header:
    """Read the structure; a critical chunk whose checksum is wrong raises CORRUPT."""
    walk = _PngWalk()
    for kind, body in _chunks(data):
        _read_chunk(walk, kind, body)
    if not walk.pixel_bytes or not walk.width or not walk.height:
        raise corrupt(f"the PNG says {walk.width} × {walk.height} px and holds {walk.pixel_bytes:,} bytes of pixels")
    kept = walk.texts.kept
    return Header(
        format="png",
        width=walk.width,
        height=walk.height,
        frames=walk.frames,
        exif=walk.exif or kept.get("exif"),
        xmp=kept.get("xmp"),
        iptc=kept.get("iptc"),
        nclx=walk.cicp,
        gamma=None if walk.profiled or walk.cicp else walk.gamma,
        chromaticities=None if walk.profiled or walk.cicp else walk.chromaticities,
    )


def _chunks(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Yield each chunk's type and body up to the end chunk."""
    position = SIGNATURE_BYTES
    for _ in range(MAX_CHUNKS):
        if position + 8 > len(data):
            raise truncated("the PNG has no end chunk")
        length, kind = unpack_from(">I4s", data, position)
        after = position + 12 + length
        if after > len(data):
            raise truncated("a PNG chunk runs past the end")
        if kind in CRITICAL and crc32(data[position + 4 : after - 4]) != unpack_from(">I", data, after - 4)[0]:
            raise corrupt("the checksum of a PNG chunk is wrong")
        if kind == b"IEND":
            return
        yield kind, data[position + 8 : after - 4]
        position = after
    raise corrupt(f"the PNG has more than {MAX_CHUNKS:,} chunks")


def _read_chunk(walk: _PngWalk, kind: bytes, body: memoryview) -> None:
    if kind == b"IHDR":
        walk.width, walk.height = unpack_from(">II", body)
    elif kind == b"acTL":
        walk.frames = max(1, unpack_from(">I", body)[0])
    elif kind == b"eXIf":
        walk.exif = bytes(body).removeprefix(EXIF_PREFIX)
    elif kind == b"IDAT":
        walk.pixel_bytes += len(body)
    elif kind in TEXT:
        walk.texts.read(kind, body)
    else:
        _read_colour(walk, kind, body)


def _read_colour(walk: _PngWalk, kind: bytes, body: memoryview) -> None:
    """Note the chunks that name the colour; in order of precedence cICP, iCCP, sRGB, gAMA with cHRM (11.3.2)."""
    if kind == b"cICP" and len(body) >= 3:  # noqa: PLR2004 - primaries, transfer, matrix
        walk.cicp = (body[0], body[1], body[2])
    elif kind in {b"iCCP", b"sRGB"}:
        walk.profiled = True
    elif kind == b"gAMA" and len(body) == 4:  # noqa: PLR2004 - one number
        gamma = unpack_from(">I", body)[0] / FIXED_POINT
        walk.gamma = gamma if LEAST_GAMMA <= gamma <= 1 / LEAST_GAMMA else None
    elif kind == b"cHRM" and len(body) == 32:  # noqa: PLR2004 - eight numbers
        values = tuple(value / FIXED_POINT for value in unpack_from(">8I", body))
        walk.chromaticities = values if all(0 < value < 1 for value in values) else None
