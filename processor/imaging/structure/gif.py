"""Walk a GIF's blocks: screen, frames, and whether its first frame is whole (GIF89a specification)."""

from __future__ import annotations

from struct import unpack_from

from processor.errors import PhotoError, Verdict
from processor.imaging.structure.header import Header, corrupt, refuse_zero_tail, truncated

SCREEN_END = 13
MAX_SUB_BLOCKS = 1 << 21
"""Of 255 bytes each they hold as much as any file may have; of one byte each they would keep a walker busy."""
EXTENSION, IMAGE, TRAILER = 0x21, 0x2C, 0x3B


def walk_gif(data: memoryview, *, max_frames: int) -> Header:
    """Read the structure. Only the first frame becomes a photo, so a later one that is cut is no defect."""
    width, height, packed = unpack_from("<HHB", data, 6)
    position, frames = SCREEN_END + _table_bytes(packed), 0
    while position < len(data) and data[position] != TRAILER:
        block = data[position]
        if block == EXTENSION:
            position = _skip_sub_blocks(data, position + 2, whole=not frames)
        elif block == IMAGE:
            frames += 1
            if frames > max_frames:
                raise PhotoError(
                    Verdict.TOO_MANY_FRAMES,
                    f"The animation is too long: expected at most {max_frames} frames, received more.",
                )
            width, height = _cover(width, height, data, position)
            coded = position + 11 + _table_bytes(data[position + 9])
            position = _skip_sub_blocks(data, coded, whole=frames == 1)
            if frames == 1:
                refuse_zero_tail(data[coded : position - 1], "the GIF's picture")
        elif frames:
            if frames == 1 and not any(data[position:]):
                raise truncated("the end of the GIF is empty (zeros instead of data)")
            break  # stray bytes behind a whole picture: decoders stop here too
        else:
            raise corrupt("a GIF block is of no known kind")
    if not frames:
        raise truncated("the GIF holds no picture")
    return Header(format="gif", width=width, height=height, frames=frames)


def _table_bytes(packed: int) -> int:
    """Return the size of the colour table that a packed field announces (bit 7: present, bits 0-2: size)."""
    return 3 << (packed & 7) + 1 if packed & 0x80 else 0


def _cover(width: int, height: int, data: memoryview, position: int) -> tuple[int, int]:
    """Grow the screen to hold the frame: decoders allocate for the larger of the two."""
    left, top, frame_width, frame_height = unpack_from("<HHHH", data, position + 1)
    if not frame_width or not frame_height:
        raise corrupt(f"a GIF frame says {frame_width} × {frame_height} px")
    return max(width, left + frame_width), max(height, top + frame_height)


def _skip_sub_blocks(data: memoryview, position: int, *, whole: bool) -> int:
    """Return the position behind the chain of sub-blocks; one that is cut raises TRUNCATED when *whole*."""
    blocks = 0
    while position < len(data):
        length = data[position]
        position += 1 + length
        if not length:
            return position
        blocks += 1
        if blocks > MAX_SUB_BLOCKS:
            raise corrupt(f"one of its pictures is in more than {MAX_SUB_BLOCKS:,} pieces")
    if whole:
        raise truncated("the GIF's first picture has no end")
    return position
