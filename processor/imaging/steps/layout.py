"""Compute sizes and positions for the steps, in whole px; touch no pixels."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from processor.edits.operations.base import Anchor
from processor.edits.operations.size import Crop, Resize
from processor.errors import EditCode, EditError
from processor.imaging.geometry import Box, fit_inside, scaled

PERCENT_PARTS = 1_000_000
"""Parts of the whole in which a percentage is computed, in whole numbers: exact to a millionth."""
MEGA = 1_000_000
SHARES: Final[Mapping[Anchor, tuple[Fraction, Fraction]]] = {
    "northwest": (Fraction(0), Fraction(0)),
    "north": (Fraction(1, 2), Fraction(0)),
    "northeast": (Fraction(1), Fraction(0)),
    "west": (Fraction(0), Fraction(1, 2)),
    "center": (Fraction(1, 2), Fraction(1, 2)),
    "east": (Fraction(1), Fraction(1, 2)),
    "southwest": (Fraction(0), Fraction(1)),
    "south": (Fraction(1, 2), Fraction(1)),
    "southeast": (Fraction(1), Fraction(1)),
}
"""Anchor → share of the free width left of the part, and of the free height above it."""


def place(part: Box, whole: Box, anchor: Anchor, *, margin: int = 0) -> tuple[int, int]:
    """Return left and top, px, of *part* in *whole*; *margin* px stay free at the edges that the anchor touches."""
    across, down = SHARES[anchor]
    return (
        margin + int((whole.width - part.width - 2 * margin) * across),
        margin + int((whole.height - part.height - 2 * margin) * down),
    )


def length(size: Box, px: float | None, percent: float | None, default: float) -> float:
    """Return a length, px: as given, or else as a share of the shorter side (%, or *default* %)."""
    return px if px is not None else min(size.width, size.height) * (default if percent is None else percent) / 100


def ratio(aspect: str) -> Fraction:
    """Read "16:9": width divided by height."""
    width, height = aspect.split(":")
    return Fraction(width) / Fraction(height)


def largest_part(whole: Box, aspect: Fraction) -> Box:
    """Return the largest part of *whole* with this aspect ratio; sides are rounded, at least 1 px."""
    if Fraction(whole.width, whole.height) > aspect:
        width = scaled(whole.height, aspect.numerator, aspect.denominator)
        return Box(min(whole.width, width), whole.height)
    return Box(whole.width, min(whole.height, scaled(whole.width, aspect.denominator, aspect.numerator)))


def smallest_frame(part: Box, aspect: Fraction) -> Box:
    """Return the smallest frame of this aspect ratio that holds *part*."""
    if Fraction(part.width, part.height) > aspect:
        return Box(part.width, max(part.height, scaled(part.width, aspect.denominator, aspect.numerator)))
    return Box(max(part.width, scaled(part.height, aspect.numerator, aspect.denominator)), part.height)


def target(size: Box, step: Resize) -> Box:
    """Return the size, px, of the whole picture after scaling, before cutting or padding."""
    if step.percent is not None:
        parts = round(step.percent * PERCENT_PARTS / 100)
        wanted = Box(scaled(size.width, parts, PERCENT_PARTS), scaled(size.height, parts, PERCENT_PARTS))
        return wanted if step.enlarges else Box(min(size.width, wanted.width), min(size.height, wanted.height))
    if step.megapixels is not None:
        return _of_area(size, step.megapixels * MEGA, enlarges=step.enlarges)
    if step.width is None or step.height is None:
        return _by_one_side(size, step)
    box = box_of(size, step)
    if step.fit == "fill":
        return box
    if step.fit != "cover" and not step.enlarges:
        return fit_inside(size, box)
    # One side takes the box's length, by comparison of the aspects; the other follows.
    wide = size.width * box.height >= size.height * box.width
    by_width = wide != (step.fit == "cover")
    return _of_width(size, box.width) if by_width else _of_height(size, box.height)


def box_of(size: Box, step: Resize) -> Box:
    """Return the box of a step with both sides, px: cover and fill keep its shape where a picture does not grow."""
    box = Box(step.width or size.width, step.height or size.height)
    whole = step.enlarges or step.fit not in {"cover", "fill"}
    return box if whole else fit_inside(box, size)


def _of_area(size: Box, pixels: float, *, enlarges: bool) -> Box:
    """Return the size of the same aspect with about *pixels* pixels."""
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


def would_enlarge(size: Box, step: Resize) -> bool:
    """Return whether *step* asks for more pixels than a picture of *size* has."""
    if step.megapixels is not None:
        return step.megapixels * MEGA > size.width * size.height
    if step.percent is not None:
        return step.percent > 100  # noqa: PLR2004 - per cent
    sides = ((size.width, step.width), (size.height, step.height))
    short = [side < wanted for side, wanted in sides if wanted is not None]
    return any(short) if step.fit in {"cover", "fill"} else all(short)


def crop_part(size: Box, step: Crop) -> tuple[tuple[int, int], Box]:
    """Return the corner (left, top) and the size, px, of the part; raises EditError when it is not inside *size*."""
    left, top, part = _part(size, step if step.unit == "px" else _in_pixels(step, size))
    outside = left < 0 or top < 0 or left + part.width > size.width or top + part.height > size.height
    if outside or min(part.width, part.height) < 1:
        raise _outside(size, step)
    return (left, top), part


def _in_pixels(step: Crop, size: Box) -> Crop:
    """Return *step* with its percentages of *size* converted to px; a part has at least one pixel."""
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
    """Name the part that was asked for, and the size of the picture."""
    at = f" at x {step.x}, y {step.y}" if step.x is not None else ""
    if step.trim_edges is not None:
        wanted = f"{step.trim_edges} {step.unit} off every side"
    elif step.cuts:
        wanted = step.words()
    else:
        wanted = f"a part of {step.width} × {step.height} {step.unit}{at}"
    return EditError(
        EditCode.INVALID_INPUT,
        f"The crop does not fit: the picture is {size.width} × {size.height} px at this step, received {wanted}. "
        "Choose a smaller part.",
        details={"width": size.width, "height": size.height},
    )
