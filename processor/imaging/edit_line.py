"""Carry out an edit, pure pixels: decode → each step in order, on the previous one's result → encode.

Every step's result is computed into memory before the next: steps read columns, neighbours and whole histograms,
and a later step must not change the result of an earlier one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyvips

from processor.edits.plan import Plan
from processor.edits.vocabulary import Step
from processor.imaging.edit_model import DECODING, ENCODING, Edited, EditLimits, OnStep, OutputWish, inspect_source
from processor.imaging.edit_refusals import step_failed, too_large
from processor.imaging.engine import prepared_engine
from processor.imaging.geometry import Box
from processor.imaging.intake import ANIMATED, Taken, first_size, open_mark, take, take_frames
from processor.imaging.output.result import encode_result
from processor.imaging.output.spec import OutputSpec, output_spec
from processor.imaging.picture import Picture, StepFunction
from processor.imaging.steps.overlay import Marks
from processor.imaging.steps.table import step_table
from processor.imaging.structure.header import Header
from processor.source import Source


@prepared_engine()
def carry_out(  # noqa: PLR0913 - keyword-only: the parts of an edit
    source: Source,
    plan: Plan,
    *,
    limits: EditLimits,
    output: OutputWish,
    assets: Mapping[str, Source],
    on_step: OnStep,
    headers: Sequence[Header] = (),
) -> Edited:
    """Edit *source* in this process. Raises PhotoError (the source or an asset), EditError, and what *on_step* raises.

    *assets*: reference → bytes of each watermark that the plan names; *headers*: what the structure walk found in the
    source and in each asset, where they have been walked.
    """
    assets = {name: asset for name, asset in assets.items() if name in plan.watermarks}
    header, *of_assets = headers or [inspect_source(one, limits) for one in (source, *assets.values())]
    spec = output_spec(plan, output, header.format)
    on_step(-1, DECODING)
    picture, credit = _taken(source, header, plan, spec, limits)
    table = step_table(_marks(assets, of_assets, limits))
    for index, step in enumerate(plan.steps):
        on_step(index, step.op)
        picture = _applied(picture, step, table[type(step)], limits)
    on_step(len(plan.steps), ENCODING)
    return encode_result(picture, credit, plan, spec, limits)


def _taken(source: Source, header: Header, plan: Plan, spec: OutputSpec, limits: EditLimits) -> Taken:
    """Decode all frames when the file to be written can hold them, else the first."""
    if header.frames == 1 or header.format not in ANIMATED:
        return take(source, header, limits, first=first_size(plan), output=spec.format)
    if spec.kind.animated:
        whole = header.frames * header.megapixels
        if whole > limits.max_megapixels:
            raise too_large(Box(header.width, header.height), header.frames, limits, "The animation is")
        return take_frames(source, header)
    picture, credit = take(source, header, limits, first=first_size(plan), output=spec.format)
    note = f"{spec.format.upper()} holds no animation: the first of {header.frames} frames was taken."
    return Taken(picture.noting(note), credit)


def _marks(assets: Mapping[str, Source], headers: Sequence[Header], limits: EditLimits) -> Marks:
    """Open the watermarks that the plan names; each is decoded by its step, and a missing one fails there."""
    walked = zip(assets.items(), headers, strict=True)
    return {name: open_mark(asset, header, limits) for (name, asset), header in walked}


def _applied(picture: Picture, step: Step, function: StepFunction, limits: EditLimits) -> Picture:
    """Apply one step and compute its result, unless that would be too large."""
    try:
        changed = function(picture, step)
        if max(changed.size.width, changed.size.height) > limits.max_dimension_px or (
            changed.megapixels > limits.max_megapixels
        ):
            raise too_large(changed.size, len(changed.frames), limits, f"“{step.words()}” makes the picture")
        same = all(after is before for after, before in zip(changed.frames, picture.frames, strict=True))
        return changed if same else changed.in_memory()
    except pyvips.Error as error:
        raise step_failed(error, step.words(), picture.size) from error
