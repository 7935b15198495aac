"""Write a mark of an original's state into a finished file, so that two states never share an ETag (ADR 20).

S3 derives the ETag from the bytes, and conditional writes name the ETag that they replace. When a photo is replaced and
then restored, equal files would have the ETag of the first state again: a late writer of the state between would find
the ETag that it expects and overwrite the right picture. Readers of the format skip the mark; it takes about 20 bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from struct import pack, unpack_from
from typing import Final

from processor.imaging.model import OutputFormat

MARK_CHARS: Final = 16
SOI, APP0, COMMENT = b"\xff\xd8", b"\xff\xe0", b"\xff\xfe"
RIFF: Final = b"RIFF"
RIFF_SIZE_AT: Final = 4
CHUNK: Final = b"MARK"
FREE_BOX: Final = b"free"


def marked(data: bytes, output: OutputFormat, state: str) -> bytes:
    """Return the file *data* with the mark of *state*; equal files of equal states are equal.

    Raises ValueError when *data* is no file of this format.
    """
    return MARKERS[output](data, sha256(state.encode()).hexdigest()[:MARK_CHARS].encode())


def in_jpeg(data: bytes, mark: bytes) -> bytes:
    """Add a comment segment behind JFIF's, which comes first (ITU-T T.81, B.2.4.5; T.871, 10.1)."""
    require(data.startswith(SOI), "JPEG")
    at = len(SOI)
    if data.startswith(APP0, at):
        (length,) = unpack_from(">H", data, at + len(APP0))
        at += len(APP0) + length
    return data[:at] + COMMENT + pack(">H", 2 + len(mark)) + mark + data[at:]


def in_webp(data: bytes, mark: bytes) -> bytes:
    """Add a chunk of an unknown kind, which readers ignore (WebP Container Specification, "Unknown Chunks")."""
    require(data.startswith(RIFF), "WebP")
    (size,) = unpack_from("<I", data, RIFF_SIZE_AT)
    chunk = CHUNK + pack("<I", len(mark)) + mark
    return RIFF + pack("<I", size + len(chunk)) + data[RIFF_SIZE_AT + 4 :] + chunk


def in_avif(data: bytes, mark: bytes) -> bytes:
    """Add a box of free space (ISO/IEC 14496-12, 8.1.2)."""
    require(data[4:8] == b"ftyp", "AVIF")
    return data + pack(">I", 8 + len(mark)) + FREE_BOX + mark


def require(condition: bool, name: str) -> None:  # noqa: FBT001 - an assertion with a message
    """Raise ValueError unless *condition* holds: only our own encoders write these files."""
    if not condition:
        raise ValueError(f"expected a finished {name} file to mark, received something else")


MARKERS: Final[Mapping[OutputFormat, Callable[[bytes, bytes], bytes]]] = {
    "jpeg": in_jpeg,
    "webp": in_webp,
    "avif": in_avif,
}
