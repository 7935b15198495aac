"""Walk TIFF directories (TIFF 6.0, BigTIFF, and the TIFF-like RAW files): one bounded reader for all that use them.

The same reader serves plain TIFFs, most RAW files and EXIF blobs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct, error, unpack_from
from typing import Final, Literal

from processor.errors import PhotoError
from processor.imaging.structure.header import corrupt, truncated

MAX_DIRECTORIES = 2_048
MAX_ENTRIES = 4_096
MAX_VALUES = 1 << 20
MAX_MEMORY_BYTES = 64 << 20
"""For all entries of a file: entries and directories can share bytes, so a small file can claim gigabytes."""
ENTRY_MEMORY_BYTES, NUMBER_MEMORY_BYTES = 64, 8

TYPES: Final[dict[int, str]] = {
    1: "B", 2: "s", 3: "H", 4: "I", 5: "II", 6: "b", 7: "s", 8: "h", 9: "i", 10: "ii", 11: "f", 12: "d",
    13: "I", 16: "Q", 17: "q", 18: "Q",
}  # fmt: skip
SUB_IFDS, EXIF_IFD = 0x014A, 0x8769
MAGICS: Final[dict[bytes, Literal["<", ">"]]] = {
    b"II*\0": "<", b"MM\0*": ">", b"II+\0": "<", b"MM\0+": ">",
    b"IIRO": "<", b"IIRS": "<", b"MMOR": ">", b"IIU\0": "<",
}  # fmt: skip

Value = int | float | bytes | tuple[int, int]


@dataclass(frozen=True, slots=True)
class Directory:
    """One IFD: tag → values (rationals as pairs, text as one bytes value)."""

    tags: dict[int, tuple[Value, ...]]
    role: Literal["page", "sub"]

    def number(self, tag: int, default: int = 0) -> int:
        """Return the first value of *tag* when it is a whole number."""
        values = self.tags.get(tag, ())
        return values[0] if values and isinstance(values[0], int) else default

    def numbers(self, tag: int) -> tuple[int, ...]:
        """Return all whole numbers of *tag*."""
        return tuple(value for value in self.tags.get(tag, ()) if isinstance(value, int))

    def text(self, tag: int) -> bytes:
        """Return the text of *tag* up to its first NUL, without blanks around it."""
        values = self.tags.get(tag, ())
        return values[0].split(b"\0", 1)[0].strip() if values and isinstance(values[0], bytes) else b""

    def blob(self, tag: int) -> bytes:
        """Return the bytes of *tag*, whether it calls them text, bytes or numbers of 4 bytes (IPTC in TIFF)."""
        values = self.tags.get(tag, ())
        if values and isinstance(values[0], bytes):
            return values[0]
        whole = [value for value in values if isinstance(value, int)]
        if all(0 <= value <= 0xFF for value in whole):  # noqa: PLR2004 - bytes
            return bytes(whole)
        longs = b"".join(value.to_bytes(4, "little") for value in whole if 0 <= value < 1 << 32)
        return (
            longs
            if longs[:1] in {b"\x1c", b"8"}
            else b"".join(longs[at : at + 4][::-1] for at in range(0, len(longs), 4))
        )

    def ratio(self, tag: int) -> float | None:
        """Return the first value of *tag* as a number of its own unit."""
        return next(iter(self.ratios(tag)), None)

    def ratios(self, tag: int) -> tuple[float, ...]:
        """Return all values of *tag* as numbers; none when one of them is no number."""
        found: list[float] = []
        for value in self.tags.get(tag, ()):
            match value:
                case (above, below) if below:
                    found.append(above / below)
                case int() | float():
                    found.append(float(value))
                case _:
                    return ()
        return tuple(found)


def directories(data: memoryview) -> list[Directory]:
    """Read all pages and their sub-images; loops and absurd counts raise CORRUPT, missing ones TRUNCATED."""
    return list(_walk(data))


def first_directory(data: memoryview) -> Directory:
    """Read the first page's directory alone, as far as it goes: some count more entries than they have."""
    reader = _TiffReader(data, lenient=True)
    return reader.directory(reader.first, "page")[0]


