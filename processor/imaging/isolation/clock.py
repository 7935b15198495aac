"""The clock of one job in a decoder child."""

from __future__ import annotations

from time import monotonic

from processor.errors import EditCode, EditError, OutOfTime, PhotoError, Verdict

Late = PhotoError | EditError


class Clock:
    """Each part of the work has its own time, and all end with the invocation."""

    def __init__(self, seconds: float, late: Late, seconds_left: float | None) -> None:
        self._end = monotonic() + seconds_left if seconds_left is not None else float("inf")
        self.begin(seconds, late)

    def begin(self, seconds: float, late: Late) -> None:
        """Give the next part *seconds*; *late* is what is raised when they have run out."""
        self._limit = monotonic() + seconds
        self._late = late

    def overdue(self) -> bool:
        """Tell whether the part's time or the invocation's has run out."""
        return monotonic() > min(self._limit, self._end)

    def too_late(self) -> Late | OutOfTime:
        """Name the clock that ran out: the invocation's is no verdict on the photo."""
        if monotonic() > self._end:
            return OutOfTime("the invocation has no time left for this photo")
        return self._late


def decode_clock(timeout_s: float, seconds_left: float | None) -> Clock:
    """Start the clock of a job, which begins with decoding."""
    return Clock(timeout_s, slow_decode(f"expected at most {timeout_s:g} s"), seconds_left)


def slow_decode(what: str) -> PhotoError:
    """Say that decoding took too long: *what* was expected."""
    return PhotoError(Verdict.DECODE_TIMEOUT, f"The photo took too long to decode: {what}.")


def slow_step(step: str, seconds: float) -> EditError:
    """Say that a step of an edit, or encoding, took too long."""
    return EditError(
        EditCode.PROCESSING_TIMEOUT,
        f"The edit took too long: expected at most {seconds:g} s for the step “{step}”. Try it on a smaller picture.",
    )
