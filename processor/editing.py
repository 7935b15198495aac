"""The edit story: one job of the queue becomes one result, and the last of a session ends it.

    take up ─▶ read the source, and what is laid over it ─▶ decode ─▶ steps ─▶ encode
            ─▶ store the result ─▶ end the picture (and with the last one the session)

Jobs come at least once, also to several workers at a time. All that a worker does before the end may
be repeated: a result's name and bytes follow from the job. The end happens once (``session_work``).
A verdict on the picture is recorded as its error; TransientError leaves everything to another
delivery; the last delivery that the queue allows makes no attempt, which might die like those before
it, but says that there will be no result.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final

from processor.aws.session_work import SessionWork
from processor.budget import Budget
from processor.edits.job import ImageJob
from processor.edits.operations.overlay import Watermark
from processor.edits.session import EditResult, Session, SessionImage
from processor.errors import EditError, PhotoError
from processor.imaging.edit_model import EditLimits
from processor.jobs.editor import Editor, wish_of
from processor.jobs.failures import failure_of, gave_up
from processor.jobs.outcomes import CLOSED, Ending, NoLongerWanted, Outcome
from processor.jobs.reporting import FETCHING, Reporter, reporter_for
from processor.jobs.results import ResultShelf, name_of
from processor.jobs.sources import Sources

# The queue's maxReceiveCount: a message that was received so often goes to the dead letters next.
MAX_DELIVERIES: Final = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """A job that was taken up."""

    job: ImageJob
    session: Session
    image: SessionImage
    reporter: Reporter
    budget: Budget
    started: float


@dataclass(frozen=True, kw_only=True, slots=True)
class EditLine:
    """Does jobs, one at a time; safe to share between threads. *clock*: s, monotonic."""

    work: SessionWork
    sources: Sources
    editor: Editor
    shelf: ResultShelf
    limits: EditLimits = field(default_factory=EditLimits)
    clock: Callable[[], float] = time.monotonic

    def process(self, job: ImageJob, budget: Budget, *, attempts: int = 1) -> Outcome:
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
            return Outcome(ending=CLOSED[found.standing])
        reporter = reporter_for(self.work, job, found.session, self.clock)
        task = Task(job=job, session=found.session, image=image, reporter=reporter, budget=budget, started=started)
        try:
            result = self.make(task)
        except NoLongerWanted as reason:
            return Outcome(ending=CLOSED[reason.standing], untold=reporter.untold)
        except (PhotoError, EditError) as verdict:
            return self.failed(task, verdict)
        return self.finished(task, result)

    def make(self, task: Task) -> EditResult:
        """Read, edit and store; raise NoLongerWanted as soon as nobody waits for it."""
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
        task.reporter.ask()
        return self.shelf.put(task.job, image, edited, took_ms=self.took_ms(task))

    def finished(self, task: Task, result: EditResult) -> Outcome:
        """End the picture well, unless it has ended meanwhile."""
        ended = self.work.finish(task.job, result, seen=task.session)
        ending = Ending.EDITED if ended.applied else CLOSED[ended.standing]
        return Outcome(ending=ending, result=result, untold=task.reporter.untold)

    def failed(self, task: Task, verdict: PhotoError | EditError) -> Outcome:
        """Record why there is no result, unless the picture has ended meanwhile."""
        failure = failure_of(verdict)
        ended = self.work.fail(task.job, failure, seen=task.session)
        if not ended.applied:
            return Outcome(ending=CLOSED[ended.standing], untold=task.reporter.untold)
        return Outcome(ending=Ending.FAILED, code=failure.code, detail=str(verdict), untold=task.reporter.untold)

    def give_up(self, job: ImageJob) -> Outcome:
        """Record that no delivery has come to an end, so that nobody waits for ever."""
        found = self.work.look(job)
        if found.session is None or found.standing in CLOSED:
            return Outcome(ending=CLOSED[found.standing])
        failure = gave_up(found.session.progress[job.image_id])
        ended = self.work.fail(job, failure, seen=found.session)
        if not ended.applied:
            return Outcome(ending=CLOSED[ended.standing])
        return Outcome(ending=Ending.GAVE_UP, code=failure.code, detail=f"delivered {MAX_DELIVERIES} times")

    def took_ms(self, task: Task) -> int:
        """Say how long the picture has taken so far."""
        return round((self.clock() - task.started) * 1000)
