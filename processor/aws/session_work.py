"""Change an edit session for its workers: start a picture, report its progress, end it once.

Every change is one conditional UpdateItem, so duplicate and concurrent deliveries are harmless: progress only
moves forward, and the first worker to end a picture ends it. The worker that ends the last picture ends the session
in the same change; its event is written exactly once, after all others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from processor.aws.item_changes import ItemChange, SessionChanges
from processor.aws.session_item import advanced, ended, milliseconds, set_back
from processor.aws.session_reading import SessionReader, session_of
from processor.edits.job import ImageJob
from processor.edits.session import EditResult, ImageFailure, ImageProgress, Session
from processor.errors import StoreUnavailable

END_ATTEMPTS: Final = 2
"""A failed condition returns the item: if the picture is the last one now, no other delivery can change that."""


class JobState(StrEnum):
    """State of a job's picture: with *open* the worker goes on, with any other it acknowledges the job."""

    OPEN = "open"
    DONE = "done"  # the picture has a result or an error
    CANCELLED = "cancelled"
    GONE = "gone"  # no such session, or it has expired, or it has no such picture


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundJob:
    """The state of a picture, and its session as it was read; None when there is no session."""

    state: JobState
    session: Session | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """Result of a finish or fail call. *applied*: this call changed the item; *state* is never OPEN.

    CANCELLED or GONE: nothing was changed. DONE without *applied*: another delivery ended the picture first.
    """

    applied: bool
    state: JobState


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionWork:
    """Changes sessions for the edit worker."""

    reader: SessionReader
    changes: SessionChanges
    now_ms: Callable[[], int] = milliseconds

    def start(self, job: ImageJob, to: ImageProgress) -> FoundJob:
        """Start the job's picture as *advance* does; return its session too."""
        applied, found = self.change(job, advanced(job.image_id, to, now_ms=self.now_ms()), return_item=True)
        return FoundJob(state=JobState.OPEN, session=found.session) if applied else found

    def advance(self, job: ImageJob, to: ImageProgress) -> JobState:
        """Record progress *to* and its event, unless the picture is further or the item full; return its state."""
        applied, found = self.change(job, advanced(job.image_id, to, now_ms=self.now_ms()))
        return JobState.OPEN if applied else found.state

    def set_back(self, job: ImageJob, code: str) -> None:
        """Record the *code* of the fault that ends this delivery; the reason for giving up is read from it."""
        self.change(job, set_back(job.image_id, code, now_ms=self.now_ms()))

    def look(self, job: ImageJob) -> FoundJob:
        """Return the state of the job's picture."""
        session = self.reader.read(job.session_id, now_s=self.now_ms() / 1000)
        return FoundJob(state=self.state_of(job, session), session=session)

    def finish(self, job: ImageJob, result: EditResult, *, seen: Session) -> Ended:
        """End the job's picture with its result, unless it has ended. *seen*: the session as it was last read."""
        return self.end(job, result, seen)

    def fail(self, job: ImageJob, failure: ImageFailure, *, seen: Session) -> Ended:
        """End the job's picture with an error, as *finish* does with a result."""
        return self.end(job, failure, seen)

    def end(self, job: ImageJob, ending: EditResult | ImageFailure, seen: Session) -> Ended:
        """End a picture, and with the last one the session."""
        for _ in range(END_ATTEMPTS):
            applied, found = self.change(job, ended(job.image_id, ending, seen.counters, now_ms=self.now_ms()))
            if applied or found.state is not JobState.OPEN or found.session is None:
                return Ended(applied=applied, state=JobState.DONE if applied else found.state)
            # Other pictures have ended since: this one may be the last now.
            seen = found.session
        raise StoreUnavailable(
            f"{job.session_id}: expected to end {job.image_id!r} in {END_ATTEMPTS} attempts, could not."
        )

    def change(self, job: ImageJob, change: ItemChange, *, return_item: bool = False) -> tuple[bool, FoundJob]:
        """Apply *change*; return whether its condition held, and what was found. *return_item*: find it then, too."""
        changed = self.changes.apply(job.session_id, change, return_item=return_item)
        session = session_of(changed.item) if changed.item else None
        return changed.applied, FoundJob(state=self.state_of(job, session), session=session)

    def state_of(self, job: ImageJob, session: Session | None) -> JobState:
        """Return the state of the job's picture in *session*."""
        if session is None or session.expires_at <= self.now_ms() // 1000 or session.image(job.image_id) is None:
            return JobState.GONE
        if session.image_ended(job.image_id):
            return JobState.DONE
        return JobState.CANCELLED if session.status.ended else JobState.OPEN
