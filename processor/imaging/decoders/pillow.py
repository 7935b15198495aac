"""Decode AVIF, BMP, and TIFF in old-style JPEG or YCbCr, by Pillow.

``formats=`` names the one plugin that may run: Pillow would start Ghostscript for an EPS named .png.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from io import BytesIO
from typing import Final

from PIL import Image as PillowImage
from PIL import TiffImagePlugin
from PIL.ImageFile import ImageFile

from processor.imaging.colour import as_rgb
from processor.imaging.decoders.buffers import from_rows
from processor.imaging.decoders.damage import is_fault_of_machine
from processor.imaging.decoders.original import Pixels
from processor.imaging.exif import ORIENTATION
from processor.imaging.nclx import profile_for
from processor.imaging.structure.header import Header, corrupt, needs_memory, size_lie, truncated, unsupported
from processor.imaging.structure.tiff_layout import OLD_JPEG
from processor.source import Source

FORMATS: Final = {"avif": "AVIF", "bmp": "BMP", "tiff": "TIFF"}
REASONS: Final = {
    "avif": "Pillow's AVIF decoder is four times as fast as libvips'",
    "bmp": "libvips does not read BMP",
    "tiff": "libvips does not read YCbCr in TIFF outside JPEG strips",
}
UNSUPPORTED: Final = ("unsupported", "not supported", "cannot identify", "unknown raw mode", "not implemented")
BANDS: Final = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}


@contextmanager
def pillow_errors() -> Generator[None]:
    """Translate whatever Pillow raises, whose plugins let any error out, into a PhotoError."""
    try:
        yield
    except Exception as error:
        if is_fault_of_machine(error):
            raise
        if "memory" in str(error).lower():
            raise needs_memory() from error
        text = str(error).lower()
        if any(sign in text for sign in UNSUPPORTED):
            raise unsupported("its way of storing pixels") from error
        early = "truncated" in text
        raise truncated("its picture ends too early") if early else corrupt("its picture cannot be decoded") from error


class Pillow:
    """An opened picture: *width*, *height* as stored, px; *orientation* EXIF 1-8; *exif* as its blob, or None."""

    def __init__(self, source: Source, header: Header) -> None:
        PillowImage.MAX_IMAGE_PIXELS = None  # the header's size was checked against the settings already
        with pillow_errors():
            # libtiff joins subsampled colours; Pillow's own reader of uncompressed strips takes them as they lie.
            TiffImagePlugin.READ_LIBTIFF = True
            self._image: ImageFile = PillowImage.open(BytesIO(source.view), formats=[FORMATS[header.format]])
            self._image.seek(header.page)
        self._header = header
        self.width, self.height = self._image.size
        if (self.width, self.height) != (header.width, header.height):
            raise size_lie(header, self.width, self.height)
        orientation = self._image.getexif().get(ORIENTATION, 1)
        self.orientation = orientation if orientation in range(1, 9) else 1
        self.xmp: bytes | None = self._image.info.get("xmp")
        blob: bytes | None = self._image.info.get("exif")
        self.exif = blob.removeprefix(b"Exif\0\0") if blob else None

    def load(self) -> Pixels:
        """Decode the first frame."""
        decoded = self._image
        with pillow_errors():
            decoded.load()
        mode = "RGBA" if decoded.has_transparency_data else "RGB"
        plain = decoded if decoded.mode in BANDS else decoded.convert(mode)
        bands = BANDS[plain.mode]
        image = from_rows(plain.tobytes(), width=self.width, height=self.height, bands=bands, stride=self.width * bands)
        embedded: bytes | None = decoded.info.get("icc_profile")
        named = None if embedded else profile_for(self._header.nclx)
        if named:
            image = as_rgb(image)
        return Pixels(
            image=image,
            decoder="pillow",
            why=_reason(self._header),
            orientation=self.orientation,
            profile=embedded or named,
        )


def _reason(header: Header) -> str:
    """Return why this decoder is used, for the receipt."""
    if header.layout is not None and header.layout.compression == OLD_JPEG:
        return "libvips does not read old-style JPEG in TIFF"
    return REASONS[header.format]
