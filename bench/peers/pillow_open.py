"""Open any photo as a Pillow program does: pillow-heif's plug-in for HEIC, rawpy for RAW."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from PIL import Image, ImageOps

RAW_SUFFIXES = {".dng"}
HEIF_SUFFIXES = {".heic"}


def open_photo(path: Path) -> Image.Image:
    """Open the photo, upright, decoding as late as Pillow allows."""
    if path.suffix in RAW_SUFFIXES:
        import rawpy  # noqa: PLC0415 - costs memory that the other cases must not pay

        with rawpy.imread(str(path)) as raw:
            return Image.fromarray(raw.postprocess(use_camera_wb=True))
    if path.suffix in HEIF_SUFFIXES:
        import pillow_heif  # noqa: PLC0415

        pillow_heif.register_heif_opener()
    return Image.open(path)


def upright_rgb(image: Image.Image) -> Image.Image:
    """Turn *image* upright and make it RGB, 8 bit."""
    return ImageOps.exif_transpose(image).convert("RGB")


def versions() -> dict[str, str]:
    """Name Pillow and the codecs beside it."""
    return {name: version(name) for name in ("pillow", "pillow-heif", "rawpy")}
