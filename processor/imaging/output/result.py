"""Make the result of an edit: bound its size, write the file, and read its true dimensions from it."""

from __future__ import annotations

from typing import Final

import pyvips

from processor.edits.operations.size import Resize
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
from processor.recipe import DecodeLimits

NO_SIDE: Final = 1 << 20
RESULT_LIMITS: Final = DecodeLimits(max_dimension_px=65_535, max_megapixels=1_000, max_frames=100_000)
"""Limits for reading a file that was written here: only its dimensions are wanted."""


def encode_result(picture: Picture, credit: Credit, plan: Plan, spec: OutputSpec, limits: EditLimits) -> Edited:
    """Write *picture* as *spec* asks; raises EditError where the format or *limits* cannot hold it."""
    try:
        picture = as_format_holds(_bounded(picture, plan, spec), spec.format)
        _refuse_sides(picture.size, spec)
        writer = Writer(format=spec.format, credit=credit if spec.keep_credit else None)
        lossy = spec.kind.lossy and not spec.lossless
        quality = (spec.quality or limits.default_quality) if lossy else None
        written = fit_bytes(picture, writer, quality, spec.max_bytes)
    except pyvips.Error as error:
        raise writing_failed(error, spec.format, picture.size) from error
    if len(written.data) > limits.max_result_bytes:
        raise too_many_bytes(len(written.data), limits)
    header = inspect_structure(memoryview(written.data), RESULT_LIMITS, raw_max_megapixels=0)
    return Edited(
        data=written.data,
        format=spec.format,
        extension=spec.kind.extension,
        content_type=spec.kind.content_type,
        width=header.width,
        height=header.height,
        frames=header.frames,
        steps_applied=tuple(step.op for step in plan.steps),
        notes=(*written.picture.notes, *spec.notes, *_file_notes(spec, credit)),
    )


def _bounded(picture: Picture, plan: Plan, spec: OutputSpec) -> Picture:
    """Fit the picture into the width and height of the request, which win over the plan's size."""
    box = Box(spec.max_width or NO_SIDE, spec.max_height or NO_SIDE)
    frame = fit_inside(picture.size, box)
    if frame == picture.size:
        return picture
    if any(isinstance(step, Resize) for step in plan.steps):
        names = [name for name, px in (("maxWidth", spec.max_width), ("maxHeight", spec.max_height)) if px is not None]
        by = f"by the option{'s' * (len(names) > 1)} {' and '.join(names)}"
        picture = picture.noting(f"The picture is {frame.width} × {frame.height} px, {by}.")
    return stretch(picture, frame).in_memory()


def _file_notes(spec: OutputSpec, credit: Credit) -> tuple[str, ...]:
    """Return notes on options that the format ignores."""
    name, notes = spec.format.upper(), list[str]()
    if spec.quality is not None and not spec.kind.lossy:
        notes.append(f"{name} keeps every pixel: quality {spec.quality} changes nothing. WebP and JPEG have one.")
    if spec.keep_credit and credit != Credit() and not spec.kind.credit:
        notes.append(f"Artist and copyright are not written into {name} files.")
    return tuple(notes)


def _refuse_sides(size: Box, spec: OutputSpec) -> None:
    if size.long_side > spec.kind.longest_side:
        raise too_large_for(spec.format, size)
