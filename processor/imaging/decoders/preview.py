"""Read the JPEG that a camera embeds in its RAW, and decide whether it can replace the demosaic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyvips
from pyvips import Image

from processor.errors import PhotoError
from processor.imaging.decoders.damage import forget_warnings, refuse_damage
from processor.imaging.exif import Exif, read_exif
from processor.imaging.geometry import Box
from processor.imaging.structure.header import truncated
from processor.imaging.structure.jpeg import walk_jpeg

ASPECT_TOLERANCE = 0.02
"""Previews lose a few edge pixels of the sensor, never a fiftieth; more is another crop or a bordered thumbnail."""
MAX_SCANS = 100
PROBE_PX = 64
GREY_TOLERANCE = 4


@dataclass(frozen=True, slots=True)
class Preview:
    """An embedded JPEG: *size* as stored, px; *data* the whole file."""

    size: Box
    data: bytes
    exif: Exif

    @classmethod
    def read(cls, data: bytes) -> Preview:
        """Check the JPEG's structure; a broken one raises PhotoError."""
        header = walk_jpeg(memoryview(data), max_scans=MAX_SCANS)
        if header.unfinished:
            raise truncated("the JPEG has no end marker")
        return cls(Box(header.width, header.height), data, read_exif(header.exif, xmp=header.xmp, iptc=header.iptc))

    def load(self) -> Image:
        """Open the picture, to be read once from top to bottom."""
        return Image.jpegload_buffer(self.data, access="sequential", fail_on="truncated")

    def flaw(self, sensor: Box, orientation: int, *, colour: bool) -> str:
        """Return why this preview cannot replace a photo of *sensor* px; empty when it can.

        Most cameras store previews as the sensor lies, some already upright: either shape is right.
        """
        shapes = (sensor, sensor.turned(orientation))
        if all(abs(self.size.aspect / shape.aspect - 1) > ASPECT_TOLERANCE for shape in shapes):
            return f"has another aspect ({self.size.width}×{self.size.height} against {sensor.width}×{sensor.height})"
        try:
            forget_warnings()
            probe = Image.thumbnail_buffer(self.data, PROBE_PX, fail_on="truncated").copy_memory()
            refuse_damage()
        except (pyvips.Error, PhotoError):
            return "cannot be decoded"
        return "is monochrome though the sensor sees colour" if colour and _is_grey(probe) else ""


def _is_grey(image: Image) -> bool:
    if image.bands < 3:  # noqa: PLR2004
        return True
    red, green, blue = image.bandsplit()[:3]
    apart: Any = max((red - green).abs().max(), (green - blue).abs().max())
    return bool(apart <= GREY_TOLERANCE)


def usable_preview(data: bytes, sensor: Box, orientation: int, *, colour: bool) -> tuple[Preview | None, str]:
    """Return the preview or None, and the reason why it was refused."""
    try:
        preview = Preview.read(data)
    except PhotoError as error:
        return None, f"the embedded preview is broken ({error.finding})"
    flaw = preview.flaw(sensor, orientation, colour=colour)
    return (None, f"the embedded preview {flaw}") if flaw else (preview, "")
