"""WorkEstimate the work of an edit from its inputs, its steps and the file to be written; touch no pixels.

The unit is one megapixel through one step: about 0.07 s of one core.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, radians, sin
from typing import Final

from processor.edits.operations.file import Format, Metadata, PictureFormat, Quality
from processor.edits.operations.overlay import Watermark
from processor.edits.operations.size import Border, Extend, Pad, Resize
from processor.edits.operations.turn import Rotate
from processor.edits.plan import Plan
from processor.edits.vocabulary import Step
from processor.errors import EditCode, EditError
from processor.imaging.edit_model import EditLimits
from processor.imaging.geometry import Box
from processor.imaging.steps.layout import length, ratio, smallest_frame, target
from processor.imaging.structure.header import Header

ENCODE_WORK: Final[Mapping[PictureFormat, float]] = {"jpeg": 1, "tiff": 2, "webp": 4, "png": 4, "gif": 16, "avif": 60}
"""Of each megapixel, measured on noise: GIF takes 1.1 s of one core for it."""
FREE: Final = (Format, Quality, Metadata)
INPUTS_TIMES_LIMIT: Final = 10
"""All inputs together may have ten times the pixels of one."""
BORDER_PERCENT: Final = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkEstimate:
    """*work* in megapixels times steps; *largest*: megapixels of the largest picture on the way."""

    work: float
    largest: float


def estimate(plan: Plan, output: PictureFormat, header: Header, marks: Mapping[str, Header]) -> WorkEstimate:
    """WorkEstimate *plan* on a source with *header*; *marks*: reference → header of each watermark."""
    size = Box(max(1, header.width), max(1, header.height))
    work = 0.0
    largest = header.megapixels
    for step in plan.steps:
        before, size = megapixels(size), size_after(size, step)
        largest = max(largest, megapixels(size))
        work += 0 if isinstance(step, FREE) else max(before, megapixels(size))
        work += megapixels_of_mark(step, marks)
    return WorkEstimate(work=work + ENCODE_WORK[output] * megapixels(size), largest=largest)


def size_after(size: Box, step: Step) -> Box:
    """Return the largest size that a picture of *size* may have after *step*."""
    match step:
        case Resize():
            frame = target(size, step)
            return Box(step.width, step.height) if step.fit == "contain" and step.width and step.height else frame
        case Rotate():
            across, down = abs(cos(radians(step.degrees))), abs(sin(radians(step.degrees)))
            return Box(round(size.width * across + size.height * down), round(size.width * down + size.height * across))
        case _:
            return on_canvas(size, step)


def on_canvas(size: Box, step: Step) -> Box:
    """Return the size after *step* has put canvas around the picture; *size* for other steps."""
    match step:
        case Border():
            wide = 2 * round(length(size, step.width, step.width_percent, BORDER_PERCENT))
            return Box(size.width + wide, size.height + wide)
        case Extend():
            return Box(size.width + step.left + step.right, size.height + step.top + step.bottom)
        case Pad():
            frame = Box(max(size.width, step.width or 1), max(size.height, step.height or 1))
            return frame if step.aspect is None else smallest_frame(size, ratio(step.aspect))
        case _:
            return size


def require_affordable(plan: Plan, header: Header, marks: Mapping[str, Header], limits: EditLimits) -> None:
    """Raise EditError(DIMENSIONS_TOO_LARGE) when the source and the watermarks have too many pixels together.

    A watermark counts as often as the plan lays it on: it is decoded each time, at the size that the step needs.
    """
    found = header.megapixels + sum(megapixels_of_mark(step, marks) for step in plan.steps)
    allowed = INPUTS_TIMES_LIMIT * limits.max_megapixels
    if found > allowed:
        raise EditError(
            EditCode.DIMENSIONS_TOO_LARGE,
            f"The picture and its watermarks are too large together: expected at most {allowed:,} megapixels, received "
            f"{found:,.0f}. Use smaller watermarks, or fewer.",
            details={"maxMegapixels": allowed, "megapixels": round(found)},
        )


def megapixels_of_mark(step: Step, marks: Mapping[str, Header]) -> float:
    """Return the megapixels of the watermark that *step* lays on; 0 for other steps and for a missing one."""
    return marks[step.image].megapixels if isinstance(step, Watermark) and step.image in marks else 0.0


def megapixels(size: Box) -> float:
    """Return width times height, in millions."""
    return size.width * size.height / 1e6
