"""Read the part of its sensor that a DNG shows (Adobe DNG 1.7: DefaultCropOrigin, DefaultCropSize, DefaultUserCrop)."""

from __future__ import annotations

from dataclasses import dataclass
from struct import error as struct_error
from typing import Final

from processor.errors import PhotoError
from processor.imaging.structure.tiff import MAGICS, Directory, directories
from processor.imaging.structure.tiff_photo import CFA, DNG_VERSION, HEIGHT, LINEAR_RAW, PHOTOMETRIC, WIDTH

CROP_ORIGIN, CROP_SIZE, USER_CROP = 50719, 50720, 51125
WHOLE: Final = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Frame:
    """A part of a picture: its left upper corner, width and height in px."""

    left: float
    top: float
    width: float
    height: float

    def inside(self, width: float, height: float) -> bool:
        """Return whether the frame has an area and lies in a picture of *width* × *height* px."""
        return 0 <= self.left < self.left + self.width <= width and 0 <= self.top < self.top + self.height <= height


def shown_frame(data: memoryview, width: int, height: int) -> Frame | None:
    """Return the part of the active area, *width* × *height* px, that a DNG shows; None for all of it or no DNG.

    The user's crop is a share of the default crop. A crop that does not fit is ignored.
    """
    sensor = _sensor(data)
    if sensor is None:
        return None
    origin, size = sensor.ratios(CROP_ORIGIN), sensor.ratios(CROP_SIZE)
    whole = Frame(0, 0, width, height)
    frame = Frame(*origin, *size) if len(origin) == len(size) == 2 else whole  # noqa: PLR2004 - across and down
    frame = frame if frame.inside(width, height) else whole
    share = sensor.ratios(USER_CROP)
    top, left, bottom, right = share if len(share) == len(WHOLE) else WHOLE
    cropped = Frame(
        frame.left + left * frame.width,
        frame.top + top * frame.height,
        (right - left) * frame.width,
        (bottom - top) * frame.height,
    )
    frame = cropped if cropped.inside(width, height) else frame
    return frame if frame != whole else None


def _sensor(data: memoryview) -> Directory | None:
    """Return the directory of a DNG's largest sensor picture."""
    if bytes(data[:4]) not in MAGICS:
        return None
    try:
        pages = directories(data)
    except (PhotoError, struct_error, IndexError):
        return None
    if not any(DNG_VERSION in page.tags for page in pages):
        return None
    sensors = [page for page in pages if page.number(PHOTOMETRIC) in {CFA, LINEAR_RAW}]
    return max(sensors, key=lambda page: page.number(WIDTH) * page.number(HEIGHT), default=None)
