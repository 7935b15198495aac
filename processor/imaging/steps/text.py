"""Write on the picture."""

from __future__ import annotations

from typing import Literal

from pyvips import Image

from processor.edits.operations.base import Anchor
from processor.edits.operations.overlay import Text
from processor.errors import EditCode, EditError
from processor.imaging.geometry import Box
from processor.imaging.picture import Picture, eight_bit, rgb
from processor.imaging.steps.anchors import place
from processor.imaging.steps.compose import faded, put
from processor.imaging.steps.lettering import Lettering, Style, fitted, load_font, writable

MARGIN_SHARE = 0.03
"""Of the shorter side; it stays free around the text."""


def text(picture: Picture, step: Text) -> Picture:
    """Write the text in lines that fit, smaller where they must be; raises EditError when nothing can be read."""
    font = load_font()
    words, left_out = writable(step.text, font)
    if not words:
        raise _no_glyphs(left_out)
    size = picture.size
    margin = step.margin if step.margin is not None else round(MARGIN_SHARE * min(size.width, size.height))
    room = Box(max(1, size.width - 2 * margin), max(1, size.height - 2 * margin))
    style = Style(size=step.size, align=_align(step.position), stroke_width=step.stroke_width, bold=step.bold)
    lettering = fitted(words, font, room, style)
    if lettering is None:
        raise _no_room(size)
    layer = faded(_turned(_layer(lettering, step), step.rotation), step.opacity)
    left, top = place(Box(layer.width, layer.height), size, step.position, margin=margin)
    if step.x is not None and step.y is not None:
        left, top = step.x, step.y
    written = picture.each(lambda image: put(image, layer, left, top))
    return _noted(written, left_out, lettering.style.size if lettering.style.size < step.size else None)


def _layer(lettering: Lettering, step: Text) -> Image:
    """Draw letters over their outline: RGB and alpha."""
    letters = _inked(lettering, 0, step.color)
    if not step.stroke_width:
        return letters
    outline = _inked(lettering, step.stroke_width, step.stroke)
    return outline.composite2(letters, "over").copy_memory()


def _turned(layer: Image, degrees: float) -> Image:
    """Turn a layer clockwise; what is added around it is transparent."""
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
