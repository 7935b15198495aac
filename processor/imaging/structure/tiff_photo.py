"""Distinguish TIFF from RAW by its directories, and check that their pixels are inside the file.

LibRaw decodes a RAW that was cut in half as a full-size success, so the places are checked here.
"""

from __future__ import annotations

from struct import unpack_from

from processor.errors import PhotoError, Verdict
from processor.imaging.structure.header import Header, corrupt, ends_empty, truncated
from processor.imaging.structure.tiff import Directory, directories
from processor.imaging.structure.tiff_layout import JPEG, UNCOMPRESSED, TiffLayout

SUBFILE, WIDTH, HEIGHT, COMPRESSION, PHOTOMETRIC = 254, 256, 257, 259, 262
STRIP_OFFSETS, STRIP_BYTES, TILE_OFFSETS, TILE_BYTES = 273, 279, 324, 325
DNG_VERSION = 50706

REDUCED = 1
CFA, LINEAR_RAW = 32803, 34892
VENDOR_COMPRESSIONS = {32767, 32769, 32770, 32867, 34713, 65000, 65535}  # Sony, Samsung ×2, Kodak, Nikon, Kodak, Pentax
ELSEWHERE = 0xFFFFFFFF
"""Panasonic writes this where another tag holds the true offset."""


def walk_tiff(data: memoryview, *, max_frames: int) -> Header:
    """Read a TIFF's first full-size page, or recognise a RAW; pixels outside the file raise TRUNCATED."""
    pages = directories(data)
    for directory in pages:
        _check_places(data, directory)
    if is_raw(data, pages):
        _refuse_empty_sensors(data, pages)
        return _raw_header(pages)
    return _page_header([page for page in pages if page.role == "page"], max_frames)


def is_raw(data: memoryview, pages: list[Directory]) -> bool:
    """Judge by content: vendor magic, DNG version, colour-filter pixels or a vendor's compression."""
    if bytes(data[8:10]) == b"CR" or bytes(data[8:12]) == b"IIII" or bytes(data[:4]) not in {b"II*\0", b"MM\0*"}:
        return bytes(data[2:4]) not in {b"+\0", b"\0+"}  # BigTIFF holds no RAW that LibRaw reads
    return any(
        DNG_VERSION in page.tags
        or page.number(PHOTOMETRIC) in {CFA, LINEAR_RAW}
        or page.number(COMPRESSION) in VENDOR_COMPRESSIONS
        for page in pages
    )


def _refuse_empty_sensors(data: memoryview, pages: list[Directory]) -> None:
    """Raise TRUNCATED when a sensor's pixels, which have noise, end in zeros: the file was cut and padded."""
    for page in pages:
        if page.number(PHOTOMETRIC) not in {CFA, LINEAR_RAW}:
            continue
        places = [place for place in _places(page) if place[0] != ELSEWHERE]
        if places and ends_empty(data[min(places)[0] : max(offset + count for offset, count in places)]):
            raise truncated("the end of its pixels is empty (zeros instead of data)")


def _raw_header(pages: list[Directory]) -> Header:
    """Take the sensor's size from the largest directory that says one; 0 when only LibRaw can tell."""
    sensors = [page for page in pages if page.number(PHOTOMETRIC) in {CFA, LINEAR_RAW}]
    sizes = [(page.number(WIDTH), page.number(HEIGHT)) for page in sensors]
    width, height = max(sizes, key=lambda size: size[0] * size[1], default=(0, 0))
    return Header(format="raw", width=width, height=height)


def _page_header(pages: list[Directory], max_frames: int) -> Header:
    if not all(page.tags for page in pages):
        raise truncated("one of its directories is empty (zeros instead of data)")
    if len(pages) > max_frames:
        raise PhotoError(
            Verdict.TOO_MANY_FRAMES,
            f"The TIFF has too many pages: expected at most {max_frames}, received {len(pages)}.",
        )
    index = next((i for i, page in enumerate(pages) if not page.number(SUBFILE) & REDUCED), 0)
    page = pages[index]
    width, height = page.number(WIDTH), page.number(HEIGHT)
    if width <= 0 or height <= 0:
        raise corrupt(f"the TIFF says {width} × {height} px")
    layout = TiffLayout.of(page)
    if layout.compression == UNCOMPRESSED:
        _check_amount(layout, width, height)
    return Header(
        format="tiff",
        width=width,
        height=height,
        frames=len(pages),
        page=index,
        layout=layout,
        inner_jpeg=layout.compression == JPEG,
        legacy=layout.needs_pillow,
    )


def _check_places(data: memoryview, page: Directory) -> None:
    for offset, count in _places(page):
        if offset != ELSEWHERE and offset + count > len(data):
            raise truncated(f"its pixels need {offset + count:,} bytes and the file has {len(data):,}")


def _places(page: Directory) -> list[tuple[int, int]]:
    """List offset and length of each strip and tile, in bytes."""
    tables = ((STRIP_OFFSETS, STRIP_BYTES), (TILE_OFFSETS, TILE_BYTES))
    return [place for at, long in tables for place in zip(page.numbers(at), page.numbers(long), strict=False)]


def _check_amount(layout: TiffLayout, width: int, height: int) -> None:
    """Uncompressed pixels have a known size; fewer bytes mean a header that lies or a file that was cut."""
    page, needed = layout.directory, layout.least_bytes(width, height)
    stored = sum(page.numbers(STRIP_BYTES) or page.numbers(TILE_BYTES))
    if stored and stored < needed and width * height <= 1 << 30:
        raise truncated(f"its pixels need {needed:,} bytes and {stored:,} are stored")


def walk_raf(data: memoryview) -> Header:
    """Check the three places that a Fujifilm RAF's head names (big-endian offset and length pairs from byte 84)."""
    for at in (84, 92, 100):
        offset, length = unpack_from(">II", data, at)
        if offset + length > len(data):
            raise truncated(f"its pixels need {offset + length:,} bytes and the file has {len(data):,}")
    return Header(format="raw", width=0, height=0)
