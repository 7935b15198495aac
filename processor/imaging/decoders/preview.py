"""Read the picture that a camera embeds in its RAW, and decide whether it can stand for the sensor's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pyvips
import rawpy
from pyvips import Image

from processor.errors import PhotoError
from processor.imaging.colour import decide, to_srgb
from processor.imaging.decoders.buffers import from_rows
from processor.imaging.decoders.damage import forget_warnings, refuse_damage
from processor.imaging.decoders.jpeg import jpeg_shrink
from processor.imaging.exif import NO_EXIF, Exif, read_exif
from processor.imaging.geometry import Box
from processor.imaging.icc import adobe_rgb_profile
from processor.imaging.structure.header import truncated
from processor.imaging.structure.jpeg import walk_jpeg

ASPECT_TOLERANCE: Final = 0.02
"""Previews lose a few edge pixels of the sensor, never a fiftieth; more is another crop or a bordered thumbnail."""
MIN_LONG_SIDE_PX: Final = 64
"""Fewer pixels tell too little about tone and colour."""
MAX_SCANS: Final = 100
PROBE: Final = Box(64, 64)
GREY_TOLERANCE: Final = 4


@dataclass(frozen=True, slots=True)
class Preview:
    """An embedded picture: *size* as stored, px; *data*: a JPEG file, or the rows of a bare RGB bitmap.

    *is_adobe_rgb*: its colours, where it carries no profile itself.
    """

    size: Box
    data: Any
    exif: Exif
    is_jpeg: bool
    is_adobe_rgb: bool

    @classmethod
    def of_jpeg(cls, data: bytes, raw_exif: Exif) -> Preview:
        """Check the JPEG's structure; a broken one raises PhotoError. The RAW's EXIF counts for one without."""
        header = walk_jpeg(memoryview(data), max_scans=MAX_SCANS)
        if header.unfinished:
            raise truncated("the JPEG has no end marker")
        exif = read_exif(header.exif, xmp=header.xmp, iptc=header.iptc)
        named = raw_exif if exif == NO_EXIF else exif
        size = Box(header.width, header.height)
        return cls(size, data, exif, is_jpeg=True, is_adobe_rgb=named.is_adobe_rgb)

    @classmethod
    def of_bitmap(cls, rows: Any) -> Preview:
        """Take LibRaw's array of height × width × 3 samples of 8 bit."""
        return cls(Box(rows.shape[1], rows.shape[0]), rows, NO_EXIF, is_jpeg=False, is_adobe_rgb=False)

    @property
    def profile(self) -> bytes | None:
        """The ICC profile that the picture does not carry itself."""
        return adobe_rgb_profile() if self.is_adobe_rgb else None

    def load(self, *, shrink: int = 1) -> Image:
        """Open the picture, to be read once from top to bottom; a JPEG is shrunk by *shrink* while loading."""
        if self.is_jpeg:
            return Image.jpegload_buffer(self.data, access="sequential", fail_on="truncated", shrink=shrink)
        stride = self.size.width * 3
        return from_rows(self.data.data, width=self.size.width, height=self.size.height, bands=3, stride=stride)

    def small(self, size: Box, *, shrink: int = 1) -> Image:
        """Return the picture in sRGB, shrunk to exactly *size* px in linear light; raises PhotoError."""
        forget_warnings()
        image = self.load(shrink=shrink)
        light: Any = to_srgb(image, decide(image, profile=self.profile)).colourspace("scrgb")
        shrunk = light.resize(size.width / image.width, vscale=size.height / image.height, kernel="linear")
        small = shrunk.colourspace("srgb").copy_memory()
        refuse_damage()
        return small

    def flaw(self, sensor: Box, orientation: int, *, colour: bool) -> str:
        """Return why this preview cannot stand for a photo of *sensor* px; empty when it can.

        Most cameras store previews as the sensor lies, some already upright: either shape is right.
        """
        shapes, found = (sensor, sensor.turned(orientation)), f"{self.size.width}×{self.size.height}"
        if self.size.long_side < MIN_LONG_SIDE_PX:
            return f"is too small to use ({found})"
        if all(abs(self.size.aspect / shape.aspect - 1) > ASPECT_TOLERANCE for shape in shapes):
            return f"has another aspect ({found} against {sensor.width}×{sensor.height})"
        try:
            # All coded data is read, and may be found damaged; most pixels need not be computed for that.
            probe = self.small(PROBE, shrink=jpeg_shrink(self.size, PROBE))
        except (pyvips.Error, PhotoError):
            return "cannot be decoded"
        return "is monochrome though the sensor sees colour" if colour and _is_grey(probe) else ""


def _is_grey(image: Image) -> bool:
    red, green, blue = image.bandsplit()
    apart: Any = max((red - green).abs().max(), (green - blue).abs().max())
    return bool(apart <= GREY_TOLERANCE)


def find_preview(file: rawpy.RawPy, sensor: Box, orientation: int, *, raw_exif: Exif) -> tuple[Preview | None, str]:
    """Return the usable preview or None, and the reason why it was refused. *sensor*: the part shown, px as stored."""
    try:
        thumb = file.extract_thumb()
    except rawpy.LibRawError:
        return None, "there is no embedded preview"
    try:
        data = thumb.data
        preview = Preview.of_jpeg(data, raw_exif) if isinstance(data, bytes) else Preview.of_bitmap(data)
    except PhotoError as error:
        return None, f"the embedded preview is broken ({error.finding})"
    flaw = preview.flaw(sensor, orientation, colour=file.num_colors > 1)
    return (None, f"the embedded preview {flaw}") if flaw else (preview, "")
