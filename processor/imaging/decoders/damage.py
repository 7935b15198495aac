"""Notice what libjpeg only warns of: coded data that ends before its picture does.

libvips lets such a picture pass, half of it garbage, and leaves the warning in its error log. Warnings that cost no
pixels (stray bytes before a marker) pass.
"""

from __future__ import annotations

from pyvips import ffi, vips_lib

from processor.imaging.structure.header import corrupt

PIXELS_LOST = ("premature end of data segment", "bad huffman code", "found marker")


def forget_warnings() -> None:
    """Empty libvips' log before a decode."""
    vips_lib.vips_error_clear()


def refuse_damage() -> None:
    """Raise CORRUPT when the decode since *forget_warnings* lost pixels."""
    text = ffi.string(vips_lib.vips_error_buffer()).decode("utf-8", "replace").lower()
    vips_lib.vips_error_clear()
    if any(sign in text for sign in PIXELS_LOST):
        raise corrupt("its picture data breaks off before the picture is whole")
