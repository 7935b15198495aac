"""Develop a photo in this process and look at what came out."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from processor.errors import PhotoError
from processor.imaging.line import develop
from processor.imaging.model import OutputFormat, Rendering, RenderInputs, Rendition
from processor.recipe import Focus, OutputQuality, Raw, Recipe, Size
from processor.source import Source
from testkit.photos.scene import Pixels

FINE = OutputQuality(jpeg=97, webp=97, avif=90)
"""Colours are compared, so coding must not move them."""


def recipe(
    *boxes: tuple[int, int], formats: tuple[OutputFormat, ...] = ("jpeg",), raw: Raw | None = None, keep: bool = True
) -> Recipe:
    """Make a recipe whose sizes are named by their boxes, such as ``s240x160``; without boxes, one for the scene."""
    sizes = {f"s{width}x{height}": Size(width=width, height=height) for width, height in boxes or ((480, 480),)}
    return Recipe(sizes=sizes, formats=formats, quality=FINE, keep_copyright=keep, raw=raw or Raw())


def developed(
    data: bytes, plan: Recipe | None = None, *, file_name: str = "photo.jpg", focus: Focus | None = None
) -> Rendering:
    """Develop *data*; raises PhotoError."""
    with Source.from_bytes(data) as source:
        return develop(source, plan or recipe(), file_name=file_name, inputs=RenderInputs(focus=focus))


def outcome(data: bytes) -> str:
    """Develop *data*: its upright size as ``480×320``, or the code of its verdict. Anything else is raised."""
    try:
        rendering = developed(data)
    except PhotoError as error:
        return error.code
    return f"{rendering.width}×{rendering.height}"


def pixels_of(rendition: Rendition) -> Pixels:
    """Decode a rendition by another library: RGB, height × width × 3."""
    with Image.open(io.BytesIO(rendition.data)) as image:
        return np.asarray(image.convert("RGB"))


def shown(data: bytes, plan: Recipe | None = None, *, file_name: str = "photo.jpg") -> Pixels:
    """Develop *data* and decode its first rendition."""
    return pixels_of(developed(data, plan, file_name=file_name).renditions[0])


def psnr(left: Pixels, right: Pixels) -> float:
    """Peak signal-to-noise ratio in dB of two pictures of one size."""
    error = np.mean((left.astype(np.float64) - right.astype(np.float64)) ** 2)
    return float("inf") if error == 0 else float(10 * np.log10(255**2 / error))
