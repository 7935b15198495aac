"""Read orientation, camera, moment and credit of a photo. Never serial number or owner.

Tags: CIPA DC-008 (EXIF 2.32); where they are silent, XMP and IPTC count. What cannot be read is absent, never an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from struct import error as struct_error

from processor.errors import PhotoError
from processor.imaging.model import CameraFacts
from processor.imaging.structure.iptc import BY_LINE, COPYRIGHT_NOTICE, data_sets, decoded, texts
from processor.imaging.structure.tiff import EXIF_IFD, MAGICS, Directory, first_directory, sub_directory
from processor.imaging.xmp import NO_XMP, Xmp, read_xmp

MAKE, MODEL, ORIENTATION, ARTIST, COPYRIGHT = 0x010F, 0x0110, 0x0112, 0x013B, 0x8298
EXPOSURE, F_NUMBER, ISO, TAKEN, DIGITIZED, OFFSET_TAKEN = 0x829A, 0x829D, 0x8827, 0x9003, 0x9004, 0x9011
FOCAL_LENGTH, LENS_MODEL = 0x920A, 0xA434
GPS_IFD = 0x8825
XMP, IPTC, PHOTOSHOP = 0x02BC, 0x83BB, 0x8649  # in TIFF and RAW files

INTEROPERABILITY_IFD, INTEROPERABILITY_INDEX, ADOBE_RGB_INDEX = 0xA005, 0x0001, b"R03"

MAX_TEXT = 128
MAX_CREDIT_BYTES = 1_024
SHORT = re.compile(rb"[\x00-\x1f\x7f]")
OFFSET_FORM = re.compile(r"[+-]\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class Credit:
    """Artist and copyright notice, in UTF-8."""

    artist: bytes = b""
    copyright: bytes = b""


NO_DIRECTORY = Directory({}, "page")


@dataclass(frozen=True, slots=True)
class Exif:
    """The directories that matter."""

    image: Directory
    photo: Directory
    interoperability: bytes = b""
    xmp: Xmp = NO_XMP
    gps: Directory = field(default=NO_DIRECTORY, repr=False)
    iptc: Mapping[tuple[int, int], list[str]] = field(default_factory=dict[tuple[int, int], list[str]])

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
        """Artist and copyright: of EXIF, else XMP, else IPTC."""
        return Credit(
            _credit(_first_text(self.image, ARTIST), self.xmp.creator, "; ".join(self.iptc.get(BY_LINE, ()))),
            _credit(_first_text(self.image, COPYRIGHT), self.xmp.rights, *self.iptc.get(COPYRIGHT_NOTICE, ())),
        )

    @property
    def camera(self) -> CameraFacts:
        """Maker, model, lens and exposure; what is absent or absurd is None."""
        return CameraFacts(
            make=_text(self.image.text(MAKE)),
            model=_text(self.image.text(MODEL)),
            lens=_text(self.photo.text(LENS_MODEL)) or _text(self.xmp.lens.encode()),
            iso=self.photo.number(ISO) or None,
            exposure_s=_positive(self.photo.ratio(EXPOSURE)),
            aperture=_positive(self.photo.ratio(F_NUMBER)),
            focal_length_mm=_positive(self.photo.ratio(FOCAL_LENGTH)),
        )

    @property
    def taken_at(self) -> str | None:
        """Time at which the photo was taken: ISO 8601 local time, with the offset from UTC where the camera knew it.

        DateTimeOriginal, else DateTimeDigitized, else XMP; blank ones count as absent. Neither DateTime nor OffsetTime:
        they are the last edit's.
        """
        if taken := _moment(self.photo.text(TAKEN)):
            offset = self.photo.text(OFFSET_TAKEN).decode("ascii", "replace")
            return taken + (offset if OFFSET_FORM.fullmatch(offset) else "")
        return _moment(self.photo.text(DIGITIZED)) or self.xmp.taken_at


NO_EXIF = Exif(NO_DIRECTORY, NO_DIRECTORY)


def read_exif(blob: bytes | memoryview | None, *, xmp: bytes | None = None, iptc: bytes | None = None) -> Exif:
    """Read a TIFF-structured blob (an APP1 body behind ``Exif`` mark, or a whole TIFF or RAW file).

    *xmp*, *iptc*: the file's packet and data sets, where they do not lie in the blob.
    """
    view = memoryview(blob or b"")
    image = _first_directory(view)
    photo = sub_directory(view, image, EXIF_IFD) or NO_DIRECTORY
    interoperability = sub_directory(view, photo, INTEROPERABILITY_IFD) or NO_DIRECTORY
    return Exif(
        image,
        photo,
        interoperability.text(INTEROPERABILITY_INDEX),
        read_xmp(xmp or image.blob(XMP)),
        sub_directory(view, image, GPS_IFD) or NO_DIRECTORY,
        texts(iptc or data_sets(image.blob(IPTC)) or data_sets(image.blob(PHOTOSHOP))),
    )


def _first_directory(view: memoryview) -> Directory:
    if bytes(view[:4]) not in MAGICS:
        return NO_DIRECTORY
    try:
        return first_directory(view)
    except (PhotoError, struct_error, IndexError):
        return NO_DIRECTORY


def _moment(value: bytes) -> str | None:
    """Return EXIF's form of a moment in ISO 8601; None for blanks and zeros, which cameras without a clock write."""
    try:
        moment = datetime.strptime(value.decode("ascii", "replace"), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - no zone
    except ValueError:
        return None
    return moment.isoformat()


def _first_text(directory: Directory, tag: int) -> str:
    """Return the first part of a text that is not blank; photographer and editor are parted by NUL."""
    parts = (decoded(part) for part in directory.blob(tag).split(b"\0"))
    return next((part for part in parts if part), "")


def _credit(*candidates: str) -> bytes:
    """Return the first text that says something, as at most 1,024 bytes of UTF-8."""
    text = next((one.strip() for one in candidates if one.strip()), "")
    return text.encode("utf-8", "replace")[:MAX_CREDIT_BYTES].decode("utf-8", "ignore").encode()


def _text(value: bytes) -> str | None:
    """Decode a short text: printable characters only, at most 128."""
    return SHORT.sub(b"", value).decode("utf-8", "replace")[:MAX_TEXT].strip() or None


def _positive(value: float | None) -> float | None:
    return round(value, 6) if value is not None and 0 < value < 1e6 else None  # noqa: PLR2004
