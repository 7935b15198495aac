"""Collect the searchable facts that a photo carries: title, caption, keywords, rating and, if asked, place.

XMP counts most, then IPTC, then EXIF and Windows' tags. Texts come from strangers: their length and number are bounded,
control characters and marks of direction are removed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

from processor.imaging.exif import Exif
from processor.imaging.model import EmbeddedFacts, Location
from processor.imaging.structure.iptc import CAPTION, KEYWORDS, OBJECT_NAME
from processor.imaging.structure.tiff import Directory

DESCRIPTION, RATING, XP_TITLE, XP_KEYWORDS = 0x010E, 0x4746, 0x9C9B, 0x9C9E
LATITUDE_REF, LATITUDE, LONGITUDE_REF, LONGITUDE = 1, 2, 3, 4
MINUTES_PER_DEGREE, SECONDS_PER_DEGREE = 60, 3_600

MAX_TITLE, MAX_CAPTION, MAX_KEYWORD, MAX_KEYWORDS = 256, 2_000, 64, 100
REJECTED, MAX_RATING = -1, 5
UNWANTED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Unicode categories of what is no text: control, direction and format, surrogates, private and unassigned."""
JOINERS: Final = "\u200c\u200d"
"""Category Cf too, but part of words (Persian, Hindi) and of emoji."""
OF_THE_CAMERA: Final = frozenset(
    {"OLYMPUS DIGITAL CAMERA", "SONY DSC", "DIGITAL CAMERA", "MINOLTA DIGITAL CAMERA", "KONICA MINOLTA DIGITAL CAMERA"}
)
"""Cameras write their own name as the description of every photo."""


def embedded_facts(exif: Exif, *, location: bool) -> EmbeddedFacts:
    """Collect the facts; *location*: the place too."""
    description = _utf_8(exif.image.blob(DESCRIPTION))
    return EmbeddedFacts(
        title=_first((*exif.xmp.title, *exif.iptc.get(OBJECT_NAME, ()), _utf_16(exif.image, XP_TITLE)), MAX_TITLE),
        caption=_first(
            (
                *exif.xmp.description,
                *exif.iptc.get(CAPTION, ()),
                "" if description.strip() in OF_THE_CAMERA else description,
            ),
            MAX_CAPTION,
        ),
        keywords=_keywords(
            exif.xmp.subject or exif.iptc.get(KEYWORDS) or _utf_16(exif.image, XP_KEYWORDS).split(";"),
        ),
        rating=_rating(exif),
        location=_location(exif.gps) if location else None,
    )


def clean(text: str, most: int) -> str:
    """Return *text* on one line, without what is no text, at most *most* characters long."""
    spaced = " ".join(text[: 4 * most].split())
    kept = (char for char in spaced if char in JOINERS or unicodedata.category(char) not in UNWANTED)
    return "".join(kept)[:most].strip()


def _first(candidates: Iterable[str], most: int) -> str | None:
    cleaned = (clean(one, most) for one in candidates)
    return next((one for one in cleaned if one), None)


def _keywords(candidates: Iterable[str]) -> tuple[str, ...]:
    """Clean them; each once, whatever its case, in the photographer's order."""
    found: dict[str, str] = {}
    for candidate in candidates:
        word = clean(candidate, MAX_KEYWORD)
        if word and len(found) < MAX_KEYWORDS:
            found.setdefault(word.casefold(), word)
    return tuple(found.values())


def _rating(exif: Exif) -> int | None:
    """Return the stars from 1 to 5, or -1 for a rejected photo; 0 means that nothing was decided."""
    try:
        stars = round(float(exif.xmp.rating))
    except (ValueError, OverflowError):
        stars = exif.image.number(RATING)
    return stars if stars and REJECTED <= stars <= MAX_RATING else None


def _location(gps: Directory) -> Location | None:
    """Return degrees, south and west negative (CIPA DC-008, GPS IFD); None for a place that is not on the globe."""
    latitude = _degrees(gps, LATITUDE, negative=gps.text(LATITUDE_REF) == b"S")
    longitude = _degrees(gps, LONGITUDE, negative=gps.text(LONGITUDE_REF) == b"W")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:  # noqa: PLR2004 - degrees
        return None
    return None if latitude == longitude == 0 else Location(latitude=latitude, longitude=longitude)


def _degrees(gps: Directory, tag: int, *, negative: bool) -> float | None:
    parts = gps.ratios(tag)
    if not parts:
        return None
    total = sum(part / over for part, over in zip(parts, (1, MINUTES_PER_DEGREE, SECONDS_PER_DEGREE), strict=False))
    return round(-total if negative else total, 6)


def _utf_8(value: bytes) -> str:
    return value.split(b"\0", 1)[0].decode("utf-8", "replace").replace("\ufffd", "")


def _utf_16(directory: Directory, tag: int) -> str:
    """Decode one of Windows' tags."""
    return directory.blob(tag)[: 8 * MAX_CAPTION].decode("utf-16-le", "ignore").split("\0", 1)[0]
