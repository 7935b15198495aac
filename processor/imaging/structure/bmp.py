"""Read a BMP's header and check that its pixels are all there.

Zeros at the end say nothing: rows are stored from the bottom up, so they are a black bar at the top.
"""

from __future__ import annotations

from struct import unpack_from

from processor.imaging.structure.header import Header, corrupt, truncated

CORE_HEADER_BYTES = 12
UNCOMPRESSED = {0, 3, 6}  # BI_RGB, BI_BITFIELDS, BI_ALPHABITFIELDS


def walk_bmp(data: memoryview) -> Header:
    """Read dimensions; the height is negative when rows run top-down."""
    pixels_at, header_bytes = unpack_from("<II", data, 10)
    if header_bytes == CORE_HEADER_BYTES:
        width, height, _, bits = unpack_from("<HHHH", data, 18)
        compression = 0
    else:
        width, height, _, bits, compression = unpack_from("<iiHHI", data, 18)
    height = abs(height)
    if width <= 0 or not height:
        raise corrupt(f"the BMP says {width} × {height} px")
    rows_bytes = (width * bits + 31) // 32 * 4 * height
    if compression in UNCOMPRESSED and pixels_at + rows_bytes > len(data) and width * height <= 1 << 30:
        raise truncated(f"the BMP needs {pixels_at + rows_bytes:,} bytes and has {len(data):,}")
    return Header(format="bmp", width=width, height=height)
