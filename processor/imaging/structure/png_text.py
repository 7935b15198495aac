"""Count what a PNG's text chunks take once they are unpacked (W3C PNG, third edition, 11.3.3).

Deflate packs a thousand to one, libpng unpacks every chunk, and libvips keeps several copies: 200 kB of text chunks
took 900 MB.
"""

from __future__ import annotations

import zlib

from processor.errors import PhotoError, Verdict

TEXT = frozenset({b"tEXt", b"zTXt", b"iTXt"})
MAX_TEXTS = 1_000
MAX_BYTES = 32 << 20
"""Of all texts together. Photoshop writes XMP packets of several MB."""
MAX_KEYWORD_BYTES = 80


class TextBudget:
    """What the texts of one file may still take."""

    def __init__(self) -> None:
        self._texts_left = MAX_TEXTS
        self._bytes_left = MAX_BYTES

    def spend(self, kind: bytes, body: memoryview) -> None:
        """Count one chunk; raises METADATA_TOO_LARGE when the file has no budget left."""
        self._texts_left -= 1
        if self._texts_left < 0:
            raise PhotoError(
                Verdict.METADATA_TOO_LARGE,
                f"The PNG has too many text chunks: expected at most {MAX_TEXTS:,}, received more.",
            )
        packed = _packed(kind, body)
        self._bytes_left -= len(body) if packed is None else _unpacked_bytes(packed, self._bytes_left + 1)
        if self._bytes_left < 0:
            raise PhotoError(
                Verdict.METADATA_TOO_LARGE,
                f"The PNG's text is too large: expected at most {MAX_BYTES:,} bytes, received more.",
            )


def _packed(kind: bytes, body: memoryview) -> memoryview | None:
    """Return the deflated part of a chunk; None when it has none or breaks the rules (libpng then skips it)."""
    keyword_end = bytes(body[:MAX_KEYWORD_BYTES]).find(b"\0")
    if kind == b"tEXt" or keyword_end < 0:
        return None
    if kind == b"zTXt":
        return body[keyword_end + 2 :]
    compressed, language = bytes(body[keyword_end + 1 : keyword_end + 2]), keyword_end + 3
    # Language tag and translated keyword, each ended by a NUL.
    ends = bytes(body[language:]).split(b"\0", 2)
    return body[-len(ends[2]) :] if compressed == b"\1" and len(ends) == 3 and ends[2] else None  # noqa: PLR2004


def _unpacked_bytes(packed: memoryview, limit: int) -> int:
    """Inflate at most *limit* bytes and count them; damaged data counts up to its damage."""
    inflater, unpacked, rest = zlib.decompressobj(), 0, bytes(packed)
    try:
        while rest and unpacked < limit:
            unpacked += len(inflater.decompress(rest, min(limit - unpacked, 1 << 20)))
            rest = inflater.unconsumed_tail
    except zlib.error:
        pass
    return unpacked
