"""Make the measured photos: natural contrasts and sensor noise, coded as the devices code them."""

from __future__ import annotations

import numpy as np
import pyvips

from testkit.photos.exif import exif
from testkit.photos.heif import heic
from testkit.photos.icc import adobe_rgb, display_p3
from testkit.photos.jpeg import jpeg
from testkit.photos.raw import dng
from testkit.photos.scene import textured

REVISION = 1
"""Part of the cached files' names: raise it when the inputs change."""

CAMERA_QUALITY = 96
"""About 0.35 bytes a pixel, as a camera's finest setting."""

PREVIEW_QUALITY = 85
PHONE_QUALITY = 55


def jpeg_24mp() -> bytes:
    """Make what a 24 MP camera writes: 6000 x 4000 px, 4:2:0, about 9 MB."""
    return jpeg(textured(6000, 4000), exif_block=exif(orientation=1), quality=CAMERA_QUALITY)


def jpeg_24mp_adobe_rgb() -> bytes:
    """Make the same with a profile: what colour management costs each peer differs most."""
    return jpeg(textured(6000, 4000), exif_block=exif(orientation=1), icc=adobe_rgb(), quality=CAMERA_QUALITY)


def jpeg_45mp() -> bytes:
    """Make what a 45 MP camera writes: 8256 x 5504 px."""
    return jpeg(textured(8256, 5504), exif_block=exif(orientation=1), quality=CAMERA_QUALITY)


def jpeg_100mp() -> bytes:
    """Make nearly the largest photo that the default limits take: 12,240 x 8,160 px. Takes 2.5 GB itself."""
    return jpeg(textured(12_240, 8_160), exif_block=exif(orientation=1), quality=CAMERA_QUALITY)


def heic_12mp_p3() -> bytes:
    """Make what a phone writes: 4032 x 3024 px, 4:2:0, about 2 MB, with a Display P3 profile."""
    return heic(textured(4032, 3024), icc=display_p3(), quality=PHONE_QUALITY, chroma=420)


def dng_24mp() -> bytes:
    """Make an uncompressed 16-bit mosaic of 6000 x 4000 px that only a demosaic can show."""
    return dng(textured(6000, 4000))


def dng_24mp_preview() -> bytes:
    """Make the same with a preview of full size, as most cameras embed it."""
    pixels = textured(6000, 4000)
    return dng(pixels, preview=jpeg(pixels, quality=PREVIEW_QUALITY))


def png_8mp_16bit() -> bytes:
    """Make an export of 3456 x 2304 px with 16 bits a channel."""
    pixels = textured(3456, 2304).astype(np.uint16) * 257
    return pyvips.Image.new_from_array(pixels).copy(interpretation="rgb16").pngsave_buffer(bitdepth=16)
