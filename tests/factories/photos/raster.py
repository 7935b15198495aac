"""PNG, WebP, GIF, TIFF and BMP files of every layout that the line must read."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any, Literal

import numpy as np
import pyvips
from numpy.typing import NDArray
from PIL import Image

from tests.factories.photos.scene import scene

PngMode = Literal["RGB", "RGBA", "L", "LA", "P"]
# The right half of every transparent picture is fully transparent, over black: flattening must hide the black.
TRANSPARENT_FROM = 0.5
PNG_IHDR_END = 33


def transparent_scene() -> Image.Image:
    """Make the scene's right half fully transparent and black underneath: RGBA."""
    pixels = np.dstack([scene(), np.full(scene().shape[:2], 255, np.uint8)])
    pixels[:, int(pixels.shape[1] * TRANSPARENT_FROM) :] = 0
    return Image.fromarray(pixels)


def png(mode: PngMode = "RGB", *, icc: bytes | None = None, exif_block: bytes | None = None) -> bytes:
    """Encode the scene in *mode*, 8 bit; RGBA and LA are transparent on the right."""
    picture = transparent_scene() if mode in {"RGBA", "LA"} else Image.fromarray(scene())
    options: dict[str, Any] = {} if exif_block is None else {"exif": b"Exif\0\0" + exif_block}
    picture = _palette() if mode == "P" else picture.convert(mode)
    return _saved(picture, "PNG", icc_profile=icc, **options)


def palette_png_with_transparency() -> bytes:
    """Encode the scene with a palette whose grey background is transparent."""
    picture = Image.fromarray(scene()).convert("P", palette=Image.Palette.ADAPTIVE, colors=16)
    background = picture.getpixel((picture.width // 2, picture.height // 2))
    return _saved(picture, "PNG", transparency=background)


def png16(*, grey: bool = False, interlaced: bool = False) -> bytes:
    """Encode the scene with 16 bits a channel; *interlaced* by Adam7."""
    pixels = scene().astype(np.uint16) * 257
    return _vips(pixels[..., 1:2] if grey else pixels).pngsave_buffer(interlace=interlaced, bitdepth=16)


def interlaced_png() -> bytes:
    """Encode the scene by Adam7, 8 bit."""
    return _vips(scene()).pngsave_buffer(interlace=True)


def webp(*, lossless: bool = False, transparent: bool = False, icc: bytes | None = None) -> bytes:
    """Encode the scene as WebP."""
    picture = transparent_scene() if transparent else Image.fromarray(scene())
    return _saved(picture, "WEBP", quality=95, lossless=lossless, icc_profile=icc)


def encoded_png(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> bytes:
    """Encode *pixels* (height × width × channels) with as many bits as they have."""
    return _vips(pixels).pngsave_buffer(bitdepth=8 * pixels.itemsize, keep="none")


def with_text(data: bytes, keyword: str, text: str) -> bytes:
    """Put a tEXt chunk, in Latin-1, behind the IHDR of a PNG."""
    return with_chunk(data, b"tEXt", keyword.encode("latin-1") + b"\0" + text.encode("latin-1"))


def with_chunk(data: bytes, kind: bytes, body: bytes) -> bytes:
    """Put a chunk behind the IHDR of a PNG."""
    chunk = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return data[:PNG_IHDR_END] + chunk + data[PNG_IHDR_END:]


def animated_webp(frames: int = 3) -> bytes:
    """Encode the scene followed by black frames."""
    return _saved(Image.fromarray(scene()), "WEBP", save_all=True, append_images=_flicker(frames), quality=95)


def gif(*, transparent: bool = False) -> bytes:
    """Encode the scene with up to 256 colours; *transparent* on the right."""
    return _saved(transparent_scene() if transparent else _palette(), "GIF")


def animated_gif(frames: int = 3) -> bytes:
    """Encode the scene followed by darker frames."""
    return _saved(_palette(), "GIF", save_all=True, append_images=_flicker(frames), duration=40)


def tiff_photo(*, bits: Literal[8, 16] = 8, tiled: bool = False, big: bool = False, deflate: bool = False) -> bytes:
    """Encode the scene as TIFF in strips or *tiled*; *big* as BigTIFF."""
    pixels = scene() if bits == 8 else scene().astype(np.uint16) * 257
    compression = "deflate" if deflate else "none"
    return _vips(pixels).tiffsave_buffer(tile=tiled, bigtiff=big, compression=compression)


def multipage_tiff(pages: int = 3) -> bytes:
    """Encode the scene followed by black pages."""
    return _saved(Image.fromarray(scene()), "TIFF", save_all=True, append_images=_flicker(pages))


def old_jpeg_tiff() -> bytes:
    """Encode the scene as TIFF with JPEG compression (tag 0x0103 = 7)."""
    return _saved(Image.fromarray(scene()), "TIFF", compression="jpeg", quality=95)


def bmp() -> bytes:
    """Encode the scene as an uncompressed 24-bit BMP."""
    return _saved(Image.fromarray(scene()), "BMP")


def _flicker(frames: int) -> list[Image.Image]:
    height, width = scene().shape[:2]
    return [Image.new("RGB", (width, height), (level, level, level)) for level in range(2, frames + 1)]


def _palette() -> Image.Image:
    return Image.fromarray(scene()).convert("P", palette=Image.Palette.ADAPTIVE, colors=64)


def _saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _vips(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> Any:
    kinds = ("srgb", "b-w") if pixels.dtype == np.uint8 else ("rgb16", "grey16")
    return pyvips.Image.new_from_array(pixels).copy(interpretation=kinds[pixels.shape[2] == 1])
