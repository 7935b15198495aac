"""Limit the time of one job in a decoder child: CPU time for its work, wall time behind it for a child that hangs."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from processor.errors import EditCode, EditError, OutOfTime, PhotoError, Verdict

Late = PhotoError | EditError

WALL_PER_CPU = 6
"""A loaded machine gives a child a share of a core; one that takes six times its CPU limit waits for nothing."""


class Clock:
    """Each part of the work has its own time, and all end with the invocation.

    *cpu_time()*: seconds that the child has used, over all its threads.
    """

    def __init__(
        self, seconds: float, late: Late, seconds_left: float | None, *, cpu_time: Callable[[], float]
    ) -> None:
        self._end = monotonic() + seconds_left if seconds_left is not None else float("inf")
        self._cpu_time = cpu_time
        self.begin(seconds, late)

    def begin(self, seconds: float, late: Late) -> None:
        """Give the next part *seconds* of CPU time; *late* is raised when they have run out."""
        self._cpu_limit = self._cpu_time() + seconds
        self._wall_limit = monotonic() + WALL_PER_CPU * seconds
        self._late = late

    def overdue(self) -> bool:
        """Tell whether the part's time or the invocation's has run out."""
        return monotonic() > min(self._wall_limit, self._end) or self._cpu_time() > self._cpu_limit

    def too_late(self) -> Late | OutOfTime:
        """Name the clock that ran out: the invocation's is no verdict on the photo."""
        if monotonic() > self._end:
            return OutOfTime("the invocation has no time left for this photo")
        return self._late


def slow_decode(what: str) -> PhotoError:
    """Say that decoding took too long: *what* was expected."""
    return PhotoError(Verdict.DECODE_TIMEOUT, f"The photo took too long to decode: {what}.")


def slow_step(step: str, seconds: float) -> EditError:
    """Say that a step of an edit, or encoding, took too long."""
    return EditError(
        EditCode.PROCESSING_TIMEOUT,
        f"The edit took too long: expected at most {seconds:g} s for the step “{step}”. Try it on a smaller picture.",
    )
