"""Edit a picture in this process, or in a decoder child where it may hang, crash or use too much memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from time import monotonic
from typing import Final, Literal

from processor.edits.operations.size import Extend, Pad, Resize
from processor.edits.plan import Plan
from processor.edits.vocabulary import Step
from processor.errors import OutOfTime, PhotoError, Verdict
from processor.imaging.edit_model import Edited, EditLimits, OnStep, OutputWish, inspect_source
from processor.imaging.installation import check_installation
from processor.imaging.isolation.edit_wire import EditOrder
from processor.imaging.isolation.pool import DecoderPool
from processor.imaging.isolation.process import DecoderProcess
from processor.imaging.model import EXTENSIONS_OF, ImageFormat
from processor.imaging.output.spec import output_spec
from processor.imaging.renderer import ISOLATED_ABOVE_MEGAPIXELS, is_risky
from processor.imaging.structure.header import Header
from processor.imaging.work import estimate, require_affordable
from processor.source import Source

NO_ASSETS: Final[Mapping[str, Source]] = {}
NO_HEADERS: Final[Mapping[str, Header]] = {}
HERE_MEGAPIXELS: Final = 180
"""Megapixels times steps, encoding included: about ten seconds of work."""


def ignore_steps(_: int, __: str) -> None:
    """Ignore progress."""


class Editor(DecoderPool):
    """Edits pictures; owns at most one child process, started when first needed and reused while healthy.

    *isolate*: ``"risky"`` (Lambda: small work on common formats stays in this process) or ``"always"``.
    """

    def __init__(self, *, isolate: Literal["risky", "always"] = "risky") -> None:
        super().__init__()
        self._isolate = isolate

    def edit(  # noqa: PLR0913 - keyword-only: the parts of an edit
        self,
        source: Source,
        plan: Plan,
        limits: EditLimits,
        *,
        file_name: str = "",
        assets: Mapping[str, Source] = NO_ASSETS,
        output: OutputWish | None = None,
        on_step: OnStep = ignore_steps,
        seconds_left: float | None = None,
        isolated: bool = False,
    ) -> Edited:
        """Carry *plan* out on *source*. *file_name*: the client's name; a wrong extension adds a note.

        *assets*: reference → bytes of each watermark that the plan names. Raises PhotoError (a verdict on the source
        or a watermark), EditError (a step that cannot be carried out), OutOfTime when *seconds_left* ends first, and
        what *on_step* raises; nothing is left behind then. *isolated*: use a child also for small work.
        """
        wish = output or OutputWish()
        marks = {name: asset for name, asset in assets.items() if name in plan.watermarks}
        sources = (source, *marks.values())
        headers = tuple(inspect_source(one, limits) for one in sources)
        of_marks = dict(zip(marks, headers[1:], strict=True))
        require_affordable(plan, headers[0], of_marks, limits)
        risky = any(map(is_risky, headers)) or is_long(plan, wish, headers[0], of_marks)
        if isolated or risky or self._isolate == "always":
            order = EditOrder(plan=plan.model_dump_json(), limits=limits, output=wish, assets=tuple(marks))
            edited = self._in_child(tuple(zip(sources, headers, strict=True)), order, on_step, seconds_left)
        else:
            check_installation()
            from processor.imaging.edit_line import carry_out  # noqa: PLC0415 - libvips only where it is needed

            checked = until(seconds_left, on_step)
            edited = carry_out(source, plan, limits=limits, output=wish, assets=marks, on_step=checked, headers=headers)
        note = misnamed(file_name, headers[0].format)
        return replace(edited, notes=(*edited.notes, note)) if note else edited

    def _in_child(
        self, sources: Sequence[tuple[Source, Header]], order: EditOrder, on_step: OnStep, seconds_left: float | None
    ) -> Edited:
        def job(child: DecoderProcess, left: float | None) -> Edited:
            return child.edit(sources, order, on_step=on_step, seconds_left=left)

        try:
            return self._run(job, memory_mib=order.limits.memory_mib, seconds_left=seconds_left)
        except PhotoError as error:
            if error.verdict is Verdict.DECODER_OUT_OF_MEMORY:
                raise too_much_memory(order.limits) from error
            raise


def too_much_memory(limits: EditLimits) -> PhotoError:
    """Make the verdict on a picture that is too large for its edits; decoding alone may take less."""
    return PhotoError(
        Verdict.DECODER_OUT_OF_MEMORY,
        f"The picture needs too much memory with these edits: expected at most {limits.memory_mib:,} MiB.",
        advice='Make it smaller first ("resize to 2000px, then …"), or leave out a step.',
    )


def is_long(plan: Plan, wish: OutputWish, header: Header, marks: Mapping[str, Header] = NO_HEADERS) -> bool:
    """Return whether the work may take long or much memory: only a child can be stopped at any time."""
    spec = output_spec(plan, wish, header.format)
    tries = spec.max_bytes is not None or spec.format == "avif"
    if header.frames > 1 or tries or any(may_grow(step) for step in plan.steps):
        return True
    found = estimate(plan, spec.format, header, marks)
    return found.work > HERE_MEGAPIXELS or found.largest > ISOLATED_ABOVE_MEGAPIXELS


def may_grow(step: Step) -> bool:
    """Return whether the picture may be much larger after *step*."""
    match step:
        case Resize():
            return step.enlarges and (step.percent is None or step.percent > 100)  # noqa: PLR2004 - per cent
        case Pad() | Extend():
            return True
        case _:
            return False


def until(seconds_left: float | None, on_step: OnStep) -> OnStep:
    """Return *on_step* with a check before it: it raises OutOfTime after *seconds_left*."""
    end = monotonic() + seconds_left if seconds_left is not None else float("inf")

    def check(index: int, step: str) -> None:
        if monotonic() > end:
            raise OutOfTime("the invocation has no time left for this edit")
        on_step(index, step)

    return check


def misnamed(file_name: str, kind: ImageFormat) -> str:
    """Return a note when the extension is that of another format than *kind*; else an empty text."""
    extension = PurePath(file_name).suffix.lower().lstrip(".")
    known = any(extension in extensions for extensions in EXTENSIONS_OF.values())
    if not known or extension in EXTENSIONS_OF[kind]:
        return ""
    return f"The file is named .{extension}, its content is {kind.upper()}."
