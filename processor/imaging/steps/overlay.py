"""Carry out the overlays: text and watermarks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from pyvips import Image

from processor.edits.operations.base import Anchor, Operation
from processor.edits.operations.overlay import Text, Watermark
from processor.errors import EditCode, EditError
from processor.imaging.geometry import Box, scaled
from processor.imaging.picture import (
    COLOURS,
    Mark,
    Picture,
    StepFunction,
    colours_of,
    deep_as,
    eight_bit,
    is_deep,
    rgb,
    rounded,
    stretch,
)
from processor.imaging.steps.layout import length, place
from processor.imaging.steps.lettering import Lettering, Style, fitted, load_font, writable

SIZE_PERCENT = 3
"""Of the shorter side, where a text has no size of its own."""
LEGIBLE_PX = 12
STROKE_SHARE = 12
"""Height of a line divided by the width of its outline."""
MARGIN_SHARE = 0.03
"""Free space around the text, as a share of the shorter side."""

Marks = Mapping[str, Mark]
"""Reference in a plan → watermark."""


def text(picture: Picture, step: Text) -> Picture:
    """Write the text in lines that fit, at a smaller size if necessary; raises EditError if none is legible."""
    font = load_font()
    words, left_out = writable(step.text, font)
    if not words:
        raise _no_glyphs(left_out)
    size = picture.size
    margin = step.margin if step.margin is not None else round(MARGIN_SHARE * min(size.width, size.height))
    room = Box(max(1, size.width - 2 * margin), max(1, size.height - 2 * margin))
    wanted = step.size or max(LEGIBLE_PX, round(length(size, None, step.size_percent, SIZE_PERCENT)))
    style = Style(size=wanted, align=_align(step.position), stroke_width=_stroke(step, wanted), bold=step.bold)
    lettering = fitted(words, font, room, style)
    if lettering is None:
        raise _no_room(size)
    layer = _faded(_turned(_layer(lettering, step), step.rotation), step.opacity)
    left, top = place(Box(layer.width, layer.height), size, step.position, margin=margin)
    if step.x is not None and step.y is not None:
        left, top = step.x, step.y
    written = picture.each(lambda image: _put(image, layer, left, top))
    return _noted(written, left_out, lettering.style.size if lettering.style.size < wanted else None)


def _stroke(step: Text, size: int) -> int:
    """Return the width of the outline of letters of *size* px."""
    return step.stroke_width if step.stroke_width is not None else max(1, round(size / STROKE_SHARE))


def _layer(lettering: Lettering, step: Text) -> Image:
    """Draw letters over their outline: RGB and alpha."""
    letters = _inked(lettering, 0, step.color)
    if not lettering.style.stroke_width:
        return letters
    outline = _inked(lettering, lettering.style.stroke_width, step.stroke)
    return outline.composite2(letters, "over").copy_memory()


def _turned(layer: Image, degrees: float) -> Image:
    """Turn a layer clockwise; the canvas grows, transparent."""
    if not degrees:
        return layer
    return eight_bit(layer.premultiply().rotate(degrees).unpremultiply()).copy_memory()


def _inked(lettering: Lettering, stroke_width: int, colour: str) -> Image:
    box = lettering.box
    mask = Image.new_from_memory(lettering.mask(stroke_width), box.width, box.height, 1, "uchar")
    flat = mask.new_from_image(rgb(colour)).cast("uchar").copy(interpretation="srgb")
    return flat.bandjoin(mask)


def _align(position: Anchor) -> Literal["left", "center", "right"]:
    return "left" if position.endswith("west") else "right" if position.endswith("east") else "center"


def _noted(picture: Picture, left_out: str, size: int | None) -> Picture:
    if left_out:
        picture = picture.noting(f"The font has no glyphs for {left_out}: they were left out.")
    if size is not None:
        picture = picture.noting(f"The text was written at {size} px, so that it fits into the picture.")
    return picture


def watermark(picture: Picture, step: Watermark, *, marks: Marks) -> Picture:
    """Put the first frame of the mark on every frame, *width_percent* wide, its transparency kept.

    Raises EditError when *marks* lack the one that *step* names.
    """
    if step.image not in marks:
        raise _missing(step.image)
    laying = Laying(
        position=step.position, opacity=step.opacity, width_percent=step.width_percent, margin_percent=step.margin
    )
    return lay(picture, marks[step.image], laying)


@dataclass(frozen=True, kw_only=True, slots=True)
class Laying:
    """Place, size and opacity of a mark.

    *width_percent*, *margin_percent*: of the picture's width; *tiled*: all over it.
    """

    position: Anchor
    opacity: float
    width_percent: float
    margin_percent: float
    tiled: bool = False


def lay(picture: Picture, mark: Mark, laying: Laying) -> Picture:
    """Put the first frame of *mark* on every frame, its transparency kept."""
    size = picture.size
    margin = round(size.width * laying.margin_percent / 100)
    room = Box(max(1, size.width - 2 * margin), max(1, size.height - 2 * margin))
    frame = _frame(mark.size, size, room, laying.width_percent)
    layer = _faded(stretch(mark.decode(frame).still().with_alpha(), frame).first, laying.opacity)
    if laying.tiled:
        over = _tiled(layer.copy_memory(), size)
        return picture.each(lambda image: _put(image, over, 0, 0))
    left, top = place(frame, size, laying.position, margin=min(margin, (size.height - frame.height) // 2))
    return picture.each(lambda image: _put(image, layer, left, top))


def _tiled(layer: Image, size: Box) -> Image:
    """Repeat *layer* (with alpha) all over *size* px, every other row moved by half a mark, one in the middle."""
    width, height = layer.width + max(1, layer.width // 2), 2 * layer.height
    tile = layer.embed(0, 0, width, height, extend="background", background=[0, 0, 0, 0])
    rows = tile.join(tile.wrap(x=width // 2, y=0), "vertical").copy_memory()
    across, down = size.width // rows.width + 2, size.height // rows.height + 2
    roll = rows.replicate(across, down)
    # The middle of a mark comes to the middle of the picture.
    left = width * (across // 2) + layer.width // 2 - size.width // 2
    top = rows.height * (down // 2) + layer.height // 2 - size.height // 2
    return roll.crop(left % rows.width, top % rows.height, size.width, size.height)


def _frame(mark: Box, size: Box, room: Box, percent: float) -> Box:
    """Return the size of the mark on the picture, px; one that is too high is made narrower."""
    width = max(1, round(size.width * percent / 100))
    height = scaled(mark.height, width, mark.width)
    if height <= room.height:
        return Box(width, height)
    return Box(max(1, scaled(mark.width, room.height, mark.height)), room.height)


def _put(image: Image, layer: Image, left: int, top: int) -> Image:
    """Lay *layer* (with alpha) on *image*, its corner at *left*, *top* px; an opaque image stays without alpha."""
    space = "rgb16" if is_deep(image) else "srgb"
    over = deep_as(layer, image)
    laid = rounded(image.composite2(over, "over", x=left, y=top, compositing_space=space), image)
    return laid if image.bands > COLOURS else colours_of(laid)


def _faded(layer: Image, opacity: float) -> Image:
    """Return *layer* (with alpha) with its alpha times *opacity* (0-1)."""
    if opacity >= 1:
        return layer
    return colours_of(layer).bandjoin((layer[COLOURS] * opacity).rint().cast("uchar"))


def _no_glyphs(left_out: str) -> EditError:
    found = f"received only {left_out}" if left_out else "received only spaces"
    return EditError(
        EditCode.INVALID_INPUT,
        f"The text cannot be written: expected letters of the Latin, Greek, Cyrillic or Devanagari script, {found}. "
        "Choose another text.",
    )


def _no_room(size: Box) -> EditError:
    return EditError(
        EditCode.INVALID_INPUT,
        f"The text does not fit: the picture is {size.width} × {size.height} px at this step. "
        "Choose a shorter text, a narrower outline or a larger picture.",
        details={"width": size.width, "height": size.height},
    )


def _missing(reference: str) -> EditError:
    """Refuse a plan that names a watermark without its file."""
    return EditError(
        EditCode.INVALID_INPUT,
        f"The watermark {reference} is not available: expected a photo or an upload of your own. Upload it again.",
    )


def overlay_steps(marks: Marks) -> Mapping[type[Operation], StepFunction]:
    """Return the overlays; *marks*: the watermarks of the plan."""
    return {
        Text: text,
        Watermark: partial(watermark, marks=marks),
    }
