"""Measure the time and memory of a decoder child, and decide when a job takes too long.

CPU time limits the work; wall time behind it limits a child that hangs.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from processor.errors import EditCode, EditError, OutOfTime, PhotoError, Verdict

Late = PhotoError | EditError

WALL_PER_CPU = 6
"""On a loaded machine a child has only a share of a core; after six times its CPU limit it hangs."""


class Clock:
    """The time limits of one job: one per part of the work, and the end of the invocation.

    *cpu_time()*: seconds that the child has used, over all its threads.
    """

    def __init__(
        self, seconds: float, late: Late, seconds_left: float | None, *, cpu_time: Callable[[], float]
    ) -> None:
        self._end = monotonic() + seconds_left if seconds_left is not None else float("inf")
        self._cpu_time = cpu_time
        self.begin(seconds, late)

    def begin(self, seconds: float, late: Late) -> None:
        """Start the next part, which may use *seconds* of CPU time; *late* is the error when it uses more."""
        self._cpu_limit = self._cpu_time() + seconds
        self._wall_limit = monotonic() + WALL_PER_CPU * seconds
        self._late = late

    def overdue(self) -> bool:
        """Return whether the part's time or the invocation's has run out."""
        return monotonic() > min(self._wall_limit, self._end) or self._cpu_time() > self._cpu_limit

    def too_late(self) -> Late | OutOfTime:
        """Return the error of the limit that ran out: the invocation's is no verdict on the photo."""
        if monotonic() > self._end:
            return OutOfTime("the invocation has no time left for this photo")
        return self._late


def slow_decode(what: str) -> PhotoError:
    """Return the verdict on a photo that took too long to decode; *what*: the limit, in words."""
    return PhotoError(Verdict.DECODE_TIMEOUT, f"The photo took too long to decode: {what}.")


def slow_step(step: str, seconds: float) -> EditError:
    """Return the error of a step of an edit, or of encoding, that took too long."""
    return EditError(
        EditCode.PROCESSING_TIMEOUT,
        f"The edit took too long: expected at most {seconds:g} s for the step “{step}”. Try it on a smaller picture.",
    )


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process has used, in s; 0 when it is gone or the system has no /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mib(pid: int) -> int:
    """Return a process's resident memory in MiB; 0 when it is gone or the system has no /proc."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20
