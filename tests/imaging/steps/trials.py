"""Apply one step, or a whole plan, to pictures made by code, and return the pixels."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import pyvips
from numpy.typing import NDArray
from PIL import Image

from processor.edits.plan import Plan
from processor.imaging.edit_line import carry_out
from processor.imaging.edit_model import Edited, EditLimits, OnStep, OutputWish
from processor.imaging.picture import Picture
from processor.imaging.steps.overlay import Marks
from processor.imaging.steps.table import step_table
from processor.source import Source
from testkit.photos.scene import Colour, Pixels

Step: TypeAlias = Mapping[str, Any]

RED, GREEN, BLUE = (200, 40, 40), (40, 150, 60), (40, 60, 190)
WHITE, BLACK, GREY = (255, 255, 255), (0, 0, 0), (128, 128, 128)


def flat(width: int, height: int, colour: Colour = GREY) -> Pixels:
    """Paint one colour: height × width × 3."""
    return np.full((height, width, 3), colour, np.uint8)


def quarters(width: int = 60, height: int = 40) -> Pixels:
    """Paint red, green, blue and white quarters: upper left, upper right, lower left, lower right."""
    pixels = flat(width, height, WHITE)
    pixels[: height // 2, : width // 2] = RED
    pixels[: height // 2, width // 2 :] = GREEN
    pixels[height // 2 :, : width // 2] = BLUE
    return pixels


def ramp(low: int = 0, high: int = 255, height: int = 16) -> Pixels:
    """Paint greys from *low* to *high*, one column each."""
    greys = np.arange(low, high + 1, dtype=np.uint8)
    return np.repeat(np.tile(greys, (height, 1))[..., None], 3, axis=2)


def half_transparent(pixels: Pixels) -> Pixels:
    """Add alpha: the right half is transparent, its colours stay underneath."""
    alpha = np.full(pixels.shape[:2], 255, np.uint8)
    alpha[:, pixels.shape[1] // 2 :] = 0
    return np.dstack([pixels, alpha])


def picture_of(*frames: Pixels, delays: tuple[int, ...] = ()) -> Picture:
    """Make a picture of rasters."""
    images = (pyvips.Image.new_from_array(frame).copy(interpretation="srgb") for frame in frames)
    return Picture(frames=tuple(images), delays=delays)


def plan_of(*steps: Step) -> Plan:
    """Read a plan as the API does."""
    return Plan.model_validate_json(json.dumps({"steps": steps}))


def applied(step: Step, picture: Picture, marks: Marks | None = None) -> Picture:
    """Apply one step."""
    (one,) = plan_of(step).steps
    return step_table(marks or {})[type(one)](picture, one)


def after(step: Step, *frames: Pixels, marks: Marks | None = None) -> Pixels:
    """Apply one step to a picture and return its first frame as a raster."""
    return raster(applied(step, picture_of(*frames), marks).first)


def raster(image: pyvips.Image) -> Pixels:
    """Return an image's pixels: height × width × bands."""
    assert "uchar" == image.format, "a step's result has 8 bits"
    pixels: Pixels = np.ndarray(
        buffer=image.write_to_memory(), dtype=np.uint8, shape=(image.height, image.width, image.bands)
    )
    return pixels


def size_after(step: Step, width: int, height: int) -> tuple[int, int]:
    """Return width and height of a picture after one step."""
    size = applied(step, picture_of(flat(width, height))).size
    return size.width, size.height


def ignore(_: int, __: str) -> None:
    """Ignore progress."""


def edit(
    data: bytes,
    *steps: Step,
    limits: EditLimits | None = None,
    output: OutputWish | None = None,
    assets: Mapping[str, bytes] | None = None,
    on_step: OnStep = ignore,
) -> Edited:
    """Carry a whole plan out on a file in this process."""
    marks = {name: Source.from_bytes(asset) for name, asset in (assets or {}).items()}
    try:
        with Source.from_bytes(data) as source:
            return carry_out(
                source,
                plan_of(*steps),
                limits=limits or EditLimits(),
                output=output or OutputWish(),
                assets=marks,
                on_step=on_step,
            )
    finally:
        for mark in marks.values():
            mark.close()


def shown(edited: Edited) -> NDArray[np.uint8]:
    """Decode a result by another library: RGB or RGBA."""
    with Image.open(io.BytesIO(edited.data)) as image:
        return np.asarray(image.convert("RGBA" if image.has_transparency_data else "RGB"))


def png_of(pixels: Pixels) -> bytes:
    """Encode a raster as PNG."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def middle(pixels: Pixels) -> Colour:
    """Return the colour in the middle of a raster."""
    red, green, blue = pixels[pixels.shape[0] // 2, pixels.shape[1] // 2, :3].tolist()
    return red, green, blue
