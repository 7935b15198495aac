"""Look after a session until it ends: send jobs that are missing, and end it when its time is over.

The API puts a check of each session into the jobs queue before it stores the session; each check sends the next. So a
session ends although its request died between two batches, or messages were lost. A job may be sent twice: it is
done once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from processor.aws.queues import CHECK_AFTER_S, Jobs
from processor.aws.session_item import milliseconds
from processor.aws.session_work import JobState, SessionWork
from processor.editing.outcome import failure
from processor.edits.job import ImageJob, SessionCheck
from processor.edits.session import LONGEST_S, ImageFailure, Session
from processor.errors import EditCode

EXPIRED: Final[ImageFailure] = failure(
    EditCode.INTERNAL_ERROR,
    "The picture was not edited in time, because of a fault on our side. Start the edit again.",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """Result of one check: pictures whose jobs were sent again, and pictures that were ended without a result."""

    resent: int = 0
    expired: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionChecker:
    """Checks sessions for the edit worker."""

    work: SessionWork
    jobs: Jobs
    now_ms: Callable[[], int] = milliseconds

    def check(self, check: SessionCheck) -> Checked:
        """Check one session; raise StoreUnavailable when the check must be repeated."""
        now_s = self.now_ms() // 1000
        session = self.work.reader.read(check.session_id, now_s=now_s)
        if session is None or session.status.ended:
            return Checked()
        if is_over(session, now_s):
            return Checked(expired=sum(map(self.expire, session.open_jobs)))
        # While workers report, what is open has its messages, and waits for its turn.
        quiet = now_s - session.updated_at // 1000 >= CHECK_AFTER_S
        missing = session.open_jobs if quiet else ()
        self.jobs.send(missing)
        self.jobs.check_later(check.session_id)
        return Checked(resent=len(missing))

    def expire(self, job: ImageJob) -> bool:
        """End a picture for which there is no time any more; return whether this call ended it."""
        found = self.work.look(job)
        if found.session is None or found.state is not JobState.OPEN:
            return False
        return self.work.fail(job, EXPIRED, seen=found.session).applied


def is_over(session: Session, now_s: int) -> bool:
    """Return whether *session* has reached its longest time, or would expire before the next check.

    A check may come late by as much as there is between two of them.
    """
    return now_s > min(session.created_at // 1000 + LONGEST_S, session.expires_at - 2 * CHECK_AFTER_S)
