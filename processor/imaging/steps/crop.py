"""Cut out a part."""

from __future__ import annotations

from processor.edits.operations.size import Crop
from processor.errors import EditCode, EditError
from processor.imaging.geometry import Box
from processor.imaging.picture import Picture
from processor.imaging.steps.anchors import largest_part, place, ratio


def crop(picture: Picture, step: Crop) -> Picture:
    """Cut out the part; one that does not lie inside the picture raises EditError."""
    left, top, part = _part(picture.size, step)
    size = picture.size
    if left < 0 or top < 0 or left + part.width > size.width or top + part.height > size.height:
        raise _outside(size, step)
    return picture.each(lambda image: image.crop(left, top, part.width, part.height))


def _part(size: Box, step: Crop) -> tuple[int, int, Box]:
    """Return left, top and size of the part, px."""
    if step.aspect is not None:
        part = largest_part(size, ratio(step.aspect))
        return *place(part, size, step.position), part
    if step.trim_edges is not None:
        edge = step.trim_edges
        if 2 * edge >= min(size.width, size.height):
            raise _outside(size, step)
        return edge, edge, Box(size.width - 2 * edge, size.height - 2 * edge)
    part = Box(step.width or size.width, step.height or size.height)
    if step.x is not None and step.y is not None:
        return step.x, step.y, part
    return *place(part, size, step.position), part


def _outside(size: Box, step: Crop) -> EditError:
    """Say what the part was and what the picture is."""
    place_said = f" at x {step.x}, y {step.y}" if step.x is not None else ""
    wanted = (
        f"{step.trim_edges} px off every side"
        if step.trim_edges is not None
        else f"a part of {step.width} × {step.height} px{place_said}"
    )
    return EditError(
        EditCode.INVALID_INPUT,
        f"The crop does not fit: the picture is {size.width} × {size.height} px at this step, received {wanted}. "
        "Choose a smaller part.",
        details={"width": size.width, "height": size.height},
    )
