"""Encode a finished picture: JPEG, WebP, AVIF; nothing of the original's metadata goes along but its credit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from struct import pack
from typing import Final

from pyvips import ForeignKeep, GValue, Image

from processor.imaging.colour import set_blob
from processor.imaging.exif import ARTIST, COPYRIGHT, Credit
from processor.imaging.model import OutputFormat
from processor.imaging.structure.tiff import EXIF_IFD

COLOUR_SPACE, SRGB = 0xA001, 1
ASCII, SHORT, LONG = 2, 3, 4
ENTRY_BYTES = 12
MAX_CREDIT_BYTES = 1_024

# "auto" subsamples chroma below quality 90 and keeps it from there on (libvips' jpegsave, heifsave).
ENCODERS: Final[Mapping[OutputFormat, Callable[[Image, int, int], bytes]]] = {
    "jpeg": lambda image, quality, keep: image.jpegsave_buffer(Q=quality, optimize_coding=True, keep=keep),
    "webp": lambda image, quality, keep: image.webpsave_buffer(Q=quality, effort=4, keep=keep),
    "avif": lambda image, quality, keep: image.heifsave_buffer(Q=quality, compression="av1", effort=3, keep=keep),
}


def encode(image: Image, output: OutputFormat, *, quality: int, credit: Credit | None) -> bytes:
    """Return the whole file. *image*: sRGB, 8 bit, upright, in memory; *quality* 1-100."""
    if credit is None or credit == Credit():
        return ENCODERS[output](image, quality, ForeignKeep.NONE)
    return ENCODERS[output](credited(image, credit), quality, ForeignKeep.EXIF)


def credited(image: Image, credit: Credit) -> Image:
    """Copy *image* with no metadata but the credit: what is not written cannot leak."""
    bare = _without_metadata(image)
    set_blob(bare, "exif-data", credit_exif(credit))
    return bare


def _without_metadata(image: Image) -> Image:
    """Copy *image* without texts and binary metadata."""
    try:
        names = image.get_fields()
    except UnicodeDecodeError:  # a PNG keyword in Latin-1: pyvips reads names as UTF-8 alone
        pixels = image.write_to_memory()
        plain = Image.new_from_memory(pixels, image.width, image.height, image.bands, image.format)
        return plain.copy(interpretation=image.interpretation)
    bare = image.copy()
    for name in names:
        if image.get_typeof(name) in {GValue.blob_type, GValue.gstr_type, GValue.refstr_type} or name == "orientation":
            bare.remove(name)
    return bare


def credit_exif(credit: Credit) -> bytes:
    """Write an EXIF blob that holds artist, copyright and the sRGB mark alone (CIPA DC-008; little-endian)."""
    known = ((ARTIST, credit.artist), (COPYRIGHT, credit.copyright))
    texts = [(tag, text[:MAX_CREDIT_BYTES] + b"\0") for tag, text in known if text]
    texts_at = 8 + 2 + (len(texts) + 1) * ENTRY_BYTES + 4
    entries, body = b"", b""
    for tag, text in texts:
        place = text.ljust(4, b"\0") if len(text) <= 4 else pack("<I", texts_at + len(body))  # noqa: PLR2004 - inline
        entries += pack("<HHI", tag, ASCII, len(text)) + place
        body += text + b"\0" * (len(text) % 2) if len(text) > 4 else b""  # noqa: PLR2004
    entries += pack("<HHII", EXIF_IFD, LONG, 1, texts_at + len(body))
    photo = pack("<HHHIHHI", 1, COLOUR_SPACE, SHORT, 1, SRGB, 0, 0)
    return b"Exif\0\0II*\0\x08\0\0\0" + pack("<H", len(texts) + 1) + entries + b"\0\0\0\0" + body + photo
