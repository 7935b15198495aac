"""Walk a JPEG's markers: dimensions, scans, EXIF, and whether it has its end (ITU-T T.81, annex B)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from struct import unpack_from

from processor.errors import PhotoError, Verdict
from processor.imaging.structure.header import ZERO_TAIL_BYTES, Header, corrupt, truncated

MAX_MARKERS = 4_096
MAX_METADATA_BYTES = 64 << 20
MAX_STRAY_BYTES = 1_024
TAIL_BYTES = 64 << 10
END_MARKER = b"\xff\xd9"

SOI, EOI, SOS, APP1 = 0xD8, 0xD9, 0xDA, 0xE1
STANDALONE = {0x01, *range(0xD0, 0xD8)}  # TEM, RST0-RST7: no length follows
SEQUENTIAL_FRAMES = {0xC0, 0xC1, 0xC9}
DECODABLE_FRAMES = {0xC0, 0xC1, 0xC2, 0xC9, 0xCA}  # baseline, extended, progressive; Huffman or arithmetic
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # SOF0-SOF15 without DHT, JPG, DAC

NEXT_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""In coded data 0xFF is stuffed (FF00) or a restart; anything else ends the scan (T.81, B.1.1.5)."""


@dataclass
class _Walk:
    """What has been seen so far."""

    width: int = 0
    height: int = 0
    components: int = 0
    """How many one scan must hold to be the only one; 0 for progressive frames, which have several."""
    scans: int = 0
    markers: int = 0
    metadata_bytes: int = 0
    exif: bytes | None = None


def walk_jpeg(data: memoryview, *, max_scans: int) -> Header:
    """Read the structure of the primary image; whatever trails it (a motion photo's video) is not looked at."""
    walk, position = _Walk(), 2
    while True:
        marker, position = _next_marker(data, position)
        if marker == EOI:
            break
        walk.markers += 1
        if walk.markers > MAX_MARKERS:
            raise PhotoError(
                Verdict.METADATA_TOO_LARGE,
                f"The JPEG has too many segments: expected at most {MAX_MARKERS:,}, received more.",
            )
        if marker in STANDALONE or marker == SOI:
            continue
        (length,) = unpack_from(">H", data, position)
        end = position + length
        if length < 2:  # noqa: PLR2004 - the length counts its own two bytes
            raise corrupt("a JPEG segment has no length")
        if end > len(data):
            raise truncated("a JPEG segment runs past the end")
        _read_segment(walk, marker, data[position + 2 : end])
        position = end
        if marker == SOS:
            only = data[end - length + 2] == walk.components
            position = (only and _end_of_only_scan(data, end)) or _skip_scan(walk, data, end, max_scans)
    if not walk.scans or not walk.width:
        raise corrupt("the JPEG has no picture between its start and its end")
    return Header(format="jpeg", width=walk.width, height=walk.height, scans=walk.scans, exif=walk.exif)


def _next_marker(data: memoryview, position: int) -> tuple[int, int]:
    """Find the marker at or after *position*, past a few stray bytes as decoders do; return it and what follows."""
    found = NEXT_MARKER.search(data, position)
    if found is not None and found.start() - position > MAX_STRAY_BYTES:
        raise corrupt("something else stands where a JPEG segment should begin")
    if found is None:
        if len(data) > ZERO_TAIL_BYTES and not any(data[-ZERO_TAIL_BYTES:]):
            raise truncated("the end of the JPEG is empty (zeros instead of data)")
        raise truncated("the JPEG has no end marker")
    return data[found.end() - 1], found.end()


def _read_segment(walk: _Walk, marker: int, body: memoryview) -> None:
    if marker in FRAMES:
        _read_frame(walk, marker, body)
    elif marker == SOS:
        walk.scans += 1
    else:
        walk.metadata_bytes += len(body)
        if walk.metadata_bytes > MAX_METADATA_BYTES:
            raise PhotoError(
                Verdict.METADATA_TOO_LARGE,
                f"The JPEG's metadata is too large: expected at most {MAX_METADATA_BYTES:,} bytes, received more.",
            )
        if marker == APP1 and walk.exif is None and bytes(body[:6]) == b"Exif\0\0":
            walk.exif = bytes(body[6:])


def _read_frame(walk: _Walk, marker: int, body: memoryview) -> None:
    if walk.width:
        raise corrupt("the JPEG declares its size twice")
    if marker not in DECODABLE_FRAMES or body[0] != 8:  # noqa: PLR2004 - bits per sample
        raise PhotoError(
            Verdict.UNSUPPORTED_FORMAT,
            f"This kind of JPEG is not supported: expected 8 bit baseline or progressive, received "
            f"{body[0]} bit of kind SOF{marker - 0xC0}.",
        )
    walk.height, walk.width, components = unpack_from(">HHB", body, 1)
    walk.components = components if marker in SEQUENTIAL_FRAMES else 0
    if not walk.width or not walk.height:
        raise corrupt(f"its header says {walk.width} × {walk.height} px")


def _end_of_only_scan(data: memoryview, position: int) -> int:
    """Return where the end marker stands near the file's end, 0 for nowhere.

    Nothing but coded data can stand between, and to look through it takes 2 ms for 9 MB; the decoder does it anyway.
    """
    tail_at = max(position, len(data) - TAIL_BYTES)
    found = bytes(data[tail_at:]).rfind(END_MARKER)
    return 0 if found < 0 else tail_at + found


def _skip_scan(walk: _Walk, data: memoryview, position: int, max_scans: int) -> int:
    """Return where the coded data ends. More scans than *max_scans* cost seconds of CPU each: TOO_MANY_SCANS."""
    if walk.scans > max_scans:
        raise PhotoError(
            Verdict.TOO_MANY_SCANS,
            f"The progressive JPEG has too many scans: expected at most {max_scans}, received more.",
        )
    found = NEXT_MARKER.search(data, position)
    return len(data) if found is None else found.start()
