"""Notice what libjpeg only warns of: coded data that ends before its picture does.

libvips lets such a picture pass, half of it garbage, and leaves the warning in its error log. Warnings that cost no
pixels (stray bytes before a marker) pass.
"""

from __future__ import annotations

import pyvips
from pyvips import ffi, vips_lib

from processor.errors import PhotoError
from processor.imaging.structure.header import corrupt, needs_memory, truncated

PIXELS_LOST = ("premature end of data segment", "bad huffman code", "found marker")
EARLY_END = ("premature end", "end of file", "truncated", "unexpected end", "not enough", "read error")
NO_MEMORY = ("memory", "creating thread")


def forget_warnings() -> None:
    """Empty libvips' log before a decode."""
    vips_lib.vips_error_clear()


def refuse_damage() -> None:
    """Raise CORRUPT when the decode since *forget_warnings* lost pixels."""
    text = ffi.string(vips_lib.vips_error_buffer()).decode("utf-8", "replace").lower()
    vips_lib.vips_error_clear()
    if any(sign in text for sign in PIXELS_LOST):
        raise corrupt("its picture data breaks off before the picture is whole")


def verdict_of(error: pyvips.Error) -> PhotoError:
    """Put libvips' error into a verdict: early end, out of memory, or damage."""
    # libvips says "copy to memory" of every picture that is computed into memory, whatever went wrong.
    text = str(error).lower().replace("unable to copy to memory", "")
    if any(sign in text for sign in NO_MEMORY):
        return needs_memory()
    if any(sign in text for sign in EARLY_END):
        return truncated("its picture data ends too early")
    return corrupt("its picture data contradicts itself")
