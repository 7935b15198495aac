"""Recognise photos that carry a gain map, from which HDR screens make a brighter picture: renditions are SDR."""

from __future__ import annotations

import re
from typing import Final

from processor.imaging.model import ImageFormat

ADOBE: Final = rb"http://ns\.adobe\.com/hdr-gain-map/1\.0/"  # Ultra HDR: XMP of the primary image
ISO: Final = rb"urn:iso:std:iso:ts:21496:-1"  # ISO 21496-1: a segment of JPEG, an auxiliary image of HEIF
APPLE_XMP: Final = rb"http://ns\.apple\.com/HDRGainMap/1\.0/"  # in the second image of an iPhone's JPEG
APPLE_ITEM: Final = rb"urn:com:apple:photo:2020:aux:hdrgainmap"
TONE_MAPPED_ITEM: Final = rb"infe[\2\3].{7,9}tmap"  # ISO 23008-12: version, flags, item ID, protection, type

IN_JPEG: Final = re.compile(b"|".join((ADOBE, ISO)))
IN_SECOND_IMAGE: Final = re.compile(APPLE_XMP)
IN_HEIF: Final = re.compile(b"|".join((ISO, APPLE_ITEM, TONE_MAPPED_ITEM)), re.DOTALL)
SEVERAL_IMAGES: Final = re.compile(rb"MPF\0")
HEAD_BYTES: Final = 256 << 10


def has_gain_map(data: memoryview, kind: ImageFormat) -> bool:
    """Tell whether the file *data* holds a gain map; looks at its head, and further only if several images follow."""
    head = data[:HEAD_BYTES]
    if kind in {"heic", "avif"}:
        return IN_HEIF.search(head) is not None
    if kind != "jpeg":
        return False
    several = SEVERAL_IMAGES.search(head) is not None
    return IN_JPEG.search(head) is not None or (several and IN_SECOND_IMAGE.search(data) is not None)
