"""Walk a JPEG's markers: dimensions, scans, metadata, and whether it has its end (ITU-T T.81, annex B)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from struct import error as struct_error
from struct import unpack_from

from processor.errors import PhotoError, Verdict
from processor.imaging.structure.header import ZERO_TAIL_BYTES, Header, corrupt, truncated
from processor.imaging.structure.iptc import PHOTOSHOP_PREFIX, data_sets

MAX_MARKERS = 4_096
MAX_METADATA_BYTES = 64 << 20
MAX_STRAY_BYTES = 1_024
END_MARKER = b"\xff\xd9"

XMP_PREFIX = b"http://ns.adobe.com/xap/1.0/\0"

SOI, EOI, SOS, APP1, APP2, APP13 = 0xD8, 0xD9, 0xDA, 0xE1, 0xE2, 0xED
STANDALONE = {0x01, *range(0xD0, 0xD8)}  # TEM, RST0-RST7: no length follows
SEQUENTIAL_FRAMES = {0xC0, 0xC1, 0xC9}
HUFFMAN_SEQUENTIAL = {0xC0, 0xC1}
DECODABLE_FRAMES = {0xC0, 0xC1, 0xC2, 0xC9, 0xCA}  # baseline, extended, progressive; Huffman or arithmetic
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # SOF0-SOF15 without DHT, JPG, DAC
ALL_COEFFICIENTS = (1 << 64) - 1

NEXT_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""In coded data 0xFF is stuffed (FF00) or a restart; anything else ends the scan (T.81, B.1.1.5)."""
ANY_MARKER = re.compile(rb"\xff[^\x00\xff]")


@dataclass
class _JpegWalk:
    """State of the walk. *pending*: component → the coefficients that no scan has completed, as bits."""

    width: int = 0
    height: int = 0
    frame: int = 0
    pending: dict[int, int] = field(default_factory=dict[int, int])
    begun: set[int] = field(default_factory=set[int])
    """The components whose first coefficient, the mean of each block, has been in a scan."""
    scans: int = 0
    scan: tuple[int, int] = (0, 0)
    several_pictures: bool = False
    markers: int = 0
    strays: list[str] = field(default_factory=list[str])
    metadata_bytes: int = 0
    exif: bytes | None = None
    xmp: bytes | None = None
    photoshop: bytes = b""

    @property
    def announced(self) -> bool:
        """True if the scans that began hold the whole picture: a decoder needs nothing behind the last one."""
        return bool(self.scans and self.pending) and not any(self.pending.values())


def walk_jpeg(data: memoryview, *, max_scans: int) -> Header:
    """Read the structure of the primary image; whatever trails it (a motion photo's video) is not looked at.

    A file without its end marker passes as *unfinished* when all scans have begun: its decoder notices lost pixels.
    """
    walk, unfinished = _JpegWalk(), False
    try:
        _read_segments(walk, data, max_scans)
    except (PhotoError, struct_error, IndexError) as error:
        of_end = not isinstance(error, PhotoError) or error.verdict in {Verdict.TRUNCATED, Verdict.CORRUPT}
        if not (of_end and walk.announced) or _ends_in_zeros(data):
            raise
        unfinished = True
    if not walk.scans or not walk.width:
        raise corrupt("the JPEG has no picture between its start and its end")
    if set(walk.pending) - walk.begun:
        raise corrupt("a scan of the JPEG is missing")
    return Header(
        format="jpeg",
        width=walk.width,
        height=walk.height,
        scans=walk.scans,
        exif=walk.exif,
        xmp=walk.xmp,
        iptc=data_sets(walk.photoshop) or None,
        unfinished=unfinished,
        strays=tuple(walk.strays),
        scan=_only_scan(walk, unfinished=unfinished),
    )


def _read_segments(walk: _JpegWalk, data: memoryview, max_scans: int) -> None:
    position = 2
    while True:
        start = position
        marker, position = _next_marker(data, position)
        if position - 2 > start and not walk.scans:
            walk.strays.append(f"{position - 2 - start} extraneous bytes before marker 0x{marker:02x}")
        if marker == EOI:
            return
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
        position = _end_of_scan(walk, data, end, max_scans) if marker == SOS else end


def _next_marker(data: memoryview, position: int) -> tuple[int, int]:
    """Find the marker at or after *position*, past a few stray bytes as decoders do; return it and what follows."""
    found = ANY_MARKER.search(data, position)
    if found is not None and found.start() - position > MAX_STRAY_BYTES:
        raise corrupt("something else stands where a JPEG segment should begin")
    if found is None:
        if _ends_in_zeros(data):
            raise truncated("the end of the JPEG is empty (zeros instead of data)")
        raise truncated("the JPEG has no end marker")
    return data[found.end() - 1], found.end()


