"""Walk a WebP's RIFF chunks: canvas, frames, EXIF, completeness (WebP Container Specification).

Zeros at the end of coded data say nothing: VP8 and VP8L write them for parts of one colour.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import unpack_from

from processor.errors import PhotoError, Verdict
from processor.imaging.structure.header import Header, corrupt, truncated

RIFF_HEADER_BYTES = 12
FRAME_HEADER_BYTES = 16
MAX_CHUNKS = 200_000
"""Of the file, and of each frame: the settings allow 100,000 frames."""


def walk_webp(data: memoryview, *, max_frames: int) -> Header:
    """Read the structure of a lossy, lossless or extended WebP."""
    (riff_bytes,) = unpack_from("<I", data, 4)
    if riff_bytes + 8 > len(data):
        raise truncated(f"the WebP says {riff_bytes + 8:,} bytes and has {len(data):,}")
    canvas, frames, exif, xmp = (0, 0), 0, None, None
    for kind, body in _chunks(data[: riff_bytes + 8], RIFF_HEADER_BYTES):
        if kind == b"VP8X":
            canvas = (1 + _u24(body, 4), 1 + _u24(body, 7))
        elif kind in {b"VP8 ", b"VP8L"}:
            frames += 1
            size = _bitstream_size(kind, body)
            canvas = canvas if canvas != (0, 0) else size
        elif kind == b"ANMF":
            frames += 1
            _bound_frames(frames, max_frames)
            _walk_frame(body)
        elif kind == b"EXIF":
            exif = bytes(body).removeprefix(b"Exif\x00\x00")
        elif kind == b"XMP ":
            xmp = bytes(body)
    if not frames:
        raise corrupt("the WebP holds no picture")
    return Header(format="webp", width=canvas[0], height=canvas[1], frames=frames, exif=exif, xmp=xmp)


def _chunks(data: memoryview, position: int) -> Iterator[tuple[bytes, memoryview]]:
    """Yield each chunk's FourCC and body; bodies are padded to even length."""
    for _ in range(MAX_CHUNKS):
        if position + 8 > len(data):
            return
        kind, length = unpack_from("<4sI", data, position)
        if position + 8 + length > len(data):
            raise truncated("a WebP chunk runs past the end")
        yield kind, data[position + 8 : position + 8 + length]
        position += 8 + length + length % 2
    raise corrupt(f"the WebP has more than {MAX_CHUNKS:,} chunks")


def _walk_frame(body: memoryview) -> None:
    for kind, bitstream in _chunks(body, FRAME_HEADER_BYTES):
        if kind in {b"VP8 ", b"VP8L"}:
            _bitstream_size(kind, bitstream)


def _bitstream_size(kind: bytes, body: memoryview) -> tuple[int, int]:
    """Read width and height (px) of a VP8 (RFC 6386, 9.1) or VP8L key frame."""
    if kind == b"VP8L":
        if body[0] != 0x2F:  # noqa: PLR2004 - the signature byte
            raise corrupt("the WebP's picture has no start code")
        bits = unpack_from("<I", body, 1)[0]
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if bytes(body[3:6]) != b"\x9d\x01\x2a":
        raise corrupt("the WebP's picture has no start code")
    first_partition_bytes = (body[0] | body[1] << 8 | body[2] << 16) >> 5
    if 10 + first_partition_bytes > len(body):
        raise corrupt("the first part of the WebP's picture is longer than the whole")
    width, height = unpack_from("<HH", body, 6)
    return width & 0x3FFF, height & 0x3FFF


def _u24(data: memoryview, at: int) -> int:
    return data[at] | data[at + 1] << 8 | data[at + 2] << 16


def _bound_frames(frames: int, max_frames: int) -> None:
    if frames > max_frames:
        raise PhotoError(
            Verdict.TOO_MANY_FRAMES, f"The animation is too long: expected at most {max_frames} frames, received more."
        )
