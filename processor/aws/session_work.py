"""Change an edit session for its workers: start a picture, report its progress, end it once.

Every change is one conditional UpdateItem, so duplicate and concurrent deliveries are harmless: progress only
moves forward, and the first worker to end a picture ends it. The worker that ends the last picture ends the session
in the same change; its event is written exactly once, after all others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from processor.aws.session_item import (
    IS_RUNNING,
    ItemChange,
    SessionChanges,
    SessionReader,
    event_fields,
    failure_fields,
    milliseconds,
    progress_fields,
    result_fields,
    running_values,
    session_of,
)
from processor.edits.job import ImageJob
from processor.edits.session import (
    Counters,
    EditResult,
    Event,
    ImageFailure,
    ImageProgress,
    ImageStatus,
    Session,
    SessionStatus,
)
from processor.errors import StoreUnavailable

END_ATTEMPTS: Final = 2
"""A refusal tells whether the picture is the last one now; if it is, nobody else can change that."""
IS_OPEN: Final = (
    f"{IS_RUNNING} AND attribute_exists(#progress.#image) "
    "AND attribute_not_exists(#results.#image) AND attribute_not_exists(#errors.#image)"
)
ADVANCED: Final = (
    "SET #status = :processing, updatedAt = :now, #progress.#image = :at, #events = list_append(#events, :events)"
)
ENDED: Final = (
    "SET updatedAt = :now, #events = list_append(#events, :events), #counters.#remaining = #counters.#remaining - :one"
)
WITH_RESULT: Final = (
    "#results.#image = :result, #progress.#image = :at, #counters.#processed = #counters.#processed + :one"
)
WITH_ERROR: Final = (
    "#errors.#image = :error, #progress.#image.#status = :failed_status, #counters.#failed = #counters.#failed + :one"
)
AND_THE_SESSION: Final = "#status = :after, completedAt = :now"
NOT_THE_LAST: Final = "#counters.#remaining > :one"
# No other picture can have ended since, but the status depends on the other two counters.
THE_LAST: Final = "#counters.#remaining = :one AND #counters.#processed = :processed AND #counters.#failed = :failed"


class JobState(StrEnum):
    """State of a job's picture: with *open* the worker goes on, with any other it acknowledges the job."""

    OPEN = "open"
    DONE = "done"  # the picture has a result or an error
    CANCELLED = "cancelled"
    GONE = "gone"  # no such session, or its time is over, or it has no such picture


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundJob:
    """How a picture stands, and its session as it was a moment ago; None: there is none."""

    standing: JobState
    session: Session | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """Result of a finish or fail call. *applied*: this call changed the item; *standing* is never OPEN.

    CANCELLED or GONE: nothing was changed. DONE without *applied*: another delivery was faster.
    """

    applied: bool
    standing: JobState


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionWork:
    """The sessions table as the worker uses it."""

    reader: SessionReader
    changes: SessionChanges
    now_ms: Callable[[], int] = milliseconds

    def take_up(self, job: ImageJob, to: ImageProgress) -> FoundJob:
        """Start the job's picture, as *advance* does; return its session."""
        applied, found = self.change(job, self.advancing(job, to), give_back=True)
        return FoundJob(standing=JobState.OPEN, session=found.session) if applied else found

    def advance(self, job: ImageJob, to: ImageProgress) -> JobState:
        """Record progress *to* and its event, unless the picture is further already; return its state."""
        applied, found = self.change(job, self.advancing(job, to))
        return JobState.OPEN if applied else found.standing

    def look(self, job: ImageJob) -> FoundJob:
        """Return the state of the job's picture."""
        session = self.reader.read(job.session_id, now_s=self.now_ms() / 1000)
        return FoundJob(standing=self.standing(job, session), session=session)

    def finish(self, job: ImageJob, result: EditResult, *, seen: Session) -> Ended:
        """End the job's picture with its result, unless it has ended. *seen*: the session as it was last found."""
        return self.end(job, result, seen)

    def fail(self, job: ImageJob, failure: ImageFailure, *, seen: Session) -> Ended:
        """End the job's picture with an error, as *finish* does with a result."""
        return self.end(job, failure, seen)

    def end(self, job: ImageJob, ending: EditResult | ImageFailure, seen: Session) -> Ended:
        """End a picture, and with the last one the session."""
        for _ in range(END_ATTEMPTS):
            applied, found = self.change(job, ending_of(job, ending, seen.counters, self.now_ms()))
            if applied or found.standing is not JobState.OPEN or found.session is None:
                return Ended(applied=applied, standing=JobState.DONE if applied else found.standing)
            # Other pictures ended since: this one may be the last now.
            seen = found.session
        raise StoreUnavailable(
            f"{job.session_id}: expected to end {job.image_id!r} in {END_ATTEMPTS} attempts, could not."
        )

    def advancing(self, job: ImageJob, to: ImageProgress) -> ItemChange:
        """Write the change that moves a picture forward."""
        now = self.now_ms()
        event = Event(id=0, type="progress", timestamp=now, image_id=job.image_id, progress=to)
        values = {":percent": to.percent, ":at": progress_fields(to), ":events": [event_fields(event)]}
        return ItemChange(
            update=ADVANCED,
            condition=f"{IS_OPEN} AND #progress.#image.#progress < :percent",
            names={"#image": job.image_id},
            values=running_values(now) | values,
        )

    def change(self, job: ImageJob, change: ItemChange, *, give_back: bool = False) -> tuple[bool, FoundJob]:
        """Apply *change*, and tell whether it held and, when it did not or *give_back*, how the picture stands."""
        changed = self.changes.apply(job.session_id, change, give_back=give_back)
        session = session_of(changed.item) if changed.item else None
        return changed.applied, FoundJob(standing=self.standing(job, session), session=session)

    def standing(self, job: ImageJob, session: Session | None) -> JobState:
        """Return the state of the job's picture in *session*."""
        if session is None or session.expires_at <= self.now_ms() // 1000 or session.image(job.image_id) is None:
            return JobState.GONE
        if session.image_ended(job.image_id):
            return JobState.DONE
        return JobState.CANCELLED if session.status.ended else JobState.OPEN


