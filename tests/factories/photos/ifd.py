"""Write TIFF structures (TIFF 6.0 section 2): the frame of EXIF blocks, DNG files and hostile TIFFs.

Little-endian. A directory is a mapping from tag to value; a value is a field, a blob that the tag
points to, or a sub-directory that the tag points to.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

HEADER = b"II*\0" + struct.pack("<I", 8)
ENTRY_BYTES = 12
INLINE_BYTES = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """A value of TIFF *type* (1 BYTE, 2 ASCII, 3 SHORT, 4 LONG, 5 RATIONAL, 7 UNDEFINED, 10 SRATIONAL)."""

    type: int
    count: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes that the tag's LONG value points to, such as an image strip or a JPEG."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Directory:
    """An IFD, and the one that follows it in the chain."""

    entries: Mapping[int, Value]
    following: Directory | None = None


Value: TypeAlias = Field | Blob | Directory


def ascii_text(text: str) -> Field:
    """ASCII as the standard says it, or UTF-8 as cameras and editors really write it."""
    data = text.encode() + b"\0"
    return Field(type=2, count=len(data), data=data)


def byte(*values: int) -> Field:
    """8-bit unsigned numbers."""
    return Field(type=1, count=len(values), data=bytes(values))


def short(*values: int) -> Field:
    """16-bit unsigned numbers."""
    return Field(type=3, count=len(values), data=struct.pack(f"<{len(values)}H", *values))


def long(*values: int) -> Field:
    """32-bit unsigned numbers."""
    return Field(type=4, count=len(values), data=struct.pack(f"<{len(values)}I", *values))


def rational(*values: float, over: int = 10_000) -> Field:
    """Unsigned fractions over one denominator."""
    flat = [part for value in values for part in (round(value * over), over)]
    return Field(type=5, count=len(values), data=struct.pack(f"<{len(flat)}I", *flat))


def srational(*values: float, over: int = 10_000) -> Field:
    """Signed fractions over one denominator."""
    flat = [part for value in values for part in (round(value * over), over)]
    return Field(type=10, count=len(values), data=struct.pack(f"<{len(flat)}i", *flat))


def undefined(data: bytes) -> Field:
    """Bytes whose meaning the tag defines."""
    return Field(type=7, count=len(data), data=data)


def tiff(first: Directory) -> bytes:
    """Lay the chain of directories out as one file."""
    return HEADER + _laid_out(first, len(HEADER))


def directory_at(entries: Mapping[int, Value], start: int) -> bytes:
    """Serialize one directory whose first byte will stand at offset *start*."""
    return _laid_out(Directory(entries), start)


def _laid_out(directory: Directory, start: int) -> bytes:
    """Serialize *directory* whose first byte will stand at offset *start* of the file."""
    table = b""
    heap_start = start + 2 + ENTRY_BYTES * len(directory.entries) + 4
    heap = b""
    for tag in sorted(directory.entries):
        value = directory.entries[tag]
        here = heap_start + len(heap)
        field = value if isinstance(value, Field) else long(here)
        inline = isinstance(value, Field) and len(value.data) <= INLINE_BYTES
        table += struct.pack("<HHI", tag, field.type, field.count)
        if inline or not isinstance(value, Field):
            table += field.data.ljust(INLINE_BYTES, b"\0")
        else:
            table += struct.pack("<I", here)
        heap += b"" if inline else _even(_pointed_to(value, here))
    if directory.following is None:
        return struct.pack("<H", len(directory.entries)) + table + bytes(4) + heap
    following = heap_start + len(heap)
    chain = _laid_out(directory.following, following)
    return struct.pack("<H", len(directory.entries)) + table + struct.pack("<I", following) + heap + chain


def _pointed_to(value: Value, here: int) -> bytes:
    return _laid_out(value, here) if isinstance(value, Directory) else value.data


def _even(data: bytes) -> bytes:
    """Offsets are even: TIFF 6.0 page 15."""
    return data + bytes(len(data) % 2)
