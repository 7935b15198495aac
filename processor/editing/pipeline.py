"""Turn one job of the queue into one result; the last job of a session ends the session.

    start ─▶ open the picture and the watermarks ─▶ edit: decode ─▶ steps ─▶ encode
            ─▶ store the result ─▶ finish the picture (and with the last one the session)

SQS delivers a job at least once, also to several workers at a time. Every step before the end may be repeated: a
result's name and bytes depend on the job alone. Only the first delivery ends the picture (``session_work``). A verdict
on the picture is recorded as its error; TransientError leaves the job to another delivery. The last delivery that the
queue allows does not try again, since it could die like those before it: it records an error.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from processor.aws.session_work import SessionWork
from processor.budget import Budget
from processor.editing.outcome import (
    CLOSED,
    EditEnding,
    EditOutcome,
    JobCancelled,
    failure_of,
    gave_up,
    require_bytes,
    too_many_marks,
    too_slow,
)
from processor.editing.progress import FETCHING, Reporter, reporter_for
from processor.editing.results import ResultStore, name_of
from processor.editing.sources import Sources
from processor.edits.job import ImageJob
from processor.edits.options import EditOptions
from processor.edits.plan import Plan
from processor.edits.session import EditResult, ImageProgress, Session, SessionImage
from processor.errors import EditError, OutOfTime, PhotoError, StoreUnavailable, TransientError
from processor.imaging.edit_model import Edited, EditLimits, OnStep, OutputWish
from processor.source import Source

LONG_S: Final = 60.0
"""An edit that ran for so long before its invocation ended will not end in the next one either."""
INTERRUPTIONS: Final = 3
"""From this delivery on, a picture at which the last worker died is given up."""
# The worker itself, with the libraries that it has loaded, beside the decoder child and the files.
WORKER_MIB: Final = 320
FILES_STEP_MIB: Final = 32
# The queue's maxReceiveCount: after so many receives SQS moves a message to the dead-letter queue.
MAX_DELIVERIES: Final = 5


class PictureEditor(Protocol):
    """Applies plans; raises PhotoError or EditError as a verdict, OutOfTime when *seconds_left* are too few."""

    def edit(  # noqa: PLR0913 - named by the keyword, each is a value of its own
        self,
        source: Source,
        plan: Plan,
        limits: EditLimits,
        *,
        file_name: str,
        assets: Mapping[str, Source],
        output: OutputWish,
        on_step: OnStep,
        seconds_left: float | None = None,
        isolated: bool = False,
    ) -> Edited:
        """Apply *plan* to *source*. *assets*: the watermarks of its steps, by reference.

        *isolated*: work where it can be stopped, and where it cannot take this process with it.
        """
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """A job that was started by its *attempts*-th delivery."""

    job: ImageJob
    attempts: int
    session: Session
    image: SessionImage
    reporter: Reporter
    budget: Budget
    started: float


@dataclass(frozen=True, kw_only=True, slots=True)
class EditPipeline:
    """Does jobs, one at a time; safe to share between threads. *clock*: s, monotonic."""

    work: SessionWork
    sources: Sources
    editor: PictureEditor
    results: ResultStore
    limits: EditLimits = field(default_factory=EditLimits)
    clock: Callable[[], float] = time.monotonic

    def process(self, job: ImageJob, budget: Budget, *, attempts: int = 1) -> EditOutcome:
        """Do *job*, which is delivered for the *attempts*-th time.

        Raise TransientError when the queue must deliver it again; any other exception is a defect.
        """
        budget.require(f"editing {job.image_id!r} of {job.session_id}")
        if attempts >= MAX_DELIVERIES:
            return self.give_up(job)
        try:
            return self.work_on(job, budget, attempts)
        except JobCancelled as reason:
            return EditOutcome(ending=CLOSED[reason.state], lost_reports=reason.lost_reports)
        except TransientError as error:
            with suppress(StoreUnavailable):
                self.work.set_back(job, error.code)
            raise

    def work_on(self, job: ImageJob, budget: Budget, attempts: int) -> EditOutcome:
        """Start the picture, edit it and end it; raise JobCancelled when it has ended, or its session has."""
        task = self.start(job, budget, attempts)
        if attempts >= INTERRUPTIONS and died(task.session.progress[job.image_id]):
            return self.give_up(job)
        try:
            with self.opened(task) as (source, assets):
                edited = self.edit(task, source, assets)
            result = self.store(task, edited)
        except (PhotoError, EditError) as verdict:
            return self.fail(task, verdict)
        return self.finish(task, result)

    def start(self, job: ImageJob, budget: Budget, attempts: int) -> Task:
        """Mark the picture as "fetching"; raise JobCancelled when it has ended, or its session has."""
        started = self.clock()
        found = self.work.start(job, FETCHING)
        image = found.session.image(job.image_id) if found.session else None
        if found.session is None or image is None or found.state in CLOSED:
            raise JobCancelled(found.state)
        reporter = reporter_for(self.work, job, found.session, self.clock)
        return Task(
            job=job,
            attempts=attempts,
            session=found.session,
            image=image,
            reporter=reporter,
            budget=budget,
            started=started,
        )

    @contextmanager
    def opened(self, task: Task) -> Generator[tuple[Source, Mapping[str, Source]]]:
        """Read the picture and the watermarks of its plan, by reference, and close them after the block."""
        user_id = task.session.user_id
        marks = task.session.plan.watermarks
        if len(marks) > self.limits.max_marks:
            raise too_many_marks(len(marks), self.limits)
        with ExitStack() as files:
            source = files.enter_context(self.sources.open(task.image.url, user_id=user_id))
            assets: dict[str, Source] = {}
            for reference in marks:
                assets[reference] = files.enter_context(self.sources.open(reference, user_id=user_id))
                require_bytes([source, *assets.values()], self.limits)
            yield source, assets

    def edit(self, task: Task, source: Source, assets: Mapping[str, Source]) -> Edited:
        """Decode, apply the plan's steps, encode; report progress before each of them.

        A further delivery works in isolation: the worker before may have died of this picture. Raise
        EditError(PROCESSING_TIMEOUT) when the work takes longer than an invocation.
        """
        task.budget.require(f"editing {task.image.id!r}")
        started = self.clock()
        try:
            return self.editor.edit(
                source,
                task.session.plan,
                limits_in(self.limits, task.budget, [source, *assets.values()]),
                file_name=name_of(task.image),
                assets=assets,
                output=wish_of(task.session.options),
                on_step=task.reporter,
                seconds_left=task.budget.usable_s(),
                isolated=task.attempts > 1,
            )
        except OutOfTime as error:
            if self.clock() - started < LONG_S:
                raise
            raise too_slow(error) from error

    def store(self, task: Task, edited: Edited) -> EditResult:
        """Store the result, unless the session was cancelled or the picture has ended meanwhile."""
        task.budget.require(f"storing {task.image.id!r}")
        task.reporter.check_cancelled()
        took_ms = round((self.clock() - task.started) * 1000)
        return self.results.put(task.job, task.image, edited, user_id=task.session.user_id, took_ms=took_ms)

    def finish(self, task: Task, result: EditResult) -> EditOutcome:
        """End the picture with its result, unless it has ended meanwhile."""
        ended = self.work.finish(task.job, result, seen=task.session)
        ending = EditEnding.EDITED if ended.applied else CLOSED[ended.state]
        return EditOutcome(ending=ending, result=result, lost_reports=task.reporter.lost_reports)

    def fail(self, task: Task, verdict: PhotoError | EditError) -> EditOutcome:
        """End the picture with the verdict as its error, unless it has ended meanwhile."""
        failure = failure_of(verdict)
        ended = self.work.fail(task.job, failure, seen=task.session)
        lost_reports = task.reporter.lost_reports
        if not ended.applied:
            return EditOutcome(ending=CLOSED[ended.state], lost_reports=lost_reports)
        return EditOutcome(ending=EditEnding.FAILED, code=failure.code, detail=str(verdict), lost_reports=lost_reports)

    def give_up(self, job: ImageJob) -> EditOutcome:
        """End the picture with an error after too many deliveries, so that its user does not wait any longer."""
        found = self.work.look(job)
        if found.session is None or found.state in CLOSED:
            return EditOutcome(ending=CLOSED[found.state])
        failure = gave_up(found.session.progress[job.image_id])
        ended = self.work.fail(job, failure, seen=found.session)
        if not ended.applied:
            return EditOutcome(ending=CLOSED[ended.state])
        return EditOutcome(ending=EditEnding.GAVE_UP, code=failure.code, detail=f"delivered {MAX_DELIVERIES} times")


def died(progress: ImageProgress) -> bool:
    """Return whether the last delivery that reported ended without a word."""
    return progress.percent > FETCHING.percent and not progress.setback


def limits_in(limits: EditLimits, budget: Budget, files: Sequence[Source]) -> EditLimits:
    """Return *limits* with the memory that the function leaves for a decoder child beside the worker and *files*.

    In steps, because a child with another limit is a new child.
    """
    files_mib = sum(file.size for file in files) >> 20
    held = WORKER_MIB + FILES_STEP_MIB * (files_mib // FILES_STEP_MIB + 1)
    return replace(limits, memory_mib=min(limits.memory_mib, max(budget.memory_mib - held, FILES_STEP_MIB)))


def wish_of(options: EditOptions) -> OutputWish:
    """Translate the options of a request for the editor."""
    return OutputWish(
        format=options.output_format,
        quality=options.quality,
        max_width=options.max_width,
        max_height=options.max_height,
        keep_metadata=options.preserve_metadata,
    )
