"""Decode HEIC by pillow-heif (libheif with libde265): the primary picture, its irot and imir already applied."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from io import BytesIO
from typing import Any, Final

import pillow_heif

from processor.imaging.colour import as_rgb, straight_alpha
from processor.imaging.decoders.buffers import from_rows
from processor.imaging.decoders.damage import is_fault_of_machine
from processor.imaging.decoders.original import Pixels
from processor.imaging.engine import vcpus
from processor.imaging.nclx import profile_for
from processor.imaging.structure.header import Header, corrupt, needs_memory, size_lie, truncated, unsupported
from processor.source import Source

MODES: Final[dict[str, tuple[int, str]]] = {
    **{mode: (len(mode), "uchar") for mode in ("L", "LA", "La", "RGB", "RGBA", "RGBa")},
    **{f"{mode};16": (len(mode), "ushort") for mode in ("I", "L", "LA", "La", "RGB", "RGBA", "RGBa")},
}
"""pillow-heif's modes → bands and sample format. A small "a" is premultiplied alpha; monochrome stays 16 bit."""


@contextmanager
def heif_errors() -> Generator[None]:
    """Translate whatever pillow-heif raises, which documents no errors, into a PhotoError."""
    try:
        yield
    except Exception as error:
        if is_fault_of_machine(error):
            raise
        text = str(error).lower()
        # libheif also calls it a memory error when a picture is larger than its header says.
        if "memory" in text and "security limit" not in text:
            raise needs_memory() from error
        early = isinstance(error, EOFError) or "end of" in text
        raise truncated("its picture ends too early") if early else corrupt("its picture cannot be decoded") from error


class Heif:
    """An opened HEIC: *width*, *height* upright px; *exif* as its blob, or None."""

    def __init__(self, source: Source, header: Header) -> None:
        pillow_heif.options.THUMBNAILS = False
        pillow_heif.options.DEPTH_IMAGES = False
        pillow_heif.options.AUX_IMAGES = False
        pillow_heif.options.DECODE_THREADS = vcpus()
        with heif_errors():
            self._file = pillow_heif.open_heif(BytesIO(source.view), convert_hdr_to_8bit=True)
            self._picture = self._file[self._file.primary_index]
        self.width, self.height = self._picture.size
        claimed, found = sorted((header.width, header.height)), sorted(self._picture.size)
        if found[0] > claimed[0] or found[1] > claimed[1]:
            raise size_lie(header, self.width, self.height)
        self._header = header
        self._info: dict[str, Any] = self._picture.info
        blob: bytes | None = self._info.get("exif")
        self.xmp: bytes | None = self._info.get("xmp")
        self.exif = blob.removeprefix(b"Exif\0\0") if blob else None

    def load(self) -> Pixels:
        """Decode, once. EXIF orientation is ignored: in HEIF the rotation property counts (ISO/IEC 23008-12)."""
        picture = self._picture
        del self._picture, self._file  # the pixels live as long as the image that is made of them
        with heif_errors():
            rows = picture.data  # decodes
        if picture.mode not in MODES:
            raise unsupported(f"a HEIF of mode {picture.mode}")
        bands, sample = MODES[picture.mode]
        image = from_rows(rows, width=self.width, height=self.height, bands=bands, stride=picture.stride, sample=sample)
        if "a" in picture.mode:
            image = straight_alpha(image)
        embedded: bytes | None = self._info.get("icc_profile")
        named = None if embedded else profile_for(self._header.nclx or _coded_nclx(self._info))
        if named:
            image = as_rgb(image)
        why = "HEVC needs libheif"
        return Pixels(image=image, decoder="heif", why=why, applied=self._header.turned, profile=embedded or named)


def _coded_nclx(info: dict[str, Any]) -> tuple[int, int, int] | None:
    """Return the code points that the coded picture itself has, where no box names any."""
    found = info.get("nclx_profile") or {}
    names = ("color_primaries", "transfer_characteristics", "matrix_coefficients")
    return (found[names[0]], found[names[1]], found[names[2]]) if all(name in found for name in names) else None