def _ends_in_zeros(data: memoryview) -> bool:
    return len(data) > ZERO_TAIL_BYTES and not any(data[-ZERO_TAIL_BYTES:])


def _read_segment(walk: _JpegWalk, marker: int, body: memoryview) -> None:
    if marker in FRAMES:
        _read_frame(walk, marker, body)
    elif marker == SOS:
        _read_scan(walk, body)
    else:
        walk.metadata_bytes += len(body)
        if walk.metadata_bytes > MAX_METADATA_BYTES:
            raise PhotoError(
                Verdict.METADATA_TOO_LARGE,
                f"The JPEG's metadata is too large: expected at most {MAX_METADATA_BYTES:,} bytes, received more.",
            )
        _read_metadata(walk, marker, body)


def _read_metadata(walk: _JpegWalk, marker: int, body: memoryview) -> None:
    if marker == APP1 and walk.exif is None and bytes(body[:6]) == b"Exif\0\0":
        walk.exif = bytes(body[6:])
    elif marker == APP1 and walk.xmp is None and bytes(body[: len(XMP_PREFIX)]) == XMP_PREFIX:
        walk.xmp = bytes(body[len(XMP_PREFIX) :])
    elif marker == APP13 and bytes(body[: len(PHOTOSHOP_PREFIX)]) == PHOTOSHOP_PREFIX:
        walk.photoshop += bytes(body[len(PHOTOSHOP_PREFIX) :])
    elif marker == APP2 and bytes(body[:4]) == b"MPF\0":
        walk.several_pictures = True  # CIPA DC-007: others follow this one's end


def _read_frame(walk: _JpegWalk, marker: int, body: memoryview) -> None:
    if walk.width:
        raise corrupt("the JPEG declares its size twice")
    if marker not in DECODABLE_FRAMES or body[0] != 8:  # noqa: PLR2004 - bits per sample
        raise PhotoError(
            Verdict.UNSUPPORTED_FORMAT,
            f"This kind of JPEG is not supported: expected 8 bit baseline or progressive, received "
            f"{body[0]} bit of kind SOF{marker - 0xC0}.",
        )
    walk.height, walk.width, components = unpack_from(">HHB", body, 1)
    walk.frame = marker
    walk.pending = {body[6 + 3 * number]: ALL_COEFFICIENTS for number in range(components)}
    if not walk.width or not walk.height:
        raise corrupt(f"its header says {walk.width} × {walk.height} px")


def _read_scan(walk: _JpegWalk, body: memoryview) -> None:
    """Note which coefficients the scan completes (T.81, B.2.3 and G.1.1.1)."""
    walk.scans += 1
    components = [body[1 + 2 * number] for number in range(body[0])]
    first, last, approximation = body[1 + 2 * body[0] : 4 + 2 * body[0]]
    if walk.frame in SEQUENTIAL_FRAMES:
        first, last, approximation = 0, 63, 0
    if first == 0 and not approximation >> 4:
        walk.begun.update(components)
    if not approximation & 15:
        completed = ALL_COEFFICIENTS >> (63 - min(last, 63)) & ~((1 << min(first, 63)) - 1)
        for component in components:
            walk.pending[component] = walk.pending.get(component, 0) & ~completed


def _end_of_scan(walk: _JpegWalk, data: memoryview, position: int, max_scans: int) -> int:
    """Return where the coded data ends. More scans than *max_scans* cost seconds of CPU each: TOO_MANY_SCANS."""
    if walk.scans > max_scans:
        raise PhotoError(
            Verdict.TOO_MANY_SCANS,
            f"The progressive JPEG has too many scans: expected at most {max_scans}, received more.",
        )
    only = walk.scans == 1 and walk.announced
    if only and not walk.several_pictures and bytes(data[-2:]) == END_MARKER and len(data) - 2 >= position:
        # To look for markers in 9 MB takes 4 ms. The decoder looks when something else seems to stand between.
        walk.scan = (position, len(data) - 2)
    else:
        walk.scan = (position, end_of_coded_data(data, position))
    return walk.scan[1]


def end_of_coded_data(data: memoryview, position: int) -> int:
    """Return where the first marker behind *position* stands that is no restart."""
    found = NEXT_MARKER.search(data, position)
    return len(data) if found is None else found.start()


def _only_scan(walk: _JpegWalk, *, unfinished: bool) -> tuple[int, int] | None:
    """Return the place of the only scan's coded data; None when its end is unknown, or it is no Huffman code."""
    known = walk.scans == 1 and walk.frame in HUFFMAN_SEQUENTIAL and not unfinished
    return walk.scan if known else None
