"""Translate decoders' errors and libjpeg's warnings into verdicts.

libvips accepts a JPEG whose coded data is damaged, half of it garbage, and leaves the warning in its error log.
"""

from __future__ import annotations

import errno
import traceback
from collections.abc import Collection, Generator
from contextlib import contextmanager

import pyvips
from pyvips import ffi, vips_lib

from processor.errors import DarkroomError, PhotoError, Verdict
from processor.imaging.structure.header import corrupt, needs_memory, truncated, unsupported

PIXELS_LOST = ("premature end of data segment", "bad huffman code", "found marker", "extraneous bytes before marker")
EARLY_END = ("premature end", "end of file", "truncated", "unexpected end", "not enough", "read error")
NO_MEMORY = ("memory", "creating thread")
UNSUPPORTED = (
    "not supported",
    "not configured",
    "not implemented",
    "unsupported",
    "not a whole number",
    "samples out of range",
)
SYSTEM_FAULTS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC, errno.EAGAIN})
"""Faults of the machine: transient, so they are raised unchanged."""
NO_THREAD = "can't start new thread"
MAX_LOG_CHARS = 4_000


@contextmanager
def rendering_errors() -> Generator[None]:
    """Raise every unexpected error as RENDERING_FAILED; verdicts and faults of the machine pass through unchanged."""
    try:
        yield
    except (DarkroomError, ImportError):  # an import fails in a broken installation, whatever the photo
        raise
    except Exception as error:
        if is_fault_of_machine(error):
            raise
        if isinstance(error, pyvips.Error) and _mentions(error, NO_MEMORY):
            raise needs_memory() from error
        log = "".join(traceback.format_exception(error))[-MAX_LOG_CHARS:]
        finding = "The photo cannot be rendered: it causes an error that Darkroom does not know."
        raise PhotoError(Verdict.RENDERING_FAILED, finding, log=log) from error


@contextmanager
def photo_errors() -> Generator[None]:
    """Raise libvips' errors as verdicts on the photo that it reads, and other errors as *rendering_errors* does."""
    with rendering_errors():
        try:
            yield
        except pyvips.Error as error:
            raise verdict_of(error) from error


def is_fault_of_machine(error: Exception) -> bool:
    """Return whether *error* is a transient fault of the machine."""
    system = isinstance(error, OSError) and error.errno in SYSTEM_FAULTS
    return system or isinstance(error, MemoryError) or NO_THREAD in str(error)


def forget_warnings() -> None:
    """Empty libvips' log before a decode."""
    vips_lib.vips_error_clear()


def refuse_damage(*, harmless: Collection[str] = ()) -> None:
    """Raise CORRUPT when the decode since *forget_warnings* lost pixels. *harmless*: warnings that say nothing."""
    text = ffi.string(vips_lib.vips_error_buffer()).decode("utf-8", "replace").lower()
    vips_lib.vips_error_clear()
    for warning in harmless:
        text = text.replace(warning, "", 1)
    if any(sign in text for sign in PIXELS_LOST):
        raise corrupt("its picture data breaks off before the picture is whole")


def verdict_of(error: pyvips.Error) -> PhotoError:
    """Translate libvips' error: early end, out of memory, a kind it cannot read, or damage."""
    if _mentions(error, NO_MEMORY):
        return needs_memory()
    if _mentions(error, EARLY_END):
        return truncated("its picture data ends too early")
    if _mentions(error, UNSUPPORTED):
        return unsupported("its way of storing pixels")
    return corrupt("its picture data contradicts itself")


def _mentions(error: pyvips.Error, signs: Collection[str]) -> bool:
    # Every error of a picture that is computed into memory mentions "copy to memory".
    text = str(error).lower().replace("unable to copy to memory", "")
    return any(sign in text for sign in signs)
