"""How a job can end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from processor.aws.session_work import Standing
from processor.edits.session import EditResult


class Ending(StrEnum):
    """What became of one job. The value is what logs and metrics say."""

    EDITED = "edited"
    FAILED = "failed"  # the picture has an error now, and will have no result
    SETTLED = "settled"  # an earlier delivery had ended it
    CANCELLED = "cancelled"
    DROPPED = "dropped"  # its session is gone
    GAVE_UP = "gave_up"  # too many deliveries: recorded as an error, and kept as a dead letter


CLOSED = {
    Standing.DONE: Ending.SETTLED,
    Standing.CANCELLED: Ending.CANCELLED,
    Standing.GONE: Ending.DROPPED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """The ending, with the *code* and *detail* of a failure, or the *result*. *untold*: progress that got lost."""

    ending: Ending
    code: str = ""
    detail: str = ""
    result: EditResult | None = None
    untold: int = 0


class NoLongerWanted(Exception):
    """The picture has ended, its session was cancelled, or is gone: whoever works on it stops."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(f"the picture is {standing.value}")
        self.standing = standing
