"""Report a picture's progress to its session, and stop when the session was cancelled.

Reporting writes the whole session item, so quick steps are not all reported, nor are all stages in a session of many
pictures. Each step checks for cancellation, which is a cheap read. Progress that DynamoDB
refuses is dropped and counted: it must not fail the picture.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from processor.aws.session_work import JobState, SessionWork
from processor.editing.outcome import JobCancelled
from processor.edits.job import ImageJob
from processor.edits.plan import Plan
from processor.edits.session import MESSAGE_CHARS, ImageProgress, ImageStatus, Session
from processor.errors import StoreUnavailable
from processor.imaging.edit_model import DECODING, ENCODING

REPORT_EVERY_S: Final = 1.0
# With more pictures the session's item is large, and its writes limit the speed of all workers.
FEW_IMAGES: Final = 10
FETCHING: Final = ImageProgress(status=ImageStatus.FETCHING, percent=5, step="fetch", message="Fetching the picture.")
DECODED_PERCENT: Final = 20
ENCODING_PERCENT: Final = 90


@dataclass(kw_only=True, slots=True)
class Reporter:
    """Reports progress before each part of the editor's work; raises JobCancelled. *clock*: s, monotonic.

    Create it after the "fetching" event was written. *every_stage*: report each new stage at once.
    """

    work: SessionWork
    job: ImageJob
    plan: Plan
    every_stage: bool
    clock: Callable[[], float] = time.monotonic
    reported_at: float = field(init=False)
    reported_status: ImageStatus = field(default=ImageStatus.FETCHING, init=False)
    lost_reports: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Start the clock."""
        self.reported_at = self.clock()

    def __call__(self, index: int, name: str) -> None:
        """Report that part *index*, named *name*, begins, or only check for cancellation."""
        at = progress_at(index, name, self.plan)
        new_stage = self.every_stage and at.status is not self.reported_status
        if new_stage or self.clock() - self.reported_at >= REPORT_EVERY_S:
            self.report_progress(at)
        else:
            self.check_cancelled()

    def report_progress(self, at: ImageProgress) -> None:
        """Write the progress *at* and its event."""
        self.reported_at, self.reported_status = self.clock(), at.status
        self.require_open(lambda: self.work.advance(self.job, at))

    def check_cancelled(self) -> None:
        """Raise JobCancelled when the picture no longer has to be edited."""
        self.require_open(lambda: self.work.look(self.job).state)

    def require_open(self, ask: Callable[[], JobState]) -> None:
        """Raise JobCancelled unless *ask()* returns OPEN; count a call that DynamoDB refuses."""
        try:
            state = ask()
        except StoreUnavailable:
            self.lost_reports += 1
            return
        if state is not JobState.OPEN:
            raise JobCancelled(state, self.lost_reports)


def reporter_for(work: SessionWork, job: ImageJob, session: Session, clock: Callable[[], float]) -> Reporter:
    """Make the reporter of a picture of *session* that was just started."""
    return Reporter(work=work, job=job, plan=session.plan, every_stage=len(session.images) <= FEW_IMAGES, clock=clock)


def progress_at(index: int, name: str, plan: Plan) -> ImageProgress:
    """Return the progress of a picture when part *index* of its work begins."""
    if name == DECODING:
        return ImageProgress(
            status=ImageStatus.PROCESSING, percent=DECODED_PERCENT // 2, step=DECODING, message="Reading the picture."
        )
    if name == ENCODING:
        return ImageProgress(
            status=ImageStatus.ENCODING, percent=ENCODING_PERCENT, step="encode", message="Writing the result."
        )
    count = len(plan.steps)
    share = (ENCODING_PERCENT - DECODED_PERCENT) * index // count
    message = f"Step {index + 1} of {count}: {plan.steps[index].words()}."
    return ImageProgress(
        status=ImageStatus.PROCESSING,
        percent=DECODED_PERCENT + share,
        step=name,
        message=message if len(message) <= MESSAGE_CHARS else f"{message[: MESSAGE_CHARS - 1]}…",
    )
