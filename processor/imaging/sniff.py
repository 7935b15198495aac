"""Detect a file's format from its first bytes; its name does not count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from processor.errors import PhotoError, Verdict

Container = Literal["jpeg", "png", "webp", "gif", "tiff", "bmp", "isobmff", "cr3", "raf", "raw"]
"""The kinds that the structure walkers distinguish; ``raw`` are RAW files with a magic that only LibRaw reads."""

HEAD_BYTES: Final = 64
TEXT_BYTES: Final = frozenset(b"\t\n\r\f" + bytes(range(32, 127)))
HEIF_BRANDS: Final = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"mif2", b"avif", b"avis"}

PHOTOS: Final[tuple[tuple[Container, Callable[[bytes], bool]], ...]] = (
    ("jpeg", lambda head: head.startswith(b"\xff\xd8\xff")),
    ("png", lambda head: head.startswith(b"\x89PNG\r\n\x1a\n")),
    ("webp", lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP"),
    ("gif", lambda head: head.startswith((b"GIF87a", b"GIF89a"))),
    ("cr3", lambda head: head[4:12] == b"ftypcrx "),
    ("isobmff", lambda head: head[4:8] == b"ftyp" and _brands(head) & HEIF_BRANDS != set()),
    ("raf", lambda head: head.startswith(b"FUJIFILMCCD-RAW")),
    ("raw", lambda head: head.startswith((b"\0MRM", b"FOVb", b"ARRI")) or head[6:14] == b"HEAPCCDR"),  # Canon CRW
    ("tiff", lambda head: head[:4] in {b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"IIRO", b"IIRS", b"MMOR", b"IIU\0"}),
    ("bmp", lambda head: head.startswith(b"BM") and head[14:18] in BMP_HEADERS),
)
BMP_HEADERS: Final = {size.to_bytes(4, "little") for size in (12, 16, 40, 52, 56, 64, 108, 124)}

IMAGES_NOT_SUPPORTED: Final[tuple[tuple[str, Callable[[bytes], bool]], ...]] = (
    ("a JPEG XL image", lambda head: head.startswith((b"\xff\x0a", b"\0\0\0\x0cJXL "))),
    ("a JPEG 2000 image", lambda head: head.startswith((b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51"))),
    ("a Photoshop document", lambda head: head.startswith(b"8BPS")),
    ("an icon", lambda head: head.startswith((b"\0\0\1\0", b"\0\0\2\0"))),
    ("an SVG drawing", lambda head: b"<svg" in head.lower()),
    ("an EPS or PostScript file", lambda head: head.startswith((b"%!PS", b"\xc5\xd0\xd3\xc6"))),
)
OTHER_FILES: Final[tuple[tuple[str, Callable[[bytes], bool]], ...]] = (
    ("a PDF document", lambda head: head.startswith(b"%PDF")),
    ("a ZIP archive", lambda head: head.startswith((b"PK\3\4", b"PK\5\6"))),
    ("a compressed archive", lambda head: head.startswith((b"\x1f\x8b", b"BZh", b"7z\xbc\xaf", b"Rar!", b"\xfd7zXZ"))),
    ("a video", lambda head: head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide"} or head.startswith(b"\x1a\x45\xdf\xa3")),
    ("a program", lambda head: head.startswith((b"\x7fELF", b"MZ"))),
    ("a web page or XML text", lambda head: head.lstrip().startswith((b"<", b"\xef\xbb\xbf<"))),
    ("text", lambda head: bool(head) and all(byte in TEXT_BYTES for byte in head)),
)


def sniff(data: memoryview) -> Container:
    """Return the container; raise NOT_AN_IMAGE or UNSUPPORTED_FORMAT with the kind of file received."""
    head = bytes(data[:HEAD_BYTES])
    for container, matches in PHOTOS:
        if matches(head):
            return container
    for name, matches in IMAGES_NOT_SUPPORTED:
        if matches(head):
            raise PhotoError(Verdict.UNSUPPORTED_FORMAT, f"This kind of image is not supported: received {name}.")
    for name, matches in OTHER_FILES:
        if matches(head):
            raise PhotoError(Verdict.NOT_AN_IMAGE, f"This is not a photo: expected an image, received {name}.")
    raise PhotoError(Verdict.NOT_AN_IMAGE, "This is not a photo: its first bytes are those of no known image format.")


def _brands(head: bytes) -> set[bytes]:
    """Return the brands of an ``ftyp`` box that lie in the head: the major one and the first compatible ones."""
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return {head[at : at + 4] for at in (8, *range(16, end - 3, 4))}
