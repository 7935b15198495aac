"""Write a ZIP file from its beginning to its end in parts, so that another process can go on after any part.

Files are stored, not compressed: photos are compressed already. The structure is that of Python's ``zipfile``, with the
size and the CRC in front of each file, so that every program can also read it as a stream, and with ZIP64 where a
number needs it. Equal files in an equal order give equal bytes.
https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO, Final, cast
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from pydantic import BaseModel, ConfigDict, Field

MIB: Final = 1 << 20
# S3: at most 10,000 parts of at least 5 MiB. These reach 860 GiB.
PART_MIB: Final = 16
PARTS_OF_A_SIZE: Final = 1000
FIRST_YEAR: Final = 1980
UNIX: Final = 3
MODE: Final = 0o100644 << 16


class Entry(BaseModel):
    """One file of a ZIP: at *offset*, *size* in bytes. *index*: its place in the order; *etag*: of its content."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: int
    name: str
    offset: int = Field(ge=0)
    size: int = Field(ge=0)
    crc: int
    modified: datetime
    etag: str = ""

    @property
    def header(self) -> bytes:
        """Header in front of its content."""
        return self.info().FileHeader()

    @property
    def end(self) -> int:
        """Offset behind its content."""
        return self.offset + len(self.header) + self.size

    def info(self) -> ZipInfo:
        """Describe it for ``zipfile``."""
        at = self.modified.astimezone(UTC)
        year = max(at.year, FIRST_YEAR)
        info = ZipInfo(self.name, (year, at.month, at.day, at.hour, at.minute, at.second))
        info.compress_type = ZIP_STORED
        info.create_system = UNIX
        info.external_attr = MODE
        info.CRC = self.crc
        info.file_size = info.compress_size = self.size
        info.header_offset = self.offset
        return info


def part_bytes(number: int) -> int:
    """Return the size of the part *number*, from 1 on, bytes."""
    return PART_MIB * MIB * (1 + (number - 1) // PARTS_OF_A_SIZE)


def bytes_in(parts: int, sizes: Callable[[int], int]) -> int:
    """Return the size of the first *parts* parts together, bytes."""
    return sum(map(sizes, range(1, parts + 1)))


@dataclass(kw_only=True, slots=True)
class PartWriter:
    """Collects what is written, and stores it as parts. *store*: takes a part's number and content, returns its ETag.

    *parts*: ETags of the stored parts. *position*: offset of the next byte; what lies before the end of the stored
    parts is written once more by a process that goes on, and skipped.
    """

    store: Callable[[int, bytes], str]
    parts: list[str]
    position: int = 0
    sizes: Callable[[int], int] = part_bytes
    held: bytearray = field(default_factory=bytearray)

    @property
    def stored(self) -> int:
        """Bytes in the stored parts."""
        return bytes_in(len(self.parts), self.sizes)

    def write(self, data: bytes) -> int:
        """Take the next bytes; return the number of parts that they have completed."""
        skipped = max(self.stored - self.position, 0) if not self.held else 0
        self.held += memoryview(data)[skipped:]
        self.position += len(data)
        before = len(self.parts)
        while len(self.held) >= (size := self.sizes(len(self.parts) + 1)):
            self.put(size)
        return len(self.parts) - before

    def close(self) -> None:
        """Store what is left as the last part, which may have any size."""
        if self.held or not self.parts:
            self.put(len(self.held))

    def put(self, size: int) -> None:
        """Store the first *size* bytes as a part."""
        self.parts.append(self.store(len(self.parts) + 1, bytes(self.held[:size])))
        del self.held[:size]


@dataclass(kw_only=True, slots=True)
class _Tail:
    """The end of a file, from *offset* on. It has no ``seek``, so ``zipfile`` writes it from beginning to end."""

    offset: int
    data: bytearray = field(default_factory=bytearray)

    def tell(self) -> int:
        return self.offset + len(self.data)

    def write(self, data: bytes) -> int:
        self.data += data
        return len(data)

    def flush(self) -> None: ...


def directory(entries: Iterable[Entry], offset: int) -> bytes:
    """Return the directory at the end of a ZIP, which begins at *offset*."""
    tail = _Tail(offset=offset)
    with ZipFile(cast("IO[bytes]", tail), "w") as written:
        written.filelist.extend(entry.info() for entry in entries)
    return bytes(tail.data)
