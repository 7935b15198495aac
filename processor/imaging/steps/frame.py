"""More canvas: borders, single sides, padding."""

from __future__ import annotations

from processor.edits.operations.size import Border, Extend, Pad
from processor.imaging.geometry import Box
from processor.imaging.picture import Picture
from processor.imaging.steps.anchors import ratio, smallest_frame
from processor.imaging.steps.canvas import embed, on_canvas


def border(picture: Picture, step: Border) -> Picture:
    """Put *width* px of one colour around the picture."""
    size, edge = picture.size, step.width
    return embed(picture, Box(size.width + 2 * edge, size.height + 2 * edge), edge, edge, step.color)


def extend(picture: Picture, step: Extend) -> Picture:
    """Add px of one colour on single sides."""
    size = picture.size
    canvas = Box(size.width + step.left + step.right, size.height + step.top + step.bottom)
    return embed(picture, canvas, step.left, step.top, step.color)


def pad(picture: Picture, step: Pad) -> Picture:
    """Centre the picture in a frame of an aspect or a size; a side that is larger already stays."""
    size = picture.size
    if step.aspect is not None:
        frame = smallest_frame(size, ratio(step.aspect))
    else:
        frame = Box(max(size.width, step.width or 0), max(size.height, step.height or 0))
    return on_canvas(picture, frame, "center", step.background)
