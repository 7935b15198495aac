"""Define the outcomes of a job, and the public error of each verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from processor.aws.session_work import JobState
from processor.edits.session import FAILURE_CHARS, EditResult, ImageFailure, ImageProgress
from processor.errors import DarkroomError, EditCode, EditError, OutOfTime, PhotoError, Verdict
from processor.imaging.edit_model import EditLimits
from processor.source import Source

CODES: Final[Mapping[Verdict, EditCode]] = {
    Verdict.NOT_AN_IMAGE: EditCode.UNSUPPORTED_FORMAT,
    Verdict.UNSUPPORTED_FORMAT: EditCode.UNSUPPORTED_FORMAT,
    Verdict.TRUNCATED: EditCode.UNSUPPORTED_FORMAT,
    Verdict.CORRUPT: EditCode.UNSUPPORTED_FORMAT,
    Verdict.IMAGE_TOO_LARGE: EditCode.IMAGE_TOO_LARGE,
    Verdict.DIMENSIONS_TOO_LARGE: EditCode.DIMENSIONS_TOO_LARGE,
    Verdict.TOO_MANY_FRAMES: EditCode.DIMENSIONS_TOO_LARGE,
    Verdict.TOO_MANY_SCANS: EditCode.UNSUPPORTED_FORMAT,
    Verdict.METADATA_TOO_LARGE: EditCode.UNSUPPORTED_FORMAT,
    Verdict.DECODE_TIMEOUT: EditCode.PROCESSING_TIMEOUT,
    Verdict.DECODER_CRASHED: EditCode.UNSUPPORTED_FORMAT,
    Verdict.DECODER_OUT_OF_MEMORY: EditCode.DIMENSIONS_TOO_LARGE,
    Verdict.RENDERING_FAILED: EditCode.UNSUPPORTED_FORMAT,
}


class EditEnding(StrEnum):
    """Ending of one job. Logs and metrics use the value."""

    EDITED = "edited"
    FAILED = "failed"  # the picture has an error, and will have no result
    SETTLED = "settled"  # an earlier delivery had ended it
    CANCELLED = "cancelled"
    DROPPED = "dropped"  # its session is gone
    GAVE_UP = "gave_up"  # too many deliveries: recorded as an error, and kept as a dead letter


CLOSED: Final[Mapping[JobState, EditEnding]] = {
    JobState.DONE: EditEnding.SETTLED,
    JobState.CANCELLED: EditEnding.CANCELLED,
    JobState.GONE: EditEnding.DROPPED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class EditOutcome:
    """The ending, with *code* and *detail* of a failure, or the *result*. *lost_reports*: progress not written."""

    ending: EditEnding
    code: str = ""
    detail: str = ""
    result: EditResult | None = None
    lost_reports: int = 0


class JobCancelled(Exception):
    """The picture has ended, or its session was cancelled or is gone: the worker stops, and acknowledges the job."""

    def __init__(self, state: JobState, lost_reports: int = 0) -> None:
        super().__init__(f"the picture is {state.value}")
        self.state = state
        self.lost_reports = lost_reports


def failure_of(verdict: PhotoError | EditError) -> ImageFailure:
    """Build the public error of a verdict."""
    code = CODES[verdict.verdict] if isinstance(verdict, PhotoError) else verdict.edit_code
    return ImageFailure(code=code.value, message=public_text(verdict))


NO_TIME: Final = "The picture could not be edited in the time there is. Use a smaller picture or fewer steps."


def public_text(error: DarkroomError) -> str:
    """Return the public sentence, cut to FAILURE_CHARS to keep the session's item small."""
    return error.public if len(error.public) <= FAILURE_CHARS else f"{error.public[: FAILURE_CHARS - 1]}…"


def gave_up(progress: ImageProgress) -> ImageFailure:
    """Build the error after too many deliveries, by the fault that the last of them recorded.

    A delivery that died recorded none.
    """
    if progress.setback == OutOfTime.code:
        return failure(EditCode.PROCESSING_TIMEOUT, NO_TIME)
    if progress.percent and not progress.setback:
        return failure(
            EditCode.INTERNAL_ERROR,
            "The edit broke off several times without a result. Try again; if it breaks off again, use a smaller "
            "picture or fewer steps.",
        )
    return failure(
        EditCode.INTERNAL_ERROR,
        "The picture could not be edited because of a fault on our side. Try again later.",
    )


def failure(code: EditCode, message: str) -> ImageFailure:
    """Build the public error of a picture."""
    return ImageFailure(code=code.value, message=message)


def too_many_marks(count: int, limits: EditLimits) -> EditError:
    """Build the error of a plan with too many watermarks."""
    return EditError(
        EditCode.INVALID_INPUT,
        f"The plan has too many watermarks: expected at most {limits.max_marks} different ones, received {count}. "
        "Lay some of them on in another edit.",
        details={"maxWatermarks": limits.max_marks, "received": count},
    )


def require_bytes(files: Sequence[Source], limits: EditLimits) -> None:
    """Raise EditError(IMAGE_TOO_LARGE) when the picture and its watermarks have too many bytes together."""
    found = sum(file.size for file in files)
    if found > limits.max_input_bytes:
        raise EditError(
            EditCode.IMAGE_TOO_LARGE,
            f"The picture and its watermarks are too large together: expected at most {limits.max_input_bytes:,} "
            f"bytes, received at least {found:,}. Use smaller watermarks, or fewer.",
            details={"maxBytes": limits.max_input_bytes},
        )


def too_slow(error: OutOfTime) -> EditError:
    """Build the error of an edit that takes longer than an invocation."""
    return EditError(EditCode.PROCESSING_TIMEOUT, str(error), public=NO_TIME)
