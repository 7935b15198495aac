"""Read a PNG's text chunks within bounds, and keep those that hold metadata (W3C PNG, third edition, 11.3.3).

Deflate packs a thousand to one, libpng unpacks every chunk, and libvips keeps several copies: 200 kB of text chunks
took 900 MB.
"""

from __future__ import annotations

import zlib

from processor.errors import PhotoError, Verdict
from processor.imaging.structure.iptc import data_sets

TEXT = frozenset({b"tEXt", b"zTXt", b"iTXt"})
MAX_TEXTS = 1_000
MAX_BYTES = 32 << 20
"""Of all texts together. Photoshop writes XMP packets of several MB."""
MAX_KEYWORD_BYTES = 80
MAX_KEPT_BYTES = 4 << 20
EXIF_PREFIX = b"Exif\0\0"
KEPT = {
    b"XML:com.adobe.xmp": "xmp",
    b"Raw profile type exif": "exif",
    b"Raw profile type APP1": "exif",
    b"Raw profile type xmp": "xmp",
    b"Raw profile type iptc": "iptc",
    b"Raw profile type 8bim": "iptc",
}
"""Keyword → what the text holds. "Raw profile" is ImageMagick's: a name, a length, hexadecimal digits."""


class TextBudget:
    """The texts of one file. *kept*: metadata found in them, by kind; the first of each counts."""

    def __init__(self) -> None:
        self._texts_left = MAX_TEXTS
        self._bytes_left = MAX_BYTES
        self.kept: dict[str, bytes] = {}

    def read(self, kind: bytes, body: memoryview) -> None:
        """Count one chunk, and keep what it holds; raises METADATA_TOO_LARGE when the file has no budget left."""
        self._texts_left -= 1
        if self._texts_left < 0:
            raise PhotoError(
                Verdict.METADATA_TOO_LARGE,
                f"The PNG has too many text chunks: expected at most {MAX_TEXTS:,}, received more.",
            )
        keyword = bytes(body[:MAX_KEYWORD_BYTES]).split(b"\0", 1)[0]
        holds = KEPT.get(keyword)
        packed = _packed(kind, body)
        text = _plain(kind, body) if packed is None else b""
        if packed is None:
            self._bytes_left -= len(body)
        else:
            size, text = _unpacked(packed, self._bytes_left + 1, keep=holds is not None)
            self._bytes_left -= size
        if self._bytes_left < 0:
            raise PhotoError(
                Verdict.METADATA_TOO_LARGE,
                f"The PNG's text is too large: expected at most {MAX_BYTES:,} bytes, received more.",
            )
        if holds and text:
            self._keep(holds, text if keyword.startswith(b"XML") else _raw_profile(text))

    def _keep(self, holds: str, content: bytes) -> None:
        if holds == "exif":
            content = content.removeprefix(EXIF_PREFIX)
        elif holds == "iptc":
            content = data_sets(content)
        if content:
            self.kept.setdefault(holds, content)


def _raw_profile(text: bytes) -> bytes:
    """Decode ImageMagick's form of a profile; empty when it breaks its own rules."""
    try:
        return bytes.fromhex(b"".join(text.split()[2:]).decode("ascii"))
    except ValueError:
        return b""


def _plain(kind: bytes, body: memoryview) -> bytes:
    """Return the text of a chunk that is not compressed."""
    if len(body) > MAX_KEPT_BYTES:
        return b""
    parts = bytes(body).split(b"\0", 1)
    if len(parts) < 2:  # noqa: PLR2004 - keyword, text
        return b""
    if kind != b"iTXt":
        return parts[1]
    fields = parts[1][2:].split(b"\0", 2)  # behind the two bytes of compression: language, translated keyword, text
    return fields[2] if len(fields) == 3 else b""  # noqa: PLR2004


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


def _unpacked(packed: memoryview, limit: int, *, keep: bool) -> tuple[int, bytes]:
    """Inflate at most *limit* bytes; return their number, and the first of them to *keep*. Damage ends it."""
    inflater, unpacked, rest, kept = zlib.decompressobj(), 0, bytes(packed), b""
    try:
        while rest and unpacked < limit:
            part = inflater.decompress(rest, min(limit - unpacked, 1 << 20))
            unpacked += len(part)
            kept += part if keep and len(kept) < MAX_KEPT_BYTES else b""
            rest = inflater.unconsumed_tail
    except zlib.error:
        pass
    return unpacked, kept
