"""Hold the claims of a file's structure, read without decoding a pixel, and the errors that walkers raise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from processor.errors import PhotoError, Verdict
from processor.imaging.model import ImageFormat

if TYPE_CHECKING:
    from processor.imaging.structure.tiff_layout import TiffLayout

ZERO_TAIL_BYTES = 64
"""Coded data (Huffman, LZW, CABAC, range coder) never ends in this many zeros: the file was cut and padded."""


EMPTY_SHARE = 16
"""Plain pixels may be black; but when the last sixteenth of them is nothing but zeros, and the first is not, they were
most likely lost: a black frame has two edges."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """The claims that are checked before decoding. *width*, *height*: as stored, px; 0 = only the decoder knows."""

    format: ImageFormat
    width: int
    height: int
    frames: int = 1
    scans: int = 1
    scan: tuple[int, int] | None = field(default=None, compare=False)
    """First byte of a JPEG's coded data, and the byte behind its last, when it has one scan; None for others."""
    unfinished: bool = False
    """A JPEG that lacks its end marker, or has none where it is looked for."""
    strays: tuple[str, ...] = field(default=(), compare=False)
    """libjpeg's warnings of stray bytes in front of a JPEG's scans: they cost no pixels."""
    page: int = 0
    """Which page of a TIFF is the photo."""
    exif: bytes | None = None
    xmp: bytes | None = field(default=None, repr=False)
    iptc: bytes | None = field(default=None, repr=False)
    """IPTC-IIM data sets, without Photoshop's frame."""
    turned: int = 1
    """The EXIF orientation that a HEIF's own properties amount to; its decoder applies them."""
    nclx: tuple[int, int, int] | None = None
    """The colour that HEIF, AVIF or PNG names: primaries, transfer, matrix (ITU-T H.273)."""
    gamma: float | None = None
    """PNG's encoding exponent (gAMA), where no other chunk names the colour."""
    chromaticities: tuple[float, ...] | None = None
    """PNG's cHRM: x and y of white, red, green, blue."""
    layout: TiffLayout | None = field(default=None, compare=False, repr=False)
    """The sample layout of a TIFF."""
    inner_jpeg: bool = False
    """A TIFF whose strips are JPEGs: what libtiff then warns of is lost pixels."""
    legacy: bool = False
    """A TIFF that libvips cannot read and Pillow can: old-style JPEG, YCbCr outside JPEG strips."""

    @property
    def megapixels(self) -> float:
        """Width times height, in millions."""
        return self.width * self.height / 1e6


def truncated(what: str) -> PhotoError:
    """Make the TRUNCATED error; *what* is missing."""
    return PhotoError(Verdict.TRUNCATED, f"The file is incomplete: {what}.")


def corrupt(what: str) -> PhotoError:
    """Make the CORRUPT error; *what* contradicts the format."""
    return PhotoError(Verdict.CORRUPT, f"The file is damaged: {what}.")


def unsupported(what: str) -> PhotoError:
    """Make the UNSUPPORTED_FORMAT error; *what* no decoder reads, in a file that may be whole."""
    return PhotoError(Verdict.UNSUPPORTED_FORMAT, f"This photo cannot be read: {what} is not supported.")


def size_lie(header: Header, width: int, height: int) -> PhotoError:
    """Make the CORRUPT error for a decoded size, *width* × *height* px, that differs from the header's."""
    return corrupt(f"its header says {header.width} × {header.height} px, its picture has {width} × {height} px")


def needs_memory(limit_mib: int | None = None, needed_mib: int | None = None) -> PhotoError:
    """Make the DECODER_OUT_OF_MEMORY error, with the limit and the need where they are known."""
    allowed = f": expected at most {limit_mib:,} MiB" if limit_mib else ""
    received = f", received a photo that takes at least {needed_mib:,} MiB" if needed_mib else ""
    return PhotoError(Verdict.DECODER_OUT_OF_MEMORY, f"The photo needs too much memory to decode{allowed}{received}.")


def refuse_zero_tail(coded: memoryview, what: str) -> None:
    """Raise TRUNCATED when coded data ends in a run of zeros (a download that was cut and padded)."""
    if len(coded) >= 2 * ZERO_TAIL_BYTES and not any(coded[-ZERO_TAIL_BYTES:]):
        raise truncated(f"the end of {what} is empty (zeros instead of data)")


def ends_empty(pixels: memoryview) -> bool:
    """Tell whether the last sixteenth of plain *pixels* is zeros, and the first is not."""
    share = len(pixels) // EMPTY_SHARE
    return share > 0 and not any_set(pixels[-share:]) and any_set(pixels[:share])


def any_set(part: memoryview) -> bool:
    """Tell whether any byte is not zero."""
    return bool(bytes(part).strip(b"\0"))
