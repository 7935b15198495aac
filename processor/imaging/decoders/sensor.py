"""Demosaic a RAW's sensor by LibRaw: its geometry, and its pixels in sRGB or in linear light."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import rawpy
from pyvips import Image

from processor.imaging.decoders.buffers import from_rows
from processor.imaging.geometry import Box, Rung, largest_frame
from processor.imaging.structure.dng import Frame, shown_frame
from processor.imaging.structure.header import Header, size_lie
from processor.source import Source

ORIENTATIONS: Final = {0: 1, 1: 2, 3: 3, 2: 4, 4: 5, 6: 6, 7: 7, 5: 8}
"""LibRaw's flip (bit 0: mirror columns, 1: mirror rows, 2: exchange them first) → EXIF orientation."""

SHAPE_TOLERANCE: Final = 0.02
MAX_MARGIN: Final = 0.05
SRGB_GAMMA: Final = (2.4, 12.92)
"""Power and toe slope of sRGB (IEC 61966-2-1). LibRaw's own default is BT.709's curve: shadows come out too dark."""
LINEAR: Final = (1, 1)
FAST_FROM_SHRINK: Final = 1.5
LEAST_WHITE: Final = 0.5
"""A white level below this share of the sensor's own is a mistake of the file."""


@dataclass(frozen=True, slots=True)
class Sensor:
    """The sensor of an opened RAW. *visible*: the picture that LibRaw makes, px as stored; *frame*: the part shown."""

    file: rawpy.RawPy
    visible: Box
    frame: Frame
    orientation: int

    @property
    def size(self) -> Box:
        """Size of the part shown, px as stored."""
        return Box(max(1, round(self.frame.width)), max(1, round(self.frame.height)))

    @property
    def sees_colour(self) -> bool:
        """Tell whether the sensor has a colour filter."""
        return self.file.num_colors > 1

    def half_fills(self, rungs: Sequence[Rung]) -> bool:
        """Tell whether four sensor pixels can make one: no interpolation, a quarter of the work."""
        half = Box(max(1, self.size.width // 2), max(1, self.size.height // 2)).turned(self.orientation)
        return all(half.holds(rung.frame) for rung in rungs)

    def demosaic(self, rungs: Sequence[Rung], *, linear: bool) -> Image:
        """Run LibRaw with the camera's white balance, as large as *rungs* need; the picture is not turned upright here.

        sRGB of 8 bit, or ProPhoto RGB in *linear* light, 16 bit. Brightness follows from the sensor's own levels
        alone, never from the picture: frames of one burst stay equal. Raises LibRawError, PhotoError.
        """
        rows = self.file.postprocess(
            use_camera_wb=True,
            half_size=self.half_fills(rungs),
            output_color=rawpy.ColorSpace.ProPhoto if linear else rawpy.ColorSpace.sRGB,
            output_bps=16 if linear else 8,
            gamma=LINEAR if linear else SRGB_GAMMA,
            user_flip=0,
            user_sat=_white_level(self.file),
            no_auto_bright=True,
            adjust_maximum_thr=0.0,
            demosaic_algorithm=self._algorithm(rungs),
        )
        height, width, bands = rows.shape
        if abs(width / height / self.visible.aspect - 1) > SHAPE_TOLERANCE:
            claim = Header(format="raw", width=self.visible.width, height=self.visible.height)
            raise size_lie(claim, width, height)
        sample = "ushort" if linear else "uchar"
        image = from_rows(rows.data, width=width, height=height, bands=bands, stride=rows.strides[0], sample=sample)
        return self._shown(image)

    def _algorithm(self, rungs: Sequence[Rung]) -> rawpy.DemosaicAlgorithm:
        """Choose the interpolation; where its finest detail is shrunk away, one that takes half the time."""
        shrink = self.size.long_side / largest_frame(rungs).long_side
        return rawpy.DemosaicAlgorithm.PPG if shrink >= FAST_FROM_SHRINK else rawpy.DemosaicAlgorithm.AHD

    def _shown(self, image: Image) -> Image:
        """Cut out the part shown."""
        across, down = image.width / self.visible.width, image.height / self.visible.height
        width = min(max(1, round(self.frame.width * across)), image.width)
        height = min(max(1, round(self.frame.height * down)), image.height)
        left = min(round(self.frame.left * across), image.width - width)
        top = min(round(self.frame.top * down), image.height - height)
        return image if (width, height) == (image.width, image.height) else image.crop(left, top, width, height)


def sensor_of(file: rawpy.RawPy, source: Source, header: Header) -> Sensor:
    """Read the sensor's geometry. Raises LibRawError."""
    sizes = file.sizes
    orientation = ORIENTATIONS.get(sizes.flip, 1)
    if _lies_diagonally(sizes):
        visible = _turned_size(file)
        return Sensor(file, visible, Frame(0, 0, visible.width, visible.height), orientation)
    visible = square(sizes.width, sizes.height, sizes.pixel_aspect)
    crop = shown_frame(source.view, sizes.width, sizes.height)
    if crop is None:
        return Sensor(file, visible, without_margin(visible, header), orientation)
    across, down = visible.width / sizes.width, visible.height / sizes.height
    frame = Frame(crop.left * across, crop.top * down, crop.width * across, crop.height * down)
    return Sensor(file, visible, frame, orientation)


def square(width: int, height: int, pixel_aspect: float) -> Box:
    """Return the size in square pixels: LibRaw stretches the shorter way (Nikon D1X)."""
    if pixel_aspect < 1:
        return Box(width, round(height / pixel_aspect))
    return Box(round(width * pixel_aspect), height)


def without_margin(visible: Box, header: Header) -> Frame:
    """Use the declared size when it is a few pixels smaller than LibRaw's: the rest is a dark margin (Kodak DC50)."""
    declared = Box(max(1, header.width), max(1, header.height))
    margin = max(1 - declared.width / visible.width, 1 - declared.height / visible.height)
    shown = declared if visible.holds(declared) and margin <= MAX_MARGIN else visible
    left, top = (visible.width - shown.width) // 2, (visible.height - shown.height) // 2
    return Frame(left, top, shown.width, shown.height)


def _lies_diagonally(sizes: Any) -> bool:
    """Recognise Fujifilm's sensors that lie at 45° by LibRaw's square canvas for them."""
    return sizes.width == sizes.height + 1 or sizes.width > sizes.raw_width or sizes.height > sizes.raw_height


def _turned_size(file: rawpy.RawPy) -> Box:
    """Return the size of the picture that LibRaw turns by 45°; only LibRaw can tell, and only by doing so."""
    height, width, _ = file.postprocess(user_flip=0, demosaic_algorithm=rawpy.DemosaicAlgorithm.LINEAR).shape
    return Box(width, height)


def _white_level(file: rawpy.RawPy) -> int | None:
    """Return the level at which this camera's pixels are full, above black, where the file names it.

    Highlights would turn magenta without it, as LibRaw must not adjust the level to the picture's brightest pixel.
    """
    named = [level for level in file.camera_white_level_per_channel or () if level]
    if not named or not LEAST_WHITE * file.white_level < min(named) <= file.white_level:
        return None
    black = min(file.black_level_per_channel)
    return min(named) - black
