"""HEIC files by x265 and AVIF files by Pillow's encoder."""

from __future__ import annotations

import io
from typing import Any, Literal

import numpy as np
import pillow_heif
from PIL import Image

from tests.factories.photos.exif import exif
from tests.factories.photos.raster import transparent_scene
from tests.factories.photos.scene import Pixels, scene, stored


def heic(  # noqa: PLR0913 - keyword-only knobs of a factory
    upright: Pixels | None = None,
    *,
    orientation: int = 1,
    exif_block: bytes | None = None,
    icc: bytes | None = None,
    quality: int = 95,
    chroma: Literal[420, 444] = 444,
) -> bytes:
    """Encode the scene, or *upright* pixels.

    *orientation* other than 1 is written twice, as a phone does: as ``irot``/``imir`` properties, which
    count, and in EXIF, which a HEIF reader must ignore (ISO/IEC 23008-12: transformative properties).
    An *exif_block* of one's own must name the same orientation: the encoder reads it there.
    """
    pixels = np.ascontiguousarray(stored(scene() if upright is None else upright, orientation))
    block = exif(orientation=orientation) if exif_block is None else exif_block
    return _heif(Image.fromarray(pixels), quality=quality, exif=b"Exif\0\0" + block, icc_profile=icc, chroma=chroma)


def transparent_heic() -> bytes:
    """Encode the scene with an alpha plane that hides its right half."""
    return _heif(transparent_scene(), quality=95, chroma=444)


def avif(*, transparent: bool = False, icc: bytes | None = None) -> bytes:
    """Encode the scene as AVIF."""
    picture = transparent_scene() if transparent else Image.fromarray(scene())
    out = io.BytesIO()
    picture.save(out, "AVIF", quality=95, icc_profile=icc)
    return out.getvalue()


def _heif(picture: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    file: Any = pillow_heif.from_pillow(picture)  # its annotations are incomplete
    file.save(out, **{name: value for name, value in options.items() if value is not None})
    return out.getvalue()
