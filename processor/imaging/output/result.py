"""The end of the edit line: bound the size, write the file, and read from it what was written."""

from __future__ import annotations

from typing import Final

import pyvips

from processor.edits.plan import Plan
from processor.imaging.edit_model import Edited, EditLimits
from processor.imaging.edit_refusals import too_large_for, too_many_bytes, writing_failed
from processor.imaging.exif import Credit
from processor.imaging.geometry import Box, fit_inside
from processor.imaging.output.fitting import fit_bytes
from processor.imaging.output.spec import OutputSpec
from processor.imaging.output.writer import Writer, as_format_holds
from processor.imaging.picture import Picture, stretch
from processor.imaging.structure.walk import inspect_structure
from processor.recipe import Limits

NO_SIDE: Final = 1 << 20
RESULT_LIMITS: Final = Limits(max_dimension_px=65_535, max_megapixels=1_000, max_frames=100_000)
"""Of the file that was written here: it is read to tell its true dimensions, not to be judged."""


def encode_result(picture: Picture, credit: Credit, plan: Plan, delivery: OutputSpec, limits: EditLimits) -> Edited:
    """Bound the size, write the file, and read from it what was written."""
    try:
        picture = as_format_holds(_bounded(picture, delivery), delivery.format)
        _refuse_sides(picture.size, delivery)
        writer = Writer(format=delivery.format, credit=credit if delivery.keep_credit else None)
        lossy = delivery.kind.lossy and not delivery.lossless
        quality = (delivery.quality or limits.default_quality) if lossy else None
        written = fit_bytes(picture, writer, quality, delivery.max_bytes)
    except pyvips.Error as error:
        raise writing_failed(error, delivery.format, picture.size) from error
    if len(written.data) > limits.max_result_bytes:
        raise too_many_bytes(len(written.data), limits)
    found = inspect_structure(memoryview(written.data), RESULT_LIMITS, raw_max_megapixels=0)
    return Edited(
        data=written.data,
        format=delivery.format,
        extension=delivery.kind.extension,
        content_type=delivery.kind.content_type,
        width=found.width,
        height=found.height,
        frames=found.frames,
        steps_applied=tuple(step.op for step in plan.steps),
        notes=(*written.picture.notes, *_file_notes(delivery, credit)),
    )


def _bounded(picture: Picture, delivery: OutputSpec) -> Picture:
    """Fit the result into what the request's options say."""
    box = Box(delivery.max_width or NO_SIDE, delivery.max_height or NO_SIDE)
    frame = fit_inside(picture.size, box)
    return picture if frame == picture.size else stretch(picture, frame).in_memory()


def _file_notes(delivery: OutputSpec, credit: Credit) -> tuple[str, ...]:
    """Say what the format could not do."""
    name, notes = delivery.format.upper(), list[str]()
    if delivery.quality is not None and not delivery.kind.lossy:
        notes.append(f"{name} keeps every pixel: quality {delivery.quality} changes nothing. WebP and JPEG have one.")
    if delivery.keep_credit and credit != Credit() and not delivery.kind.credit:
        notes.append(f"Artist and copyright are not written into {name} files.")
    return tuple(notes)


def _refuse_sides(size: Box, delivery: OutputSpec) -> None:
    if size.long_side > delivery.kind.longest_side:
        raise too_large_for(delivery.format, size)
