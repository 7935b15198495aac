"""Write an edited picture as a file of one of six formats, an animation where the format can."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pyvips import ForeignKeep, GValue, Image

from processor.edits.operations.file import PictureFormat
from processor.imaging.colour import full_scale
from processor.imaging.edit_model import FILE_KINDS
from processor.imaging.encode import credited
from processor.imaging.exif import Credit
from processor.imaging.picture import COLOURS, DEEPER, Picture, colours_of, eight_bit, is_deep

OPTIMISED_PIXELS: Final = 50_000_000
WHITE: Final = [255.0] * COLOURS

# "auto" subsamples chroma below quality 90 and keeps it from there on (libvips' jpegsave, heifsave).
LOSSY: Final[Mapping[str, Callable[[Image, int, int], bytes]]] = {
    "jpeg": lambda image, quality, keep: image.jpegsave_buffer(
        Q=quality, optimize_coding=_affordable(image), keep=keep
    ),
    "webp": lambda image, quality, keep: image.webpsave_buffer(Q=quality, effort=4, keep=keep),
    "avif": lambda image, quality, keep: image.heifsave_buffer(Q=quality, compression="av1", effort=3, keep=keep),
    # 256 colours, unlike most PNGs, for a file that must be small.
    "png": lambda image, quality, keep: _in_8_bit(image).pngsave_buffer(palette=True, Q=quality, keep=keep),
}
LOSSLESS: Final[Mapping[str, Callable[[Image, int], bytes]]] = {
    "png": lambda image, keep: image.pngsave_buffer(keep=keep),
    "gif": lambda image, keep: image.gifsave_buffer(keep=keep),
    "webp": lambda image, keep: image.webpsave_buffer(lossless=True, effort=4, keep=keep),
    "avif": lambda image, keep: image.heifsave_buffer(lossless=True, compression="av1", effort=3, keep=keep),
    "tiff": lambda image, keep: image.tiffsave_buffer(compression="deflate", predictor="horizontal", keep=keep),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Writer:
    """Writes pictures in one format; *credit* is written where the format can hold it."""

    format: PictureFormat
    credit: Credit | None = None

    def write(self, picture: Picture, quality: int | None) -> bytes:
        """Return the whole file. *quality* 1-100; None: without loss, for formats that can."""
        image = self._joined(picture)
        keep = ForeignKeep.NONE
        if self.credit is not None and self.credit != Credit() and FILE_KINDS[self.format].credit:
            image, keep = credited(image, self.credit), ForeignKeep.EXIF
        if quality is None:
            return LOSSLESS[self.format](image, keep)
        return LOSSY[self.format](image, quality, keep)

    def _joined(self, picture: Picture) -> Image:
        """Join the frames of an animation and attach their delays."""
        if len(picture.frames) == 1:
            return picture.first
        roll: Any = Image.arrayjoin(list(picture.frames), across=1).copy()
        roll.set_type(GValue.gint_type, "page-height", picture.size.height)
        roll.set_type(GValue.gint_type, "loop", picture.loop)
        roll.set_type(GValue.array_int_type, "delay", list(picture.delays))
        return roll


def as_format_holds(picture: Picture, output: PictureFormat) -> Picture:
    """Put transparent parts on white where *output* has no alpha; drop an alpha band that is opaque everywhere."""
    if not picture.has_alpha:
        return picture
    if all(_lowest(frame[COLOURS]) == full_scale(frame) for frame in picture.frames):
        return picture.each(colours_of)
    if FILE_KINDS[output].alpha:
        return picture
    return picture.each(lambda frame: frame.flatten(background=WHITE))


def _affordable(image: Image) -> bool:
    """Return whether memory allows an optimised JPEG coding, which holds all coefficients: 6 bytes a pixel."""
    return image.width * image.height <= OPTIMISED_PIXELS


def _in_8_bit(image: Image) -> Image:
    """Return *image* in 8 bit: libvips makes no palette of 16."""
    return eight_bit(image / DEEPER) if is_deep(image) else image


def _lowest(band: Image) -> float:
    value: Any = band.min()
    return float(value)
