"""Larger or smaller."""

from __future__ import annotations

from processor.edits.operations.size import Resize
from processor.imaging.geometry import Box, cover, fit_inside, scaled
from processor.imaging.picture import Picture, premultiplied
from processor.imaging.steps.anchors import place
from processor.imaging.steps.canvas import on_canvas

PERCENT_PARTS = 1_000_000
"""A percentage is exact to a millionth: sizes are computed in whole numbers."""
MEGA = 1_000_000


def resize(picture: Picture, step: Resize) -> Picture:
    """Resize by Lanczos 3: to a percentage, to one side, or into, over or onto a box."""
    frame = target(picture.size, step)
    stretched = stretch(picture if step.enlarges else _noted(picture, step), frame)
    if step.width is None or step.height is None:
        return stretched
    if step.fit == "cover":
        part = Box(min(step.width, frame.width), min(step.height, frame.height))
        left, top = place(part, frame, step.position)
        return stretched.each(lambda image: image.crop(left, top, part.width, part.height))
    if step.fit == "contain":
        return on_canvas(stretched, Box(step.width, step.height), step.position, step.background)
    return stretched


def stretch(picture: Picture, frame: Box) -> Picture:
    """Resize every frame to exactly *frame* px; the same picture when it has that size."""
    if frame == picture.size:
        return picture
    across, down = frame.width / picture.size.width, frame.height / picture.size.height
    return picture.each(
        lambda image: premultiplied(image, lambda plain: plain.resize(across, vscale=down)).crop(
            0, 0, frame.width, frame.height
        )
    )


def target(size: Box, step: Resize) -> Box:
    """Return the size, px, that the whole picture is scaled to, before cutting or padding."""
    if step.percent is not None:
        parts = round(step.percent * PERCENT_PARTS / 100)
        wanted = Box(scaled(size.width, parts, PERCENT_PARTS), scaled(size.height, parts, PERCENT_PARTS))
        return wanted if step.enlarges else Box(min(size.width, wanted.width), min(size.height, wanted.height))
    if step.megapixels is not None:
        return _of_area(size, step.megapixels * MEGA, enlarges=step.enlarges)
    if step.width is None or step.height is None:
        return _by_one_side(size, step)
    box = Box(step.width, step.height)
    if step.fit == "fill":
        return box if step.enlarges else Box(min(box.width, size.width), min(box.height, size.height))
    if not step.enlarges:
        return cover(size, box) if step.fit == "cover" else fit_inside(size, box)
    # Enlarged: the side that the aspects decide takes the box's, the other follows.
    wide = size.width * box.height >= size.height * box.width
    by_width = wide != (step.fit == "cover")
    return _of_width(size, box.width) if by_width else _of_height(size, box.height)


def _of_area(size: Box, pixels: float, *, enlarges: bool) -> Box:
    """Return the size of the same aspect that has so many pixels."""
    factor = (pixels / (size.width * size.height)) ** 0.5
    if factor > 1 and not enlarges:
        return size
    return Box(max(1, round(size.width * factor)), max(1, round(size.height * factor)))


def _by_one_side(size: Box, step: Resize) -> Box:
    if step.fit == "fill":  # the other side stays
        frame = Box(step.width or size.width, step.height or size.height)
        return frame if step.enlarges else Box(min(frame.width, size.width), min(frame.height, size.height))
    frame = _of_width(size, step.width) if step.width is not None else _of_height(size, step.height or size.height)
    return frame if step.enlarges or size.holds(frame) else size


def _of_width(size: Box, width: int) -> Box:
    return Box(width, scaled(size.height, width, size.width))


def _of_height(size: Box, height: int) -> Box:
    return Box(scaled(size.width, height, size.height), height)


def _noted(picture: Picture, step: Resize) -> Picture:
    """Say that a picture was kept as small as it is."""
    size = picture.size
    short = [
        side for side, wanted in ((size.width, step.width), (size.height, step.height)) if wanted and side < wanted
    ]
    if step.megapixels is not None and step.megapixels * MEGA > size.width * size.height:
        return picture.noting(f"The picture was not enlarged: it is {size.width} × {size.height} px.")
    sides = (step.width is not None) + (step.height is not None)
    if len(short) < sides and not (short and step.fit in {"cover", "fill"}):
        return picture
    return picture.noting(f"The picture was not enlarged: it is {size.width} × {size.height} px.")
