"""Build DNG files (Adobe DNG 1.4) that LibRaw decodes: an uncompressed Bayer mosaic, with or without a preview.

The camera's own colour space is linear sRGB under D65, seen through uneven channel gains, so that a
decoder shows the scene's colours only when it applies the matrix, the black level and the camera's
white balance.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from testkit.photos.exif import CAMERA, SHOT
from testkit.photos.icc import SRGB_XY, linear_to_xyz
from testkit.photos.ifd import (
    Blob,
    Directory,
    Value,
    ascii_text,
    byte,
    long,
    rational,
    short,
    srational,
    tiff,
)
from testkit.photos.scene import Pixels, scene, stored

BLACK, WHITE = 512, 15_871
# As-shot neutral: what a grey card reads in camera RGB.
NEUTRAL: Final = (0.5, 1.0, 0.7)
RAW_IMAGE, REDUCED_IMAGE = 0, 1
MOSAIC, RGB, GREYSCALE = 32803, 6, 1
UNCOMPRESSED, JPEG = 1, 7
D65_ILLUMINANT = 21


def dng(
    upright: Pixels | None = None,
    *,
    orientation: int = 1,
    preview: bytes | None = None,
    sensor: Mapping[int, Value] | None = None,
) -> bytes:
    """Build a DNG of the scene, or of *upright* sRGB pixels with even sides.

    With a *preview* (a JPEG, stored like the mosaic) IFD0 holds the preview and a SubIFD the mosaic,
    as converters write it; without, IFD0 is the mosaic. *sensor*: further entries of the mosaic's directory.
    """
    pixels = stored(scene() if upright is None else upright, orientation)
    raw = {**mosaic_entries(mosaic(np.ascontiguousarray(pixels))), **(sensor or {})}
    common: dict[int, Value] = {**CAMERA, **camera_entries(), 0x0112: short(orientation), 0x8769: Directory(SHOT)}
    if preview is None:
        return tiff(Directory(raw | common))
    return tiff(Directory(preview_entries(preview) | common | {0x014A: Directory(raw)}))


def preview(width: int, height: int, *, grey: bool = False, quality: int = 90) -> bytes:
    """Encode the scene at *width* x *height* as the JPEG that a camera embeds; *grey* as some wrongly do."""
    picture = Image.fromarray(scene(width, height))
    out = io.BytesIO()
    (picture.convert("L") if grey else picture).save(out, "JPEG", quality=quality)
    return out.getvalue()


def camera_look(pixels: Pixels) -> Pixels:
    """Show sRGB *pixels* as a camera's own JPEG does: brighter mid-tones, milder colours, a warm white balance."""
    light = ((np.arange(256) / 255.0) ** 2.2)[pixels]
    mixed = np.clip(light @ np.array([[0.9, 0.06, 0.04], [0.05, 0.92, 0.03], [0.03, 0.05, 0.92]]), 0, 1)
    encoded = mixed ** (1 / 2.2)
    toned = encoded + 0.12 * np.sin(np.pi * encoded) * np.array([1.1, 1.0, 0.8])
    return np.rint(255 * np.clip(toned, 0, 1)).astype(np.uint8)


def small_look(pixels: Pixels, *, shrink: int = 4) -> bytes:
    """Encode *pixels*, shrunk by a whole number, as the preview of a camera with a look of its own."""
    return small_preview(camera_look(pixels), shrink=shrink)


def small_preview(shown: Pixels, *, shrink: int = 4) -> bytes:
    """Encode what the camera shows, shrunk by a whole number."""
    picture = Image.fromarray(shown).reduce(shrink)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95, subsampling=0)
    return out.getvalue()


def mosaic(pixels: Pixels) -> NDArray[np.uint16]:
    """Sample sRGB *pixels* through an RGGB filter: linear, with the camera's gains and black level."""
    levels = np.arange(256) / 255
    linear = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    tables = [(BLACK + linear * gain * (WHITE - BLACK)).round().astype(np.uint16) for gain in NEUTRAL]
    out = np.empty(pixels.shape[:2], np.uint16)
    for row, column, channel in ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 2)):
        out[row::2, column::2] = tables[channel][pixels[row::2, column::2, channel]]
    return out


def mosaic_entries(samples: NDArray[np.uint16]) -> dict[int, Value]:
    """Describe the mosaic *samples* as one uncompressed 16-bit strip."""
    height, width = samples.shape
    return {
        0x00FE: long(RAW_IMAGE),
        0x0100: long(width),
        0x0101: long(height),
        0x0102: short(16),
        0x0103: short(UNCOMPRESSED),
        0x0106: short(MOSAIC),
        0x0111: Blob(samples.astype("<u2").tobytes()),
        0x0115: short(1),
        0x0116: long(height),
        0x0117: long(samples.nbytes),
        0x828D: short(2, 2),  # CFARepeatPatternDim
        0x828E: byte(0, 1, 1, 2),  # CFAPattern: red green / green blue
        0xC61A: short(BLACK),
        0xC61D: long(WHITE),
    }


def camera_entries() -> Mapping[int, Value]:
    """Build the entries that make a TIFF a DNG: version, and the matrix from sensor values to colours."""
    xyz_to_camera = np.linalg.inv(linear_to_xyz(SRGB_XY)) * np.array(NEUTRAL)[:, None]
    return {
        0xC612: byte(1, 4, 0, 0),  # DNGVersion
        0xC613: byte(1, 1, 0, 0),  # DNGBackwardVersion
        0xC614: ascii_text("Darkroom Works DW-1"),  # UniqueCameraModel
        0xC621: srational(*xyz_to_camera.ravel().tolist()),  # ColorMatrix1
        0xC628: rational(*NEUTRAL),  # AsShotNeutral
        0xC65A: short(D65_ILLUMINANT),  # CalibrationIlluminant1
    }


def preview_entries(data: bytes) -> dict[int, Value]:
    """Describe a preview JPEG as a reduced image of one strip."""
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as picture:
        (width, height), channels = picture.size, len(picture.getbands())
    return {
        0x00FE: long(REDUCED_IMAGE),
        0x0100: long(width),
        0x0101: long(height),
        0x0102: short(*[8] * channels),
        0x0103: short(JPEG),
        0x0106: short(RGB if channels == 3 else GREYSCALE),
        0x0111: Blob(data),
        0x0115: short(channels),
        0x0116: long(height),
        0x0117: long(len(data)),
    }
