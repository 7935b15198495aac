"""Read a picture's size from its AV1 data: the boxes around it can claim another, and decoders stretch to that.

AV1 Bitstream & Decoding Process Specification, 5.3 (OBU syntax) and 5.5 (sequence header).
"""

from __future__ import annotations

from dataclasses import dataclass

SEQUENCE_HEADER = 1
MAX_OBUS = 8
"""The sequence header comes first, behind a temporal delimiter at most."""
MAX_HEADER_BYTES = 64
LOWEST_LEVEL_WITH_TIERS = 8


@dataclass(frozen=True, slots=True)
class Sequence:
    """The largest frame of a sequence header, px; every frame of a *still* picture has this size."""

    width: int
    height: int
    still: bool


def read_sequence(data: memoryview) -> Sequence | None:
    """Read the size from an item's bytes; None without a sequence header, or with one of a film."""
    position = 0
    for _ in range(MAX_OBUS):
        if position >= len(data):
            return None
        head = data[position]
        position += 2 if head & 4 else 1  # an extension byte follows
        size, position = _leb128(data, position) if head & 2 else (len(data) - position, position)
        if head >> 3 & 15 == SEQUENCE_HEADER:
            return _sequence(_Bits(bytes(data[position : position + min(size, MAX_HEADER_BYTES)])))
        position += size
    return None


def _sequence(bits: _Bits) -> Sequence | None:
    bits.take(3 + 1)  # profile, still_picture
    reduced = bool(bits.take(1))
    if reduced:
        bits.take(5)  # level
    elif not _skip_operating_points(bits):
        return None
    width_bits, height_bits = 1 + bits.take(4), 1 + bits.take(4)
    return Sequence(1 + bits.take(width_bits), 1 + bits.take(height_bits), reduced)


def _skip_operating_points(bits: _Bits) -> bool:
    """Pass over the part that reduced headers leave out; False when it holds timing, which is for films."""
    if bits.take(1):
        return False
    delays = bits.take(1)
    for _ in range(1 + bits.take(5)):
        bits.take(12)
        if bits.take(5) >= LOWEST_LEVEL_WITH_TIERS:
            bits.take(1)
        if delays and bits.take(1):
            bits.take(4)
    return True


def _leb128(data: memoryview, position: int) -> tuple[int, int]:
    """Read a little-endian number of 7 bits a byte; return it and the position behind it."""
    value = 0
    for i in range(8):
        byte = data[position + i]
        value |= (byte & 0x7F) << 7 * i
        if not byte & 0x80:
            return value, position + i + 1
    return value, position + 8


class _Bits:
    """Takes bits from the front, the highest first; zeros behind the end."""

    def __init__(self, data: bytes) -> None:
        self._number = int.from_bytes(data.ljust(MAX_HEADER_BYTES, b"\0"), "big")
        self._left = 8 * MAX_HEADER_BYTES

    def take(self, count: int) -> int:
        """Return the next *count* bits as a number."""
        self._left -= count
        return self._number >> max(self._left, 0) & (1 << count) - 1
