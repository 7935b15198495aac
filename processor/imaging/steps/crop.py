"""Cut out a part."""

from __future__ import annotations

from processor.edits.operations.size import Crop
from processor.errors import EditCode, EditError
from processor.imaging.geometry import Box
from processor.imaging.picture import Picture
from processor.imaging.steps.anchors import largest_part, place, ratio


def crop(picture: Picture, step: Crop) -> Picture:
    """Cut out the part; one that does not lie inside the picture raises EditError."""
    size = picture.size
    left, top, part = _part(size, step if step.unit == "px" else in_pixels(step, size))
    outside = left < 0 or top < 0 or left + part.width > size.width or top + part.height > size.height
    if outside or min(part.width, part.height) < 1:
        raise _outside(size, step)
    return picture.each(lambda image: image.crop(left, top, part.width, part.height))


def in_pixels(step: Crop, size: Box) -> Crop:
    """Return *step* with its percentages of *size* in px; at least one pixel of a part stays."""
    lengths = {"x": size.width, "width": size.width, "left": size.width, "right": size.width}
    lengths |= {"y": size.height, "height": size.height, "top": size.height, "bottom": size.height}
    shares = {key: value for key, value in step.model_dump(exclude_none=True).items() if key in lengths}
    pixels: dict[str, float] = {key: round(share * lengths[key] / 100) for key, share in shares.items()}
    pixels |= {key: max(1, pixels[key]) for key in ("width", "height") if key in pixels}
    if step.trim_edges is not None:
        across, down = (round(step.trim_edges * side / 100) for side in (size.width, size.height))
        pixels |= {"left": across, "right": across, "top": down, "bottom": down}
    return step.model_copy(update={**pixels, "trim_edges": None, "unit": "px"})


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
    if step.cuts:
        left, top = round(step.left or 0), round(step.top or 0)
        return left, top, Box(size.width - left - round(step.right or 0), size.height - top - round(step.bottom or 0))
    part = Box(step.width or size.width, step.height or size.height)
    if step.x is not None and step.y is not None:
        return step.x, step.y, part
    return *place(part, size, step.position), part


def _outside(size: Box, step: Crop) -> EditError:
    """Say what the part was and what the picture is."""
    place_said = f" at x {step.x}, y {step.y}" if step.x is not None else ""
    if step.trim_edges is not None:
        wanted = f"{step.trim_edges} {step.unit} off every side"
    elif step.cuts:
        wanted = step.words()
    else:
        wanted = f"a part of {step.width} × {step.height} {step.unit}{place_said}"
    return EditError(
        EditCode.INVALID_INPUT,
        f"The crop does not fit: the picture is {size.width} × {size.height} px at this step, received {wanted}. "
        "Choose a smaller part.",
        details={"width": size.width, "height": size.height},
    )
