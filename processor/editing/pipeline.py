"""Turn one job of the queue into one result; the last job of a session ends the session.

    start ─▶ read the source and the watermarks ─▶ decode ─▶ steps ─▶ encode
            ─▶ store the result ─▶ end the picture (and with the last one the session)

SQS delivers a job at least once, also to several workers at a time. Every step before the end may be repeated: a
result's name and bytes follow from the job. The end happens once (``session_work``). A verdict on the picture is
recorded as its error; TransientError leaves the job to another delivery. The last delivery that the queue allows does
not try again, since it might die like those before it: it records that there will be no result.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final, Protocol

from processor.aws.session_work import SessionWork
from processor.budget import Budget
from processor.editing.outcome import CLOSED, EditEnding, EditOutcome, JobCancelled, failure_of, gave_up
from processor.editing.progress import FETCHING, Reporter, reporter_for
from processor.editing.results import ResultStore, name_of
from processor.editing.sources import Sources
from processor.edits.job import ImageJob
from processor.edits.operations.overlay import Watermark
from processor.edits.options import EditOptions
from processor.edits.plan import Plan
from processor.edits.session import EditResult, Session, SessionImage
from processor.errors import EditError, PhotoError
from processor.imaging.edit_model import Edited, EditLimits, OnStep, OutputWish
from processor.source import Source

# The queue's maxReceiveCount: after so many receives SQS moves a message to the dead-letter queue.
MAX_DELIVERIES: Final = 5


class PictureEditor(Protocol):
    """Carries out plans; PhotoError and EditError are verdicts, OutOfTime means that *seconds_left* are too few."""

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
    ) -> Edited:
        """Apply *plan* to *source*. *assets*: what its steps lay over the picture, by reference."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """A job that was started."""

    job: ImageJob
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
    shelf: ResultStore
    limits: EditLimits = field(default_factory=EditLimits)
    clock: Callable[[], float] = time.monotonic

    def process(self, job: ImageJob, budget: Budget, *, attempts: int = 1) -> EditOutcome:
        """Do *job*, which is delivered for the *attempts*-th time.

        TransientError when it must come again, any other exception is a defect.
        """
        budget.require(f"editing {job.image_id!r} of {job.session_id}")
        if attempts >= MAX_DELIVERIES:
            return self.give_up(job)
        started = self.clock()
        found = self.work.take_up(job, FETCHING)
        image = found.session.image(job.image_id) if found.session else None
        if found.session is None or image is None or found.standing in CLOSED:
            return EditOutcome(ending=CLOSED[found.standing])
        reporter = reporter_for(self.work, job, found.session, self.clock)
        task = Task(job=job, session=found.session, image=image, reporter=reporter, budget=budget, started=started)
        try:
            result = self.make(task)
        except JobCancelled as reason:
            return EditOutcome(ending=CLOSED[reason.standing], untold=reporter.untold)
        except (PhotoError, EditError) as verdict:
            return self.failed(task, verdict)
        return self.finished(task, result)

    def make(self, task: Task) -> EditResult:
        """Read, edit and store; raise JobCancelled as soon as the session was cancelled or the picture has ended."""
        image, plan, user_id = task.image, task.session.plan, task.session.user_id
        with ExitStack() as opened:
            source = opened.enter_context(self.sources.open(image.url, user_id=user_id))
            assets = {
                step.image: opened.enter_context(self.sources.open(step.image, user_id=user_id))
                for step in plan.steps
                if isinstance(step, Watermark)
            }
            task.budget.require(f"editing {image.id!r}")
            edited = self.editor.edit(
                source,
                plan,
                self.limits,
                file_name=name_of(image),
                assets=assets,
                output=wish_of(task.session.options),
                on_step=task.reporter,
                seconds_left=task.budget.usable_s(),
            )
        task.budget.require(f"storing {image.id!r}")
        task.reporter.check_cancelled()
        return self.shelf.put(task.job, image, edited, took_ms=self.took_ms(task))

    def finished(self, task: Task, result: EditResult) -> EditOutcome:
        """Record the result, unless the picture has ended meanwhile."""
        ended = self.work.finish(task.job, result, seen=task.session)
        ending = EditEnding.EDITED if ended.applied else CLOSED[ended.standing]
        return EditOutcome(ending=ending, result=result, untold=task.reporter.untold)

    def failed(self, task: Task, verdict: PhotoError | EditError) -> EditOutcome:
        """Record why there is no result, unless the picture has ended meanwhile."""
        failure = failure_of(verdict)
        ended = self.work.fail(task.job, failure, seen=task.session)
        if not ended.applied:
            return EditOutcome(ending=CLOSED[ended.standing], untold=task.reporter.untold)
        return EditOutcome(
            ending=EditEnding.FAILED, code=failure.code, detail=str(verdict), untold=task.reporter.untold
        )

    def give_up(self, job: ImageJob) -> EditOutcome:
        """Record an error, so that the user does not wait for a job that no delivery finished."""
        found = self.work.look(job)
        if found.session is None or found.standing in CLOSED:
            return EditOutcome(ending=CLOSED[found.standing])
        failure = gave_up(found.session.progress[job.image_id])
        ended = self.work.fail(job, failure, seen=found.session)
        if not ended.applied:
            return EditOutcome(ending=CLOSED[ended.standing])
        return EditOutcome(ending=EditEnding.GAVE_UP, code=failure.code, detail=f"delivered {MAX_DELIVERIES} times")

    def took_ms(self, task: Task) -> int:
        """Return how long the picture has taken so far."""
        return round((self.clock() - task.started) * 1000)


def wish_of(options: EditOptions) -> OutputWish:
    """Translate the options of a request for the editor."""
    return OutputWish(
        format=options.output_format,
        quality=options.quality,
        max_width=options.max_width,
        max_height=options.max_height,
        keep_metadata=options.preserve_metadata,
    )
