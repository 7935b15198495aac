"""Carry out the operations on size: resize, cut, add canvas, round the corners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pyvips import Image

from processor.edits.operations.base import Anchor, Operation
from processor.edits.operations.size import AutoCrop, Border, Crop, Extend, Pad, Resize, Round, Trim
from processor.imaging.colour import full_scale
from processor.imaging.geometry import Box
from processor.imaging.picture import COLOURS, OPAQUE, Picture, StepFunction, colours_of, ink, stretch
from processor.imaging.steps.layout import (
    box_of,
    crop_part,
    largest_part,
    length,
    place,
    ratio,
    smallest_frame,
    target,
    would_enlarge,
)

BORDER_PERCENT = 1.25
"""Of the shorter side, where a border has no width of its own."""
RADIUS_PERCENT = 2.5
NO_FACES = "No face detection is available here: the crop was made around what draws the eye."
NOTHING_TRIMMED = "Nothing was trimmed: the picture is of one colour."


def resize(picture: Picture, step: Resize) -> Picture:
    """Resize by Lanczos 3: to a percentage, an area or one side, or into, over or onto a box."""
    resized = _resized(picture, step)
    if not step.enlarges and would_enlarge(picture.size, step):
        return resized.noting(_not_enlarged(picture.size, resized.size, step))
    return resized


def _resized(picture: Picture, step: Resize) -> Picture:
    frame = target(picture.size, step)
    stretched = stretch(picture, frame)
    if step.width is None or step.height is None:
        return stretched
    part = box_of(picture.size, step)
    if step.fit == "cover":
        return _cut(stretched, place(part, frame, step.position), part)
    if step.fit == "contain":
        return _on_canvas(stretched, part, step.position, step.background)
    return stretched


def _not_enlarged(before: Box, after: Box, step: Resize) -> str:
    """Return the note on a picture that is smaller than asked for."""
    if step.fit in {"cover", "fill"} and step.width and step.height:
        return (
            f"The picture is {after.width} × {after.height} px, the largest of the shape {step.width} × {step.height} "
            f"without enlarging: it was {before.width} × {before.height} px."
        )
    framed = "" if after == before else f", in a frame of {after.width} × {after.height} px"
    return f"The picture was not enlarged: it is {before.width} × {before.height} px{framed}."


def crop(picture: Picture, step: Crop) -> Picture:
    """Cut out the part; one that does not lie inside the picture raises EditError."""
    corner, part = crop_part(picture.size, step)
    return _cut(picture, corner, part)


def autocrop(picture: Picture, step: AutoCrop) -> Picture:
    """Cut the largest part of the aspect (square by default) around the focus, in the same place of all frames."""
    part = largest_part(picture.size, ratio(step.aspect or "1:1"))
    noted = picture.noting(NO_FACES) if step.focus == "face" else picture
    if part == picture.size:
        return noted
    return _cut(noted, _interesting(picture, part, "entropy" if step.focus == "entropy" else "attention"), part)


def _interesting(picture: Picture, part: Box, focus: str) -> tuple[int, int]:
    """Return the corner, px, that libvips chooses on the first frame: by edges, skin and colour, or by detail."""
    found = picture.first.smartcrop(part.width, part.height, interesting=focus)
    # A crop of libvips stores the position of its origin.
    return -found.xoffset, -found.yoffset


def trim(picture: Picture, step: Trim) -> Picture:
    """Cut off edge rows and columns of the colour of the top left pixel, where all frames have them."""
    boxes = [box for frame in picture.frames if (box := _content(frame, step.threshold)) is not None]
    if not boxes:
        return picture.noting(NOTHING_TRIMMED)
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
    return picture.each(lambda image: image.crop(left, top, right - left, bottom - top))


def _content(image: Image, threshold: int) -> tuple[int, int, int, int] | None:
    """Return left, top, right and bottom, px, of the pixels that differ from the corner; None when none does."""
    # Premultiplied, so that hidden colours do not count; alpha is then a band like the others.
    seen = image.premultiply(max_alpha=full_scale(image)) if image.bands > COLOURS else image
    corner: list[float] = seen.getpoint(0, 0)
    differs = ((seen - corner).abs() > threshold * full_scale(image) / OPAQUE).bandor()
    columns, rows = differs.project()
    across, down = _span(columns.rot90()), _span(rows)
    if across is None or down is None:
        return None
    return across[0], down[0], across[1], down[1]


def _span(sums: Image) -> tuple[int, int] | None:
    """Return the first non-zero row of a column of sums, and the row after the last."""
    marked = sums > 0
    if not marked.max():
        return None
    first, _ = marked.profile()
    last, _ = marked.flipver().profile()
    return int(first.getpoint(0, 0)[0]), marked.height - int(last.getpoint(0, 0)[0])


def border(picture: Picture, step: Border) -> Picture:
    """Put one colour around the picture."""
    size = picture.size
    edge = max(1, round(length(size, step.width, step.width_percent, BORDER_PERCENT)))
    return _embedded(picture, Box(size.width + 2 * edge, size.height + 2 * edge), edge, edge, step.color)


def extend(picture: Picture, step: Extend) -> Picture:
    """Add px of one colour on single sides."""
    size = picture.size
    canvas = Box(size.width + step.left + step.right, size.height + step.top + step.bottom)
    return _embedded(picture, canvas, step.left, step.top, step.color)


def pad(picture: Picture, step: Pad) -> Picture:
    """Centre the picture in a frame of an aspect or a size; a larger side stays as it is."""
    size = picture.size
    if step.aspect is not None:
        frame = smallest_frame(size, ratio(step.aspect))
    else:
        frame = Box(max(size.width, step.width or 0), max(size.height, step.height or 0))
    return _on_canvas(picture, frame, "center", step.background)


def round_corners(picture: Picture, step: Round) -> Picture:
    """Make the corners transparent; a circle is cut from the middle square."""
    if step.radius == "circle":
        side = min(picture.size.width, picture.size.height)
        square = Box(side, side)
        return _masked(_cut(picture, place(square, picture.size, "center"), square), side / 2)
    px, percent = (step.radius, None) if step.unit == "px" else (None, step.radius)
    radius = length(picture.size, px, percent, RADIUS_PERCENT)
    return _masked(picture, min(radius, min(picture.size.width, picture.size.height) / 2))


def _masked(picture: Picture, radius: float) -> Picture:
    mask = rounded_mask(picture.size, radius)
    return picture.with_alpha().each(lambda image: colours_of(image).bandjoin(_product(image[COLOURS], mask)))


def _product(alpha: Image, mask: Image) -> Image:
    """Multiply an alpha band by a mask of 0-255."""
    return (alpha * mask / OPAQUE).rint().cast(alpha.format)


def rounded_mask(size: Box, radius: float) -> Image:
    """Draw a rounded box that fills *size*: 255 inside, 0 outside, smooth over the pixel between."""
    # The signed distance to the edge, px; pixel centres lie half a pixel inside the box.
    distance = Image.sdf(
        size.width,
        size.height,
        "rounded-box",
        a=[-0.5, -0.5],
        b=[size.width - 0.5, size.height - 0.5],
        corners=[radius] * 4,
    )
    return ((0.5 - distance) * OPAQUE).rint().cast("uchar")


def _on_canvas(picture: Picture, canvas: Box, anchor: Anchor, colour: str | None) -> Picture:
    """Return *picture* on *canvas* px; *colour* None is transparent, or white where the format has no alpha."""
    if canvas == picture.size:
        return picture
    left, top = place(picture.size, canvas, anchor)
    return _embedded(picture, canvas, left, top, colour)


def _embedded(picture: Picture, canvas: Box, left: int, top: int, colour: str | None) -> Picture:
    """Return *picture* with its corner at *left*, *top* of *canvas*."""
    ready = picture.with_alpha() if colour is None else picture
    pixel = ink(colour, ready.first)
    return ready.each(
        lambda image: image.embed(left, top, canvas.width, canvas.height, extend="background", background=pixel)
    )


def _cut(picture: Picture, corner: tuple[int, int], part: Box) -> Picture:
    """Cut *part* out of every frame, its left and top at *corner*, px."""
    return picture.each(lambda image: image.crop(*corner, part.width, part.height))


SIZE_STEPS: Final[Mapping[type[Operation], StepFunction]] = {
    Resize: resize,
    Crop: crop,
    AutoCrop: autocrop,
    Trim: trim,
    Border: border,
    Extend: extend,
    Pad: pad,
    Round: round_corners,
}
