"""Read from EXIF what a gallery may know: orientation, camera, moment, credit. Never place, serial or owner.

Tags: CIPA DC-008 (EXIF 2.32). Blobs come from strangers: whatever cannot be read is absent, never an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from struct import error as struct_error

from processor.errors import PhotoError
from processor.imaging.model import CameraFacts
from processor.imaging.structure.tiff import EXIF_IFD, MAGICS, Directory, first_directory, sub_directory

MAKE, MODEL, ORIENTATION, DATE_TIME, ARTIST, COPYRIGHT = 0x010F, 0x0110, 0x0112, 0x0132, 0x013B, 0x8298
EXPOSURE, F_NUMBER, ISO, TAKEN, OFFSET, OFFSET_TAKEN = 0x829A, 0x829D, 0x8827, 0x9003, 0x9010, 0x9011
FOCAL_LENGTH, LENS_MODEL = 0x920A, 0xA434

INTEROPERABILITY_IFD, INTEROPERABILITY_INDEX, ADOBE_RGB_INDEX = 0xA005, 0x0001, b"R03"

MAX_TEXT = 128
SHORT = re.compile(rb"[\x00-\x1f\x7f]")
OFFSET_FORM = re.compile(r"[+-]\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class Credit:
    """Who made and owns the photo, as the bytes that the EXIF holds (ASCII by the standard, UTF-8 in practice)."""

    artist: bytes = b""
    copyright: bytes = b""


@dataclass(frozen=True, slots=True)
class Exif:
    """The directories that matter."""

    image: Directory
    photo: Directory
    interoperability: bytes = b""

    @property
    def orientation(self) -> int:
        """EXIF orientation 1-8; 1 when absent or not a number from 1 to 8."""
        value = self.image.number(ORIENTATION, 1)
        return value if 1 <= value <= 8 else 1  # noqa: PLR2004

    @property
    def is_adobe_rgb(self) -> bool:
        """Tell whether the camera says "R03" (DCF optional colour space): Adobe RGB without a profile."""
        return self.interoperability == ADOBE_RGB_INDEX

    @property
    def credit(self) -> Credit:
        """Artist and copyright."""
        return Credit(self.image.text(ARTIST), self.image.text(COPYRIGHT))

    @property
    def camera(self) -> CameraFacts:
        """Maker, model, lens and exposure; what is absent or absurd is None."""
        return CameraFacts(
            make=_text(self.image.text(MAKE)),
            model=_text(self.image.text(MODEL)),
            lens=_text(self.photo.text(LENS_MODEL)),
            iso=self.photo.number(ISO) or None,
            exposure_s=_positive(self.photo.ratio(EXPOSURE)),
            aperture=_positive(self.photo.ratio(F_NUMBER)),
            focal_length_mm=_positive(self.photo.ratio(FOCAL_LENGTH)),
        )

    @property
    def taken_at(self) -> str | None:
        """When the shutter opened: ISO 8601 local time, with the offset from UTC where the camera knew it."""
        text = (self.photo.text(TAKEN) or self.image.text(DATE_TIME)).decode("ascii", "replace")
        try:
            moment = datetime.strptime(text, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - cameras mostly know no zone
        except ValueError:
            return None
        offset = (self.photo.text(OFFSET_TAKEN) or self.photo.text(OFFSET)).decode("ascii", "replace")
        return moment.isoformat() + (offset if OFFSET_FORM.fullmatch(offset) else "")


NO_DIRECTORY = Directory({}, "page")
NO_EXIF = Exif(NO_DIRECTORY, NO_DIRECTORY)


def read_exif(blob: bytes | memoryview | None) -> Exif:
    """Read a TIFF-structured blob (an APP1 body behind ``Exif`` mark, or a whole TIFF or RAW file)."""
    if blob is None:
        return NO_EXIF
    view = memoryview(blob)
    if bytes(view[:4]) not in MAGICS:
        return NO_EXIF
    try:
        image = first_directory(view)
    except (PhotoError, struct_error, IndexError):
        return NO_EXIF
    photo = sub_directory(view, image, EXIF_IFD) or NO_DIRECTORY
    interoperability = sub_directory(view, photo, INTEROPERABILITY_IFD) or NO_DIRECTORY
    return Exif(image, photo, interoperability.text(INTEROPERABILITY_INDEX))


def _text(value: bytes) -> str | None:
    """Decode a short text: printable characters only, at most 128."""
    return SHORT.sub(b"", value).decode("utf-8", "replace")[:MAX_TEXT].strip() or None


def _positive(value: float | None) -> float | None:
    return round(value, 6) if value is not None and 0 < value < 1e6 else None  # noqa: PLR2004
