"""What onlookers hear of a picture at work, and how the work hears that it is no longer wanted.

Telling costs a write of the whole session, so steps that follow each other quickly are not all told, and
in a session of many pictures neither are stages; each of them asks, though, and asking is cheap. Progress
that DynamoDB does not take is lost, and counted: it must not cost the picture.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from processor.aws.session_work import SessionWork, Standing
from processor.edits.job import ImageJob
from processor.edits.plan import Plan
from processor.edits.session import ImageProgress, ImageStatus, Session
from processor.errors import StoreUnavailable
from processor.imaging.edit_model import DECODING, ENCODING
from processor.jobs.outcomes import NoLongerWanted

TELL_EVERY_S: Final = 1.0
# Where more pictures move, a session's item is large, and its writes are what limits the pace of them all.
FEW_IMAGES: Final = 10
FETCHING: Final = ImageProgress(status=ImageStatus.FETCHING, percent=5, step="fetch", message="Fetching the picture.")
DECODED_PERCENT: Final = 20
ENCODING_PERCENT: Final = 90
# A text to write may be long, and every change pays for what was said before.
MESSAGE_CHARS: Final = 100


@dataclass(kw_only=True, slots=True)
class Reporter:
    """Called by the editor before each part of its work; raises NoLongerWanted. *clock*: s, monotonic.

    It is made when the picture was taken up, which was told. *every_stage*: tell each at once, however soon it comes.
    """

    work: SessionWork
    job: ImageJob
    plan: Plan
    every_stage: bool
    clock: Callable[[], float] = time.monotonic
    told_at: float = field(init=False)
    told_status: ImageStatus = field(default=ImageStatus.FETCHING, init=False)
    untold: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Count time from now on."""
        self.told_at = self.clock()

    def __call__(self, index: int, name: str) -> None:
        """Tell that part *index*, called *name*, begins, or just ask whether to go on."""
        at = progress_at(index, name, self.plan)
        new_stage = self.every_stage and at.status is not self.told_status
        if new_stage or self.clock() - self.told_at >= TELL_EVERY_S:
            self.tell(at)
        else:
            self.ask()

    def tell(self, at: ImageProgress) -> None:
        """Let onlookers know."""
        self.told_at, self.told_status = self.clock(), at.status
        try:
            standing = self.work.advance(self.job, at)
        except StoreUnavailable:
            self.untold += 1
        else:
            go_on(standing)

    def ask(self) -> None:
        """Ask whether the picture is still wanted."""
        try:
            standing = self.work.look(self.job).standing
        except StoreUnavailable:
            self.untold += 1
        else:
            go_on(standing)


def reporter_for(work: SessionWork, job: ImageJob, session: Session, clock: Callable[[], float]) -> Reporter:
    """Make the reporter of a picture of *session* that was just taken up."""
    return Reporter(work=work, job=job, plan=session.plan, every_stage=len(session.images) <= FEW_IMAGES, clock=clock)


def go_on(standing: Standing) -> None:
    """Stop the work unless the picture is open."""
    if standing is not Standing.OPEN:
        raise NoLongerWanted(standing)


def progress_at(index: int, name: str, plan: Plan) -> ImageProgress:
    """Say where a picture is when part *index* of its work begins."""
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
