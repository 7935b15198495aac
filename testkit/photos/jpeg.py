"""Encode JPEG files of every kind that cameras, phones and editors write, and damage them."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
from PIL import Image

from testkit.photos.exif import COMMENT, exif, xmp
from testkit.photos.scene import Pixels, scene, stored

SOI_BYTES = 2
APP1, APP2, COM = 0xE1, 0xE2, 0xFE
XMP_PREFIX = b"http://ns.adobe.com/xap/1.0/\0"


def jpeg(  # noqa: PLR0913 - keyword-only knobs of a factory
    upright: Pixels | None = None,
    *,
    orientation: int | None = None,
    exif_block: bytes | None = None,
    icc: bytes | None = None,
    quality: int = 95,
    progressive: bool = False,
    subsampling: str = "4:2:0",
) -> bytes:
    """Encode the scene, or *upright* pixels, stored as a camera held at *orientation* would."""
    image = _as_stored(scene() if upright is None else upright, orientation or 1)
    data = encoded(image, quality=quality, progressive=progressive, subsampling=subsampling, icc=icc)
    block = exif(orientation=orientation) if exif_block is None and orientation is not None else exif_block
    return data if block is None else with_segment(data, APP1, b"Exif\0\0" + block)


def private_jpeg(
    *, orientation: int = 1, artist: str | None = None, copyright_notice: str | None = None, icc: bytes | None = None
) -> bytes:
    """Build a photo that holds everything that must not leave: see ``exif.SECRETS``."""
    thumbnail = encoded(Image.fromarray(scene(160, 120)), quality=70)
    block = exif(
        orientation=orientation,
        private=True,
        artist=artist,
        copyright_notice=copyright_notice,
        thumbnail=thumbnail,
    )
    commented = with_segment(encoded(_as_stored(scene(), orientation), icc=icc), COM, COMMENT)
    return with_segment(with_segment(commented, APP1, XMP_PREFIX + xmp()), APP1, b"Exif\0\0" + block)


def grey_jpeg(*, icc: bytes | None = None) -> bytes:
    """Encode the scene's luma as a one-channel JPEG."""
    return encoded(Image.fromarray(scene()).convert("L"), icc=icc)


def cmyk_jpeg(*, icc: bytes | None = None) -> bytes:
    """Encode the scene as CMYK, inverted with an Adobe marker as Photoshop writes it."""
    return encoded(Image.fromarray(scene()).convert("CMYK"), icc=icc)


def motion_photo() -> bytes:
    """Build a JPEG followed by the MP4 of a motion photo."""
    brands = struct.pack(">I4s4sI4s", 20, b"ftyp", b"mp42", 0, b"mp42")
    return jpeg(exif_block=exif()) + brands + struct.pack(">I4s", 4096, b"mdat") + bytes(4088)


def mpo() -> bytes:
    """Build a Multi-Picture file: the scene, then a smaller black picture."""
    out = io.BytesIO()
    second = Image.new("RGB", (120, 80))
    Image.fromarray(scene()).save(out, "MPO", save_all=True, append_images=[second], quality=95)
    return out.getvalue()


def encoded(image: Image.Image, *, icc: bytes | None = None, quality: int = 95, **options: Any) -> bytes:
    """Encode any Pillow image as JPEG; *options* are those of Pillow's writer."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, icc_profile=icc, **options)
    return out.getvalue()


def with_segment(data: bytes, marker: int, payload: bytes) -> bytes:
    """Put a segment right behind the start of image; *payload* at most 65,533 bytes."""
    segment = struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload
    return data[:SOI_BYTES] + segment + data[SOI_BYTES:]


def cut(data: bytes, fraction: float) -> bytes:
    """Keep the first *fraction* of any file, as a broken upload does."""
    return data[: int(len(data) * fraction)]


def zero_tailed(data: bytes, fraction: float) -> bytes:
    """Keep the first *fraction* and replace the rest with zeros, as a broken disk does."""
    return cut(data, fraction).ljust(len(data), b"\0")


def _as_stored(upright: Pixels, orientation: int) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(stored(upright, orientation)))