def ending_of(job: ImageJob, ending: EditResult | ImageFailure, seen: Counters, now: int) -> ItemChange:
    """Write the change that ends a picture when the session's counters are as *seen*."""
    last, good = seen.remaining == 1, isinstance(ending, EditResult)
    own = Event(id=0, type="complete" if good else "image_error", timestamp=now, image_id=job.image_id)
    events = [own, Event(id=0, type="session_complete", timestamp=now)] if last else [own]
    values: dict[str, Any] = {
        ":one": 1,
        ":events": [event_fields(one) for one in events],
        ":at": progress_fields(ImageProgress(status=ImageStatus.COMPLETE, percent=100, message="Done.")),
        ":failed_status": ImageStatus.ERROR.value,
        ":after": status_after(seen, good=good).value,
        ":processed": seen.processed,
        ":failed": seen.failed,
        **(
            {":result": result_fields(ending)} if isinstance(ending, EditResult) else {":error": failure_fields(ending)}
        ),
    }
    sets = [ENDED, WITH_RESULT if good else WITH_ERROR, *([AND_THE_SESSION] if last else [])]
    return ItemChange(
        update=", ".join(sets),
        condition=f"{IS_OPEN} AND {THE_LAST if last else NOT_THE_LAST}",
        names={"#image": job.image_id},
        values=running_values(now) | values,
    )


def status_after(seen: Counters, *, good: bool) -> SessionStatus:
    """Say how a session ends whose last picture ended well, or not."""
    if good:
        return SessionStatus.PARTIAL if seen.failed else SessionStatus.COMPLETE
    return SessionStatus.PARTIAL if seen.processed else SessionStatus.ERROR