def sub_directory(data: memoryview, parent: Directory, pointer: int) -> Directory | None:
    """Return the directory that *parent*'s tag *pointer* names, if it can be read."""
    offset = parent.number(pointer)
    if not offset:
        return None
    try:
        directory = _TiffReader(data, lenient=True).directory(offset, "sub")[0]
    except (PhotoError, error, IndexError):
        return None
    return directory if directory.tags else None


def _walk(data: memoryview) -> Iterator[Directory]:
    reader, seen = _TiffReader(data), set[int]()
    waiting: list[tuple[int, Literal["page", "sub"]]] = [(reader.first, "page")]
    while waiting:
        offset, role = waiting.pop(0)
        if offset in seen:
            raise corrupt("its directories form a loop")
        if len(seen) >= MAX_DIRECTORIES:
            raise corrupt(f"it has more than {MAX_DIRECTORIES:,} directories")
        seen.add(offset)
        directory, following = reader.directory(offset, role)
        yield directory
        waiting.extend((sub, "sub") for sub in directory.numbers(SUB_IFDS) if sub)
        if following and role == "page":
            waiting.insert(0, (following, "page"))


class _TiffReader:
    """Reads directories in the file's byte order; every offset is checked before use."""

    def __init__(self, data: memoryview, *, lenient: bool = False) -> None:
        self.data = data
        self.lenient = lenient
        self._memory_left = MAX_MEMORY_BYTES
        self.order = MAGICS[bytes(data[:4])]
        self.big = data[2] == ord("+") or data[3] == ord("+")
        self.first: int = unpack_from(f"{self.order}Q", data, 8)[0] if self.big else self._unpack("I", 4)[0]

    def _unpack(self, layout: str, at: int) -> tuple[int, ...]:
        return unpack_from(self.order + layout, self.data, at)

    def directory(self, at: int, role: Literal["page", "sub"]) -> tuple[Directory, int]:
        """Read the IFD at *at*; return it and where the next page's lies (0: none)."""
        count_layout, entry_bytes, next_layout = ("Q", 20, "Q") if self.big else ("H", 12, "I")
        head = Struct(self.order + count_layout).size
        if at < 8 or at + head > len(self.data):  # noqa: PLR2004 - the file's own header
            raise truncated(f"a directory should stand at byte {at:,} of {len(self.data):,}")
        (count,) = self._unpack(count_layout, at)
        if self.lenient:
            count = min(count, (len(self.data) - at - head) // entry_bytes)
        if count > MAX_ENTRIES:
            raise corrupt(f"a directory claims {count:,} entries")
        tags: dict[int, tuple[Value, ...]] = {}
        self._take_memory(count * ENTRY_MEMORY_BYTES)
        for entry in range(at + head, at + head + count * entry_bytes, entry_bytes):
            tag, kind = self._unpack("HH", entry)
            tags.setdefault(tag, self._values(kind, entry + 4))
        after = at + head + count * entry_bytes
        (following,) = self._unpack(next_layout, after) if after + (8 if self.big else 4) <= len(self.data) else (0,)
        return Directory(tags, role), following

    def _values(self, kind: int, at: int) -> tuple[Value, ...]:
        """Read an entry's values; those that lie outside the file are left out, never guessed."""
        layout = TYPES.get(kind)
        (count,) = self._unpack("Q" if self.big else "I", at)
        inline, at = (8, at + 8) if self.big else (4, at + 4)
        if layout is None or count > MAX_VALUES:
            return ()
        total = count * Struct(f"<{layout}").size
        if total > inline:
            (at,) = self._unpack("Q" if self.big else "I", at)
        if at + total > len(self.data):
            return ()
        self._take_memory(count if layout == "s" else count * NUMBER_MEMORY_BYTES)
        if layout == "s":
            return (bytes(self.data[at : at + count]),)
        if len(layout) == 2:  # noqa: PLR2004 - a ratio: two numbers
            flat = self._unpack(str(count * 2) + layout[0], at)
            return tuple(zip(flat[::2], flat[1::2], strict=True))
        return self._unpack(f"{count}{layout}", at)

    def _take_memory(self, size: int) -> None:
        """Count what is about to be read."""
        self._memory_left -= size
        if self._memory_left < 0:
            raise corrupt(f"its directories hold more than {MAX_MEMORY_BYTES >> 20} MiB")
