"""Measure a rendering: milliseconds per step and peak memory."""

from __future__ import annotations

import os
import resource
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from threading import Lock
from time import perf_counter
from typing import TypeVar

STATUS, CLEAR_REFS = Path("/proc/self/status"), Path("/proc/self/clear_refs")
RESET_PEAK = b"5"  # proc(5): reset the peak resident set size to the current one


Item = TypeVar("Item")


class Stopwatch:
    """Sums wall time per named step, from any thread."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._lock = Lock()

    @contextmanager
    def step(self, name: str) -> Generator[None]:
        """Time the block, whether it succeeds or not."""
        started = perf_counter()
        try:
            yield
        finally:
            with self._lock:
                self._seconds[name] = self._seconds.get(name, 0.0) + perf_counter() - started

    def each(self, name: str, items: Iterable[Item]) -> Iterator[Item]:
        """Yield *items* and time how long each takes to arrive."""
        waiting, arrived = iter(items), list[Item]()
        while True:
            with self.step(name):
                try:
                    arrived.append(next(waiting))
                except StopIteration:
                    return
            yield arrived.pop()  # not held here while it is used

    @property
    def steps_ms(self) -> dict[str, float]:
        """Milliseconds per step, in the order of their first start."""
        return {name: round(1000 * seconds, 1) for name, seconds in self._seconds.items()}


@cache
def _clear_refs(path: Path) -> int:
    """Open *path* once for this process."""
    return os.open(path, os.O_WRONLY | os.O_CLOEXEC)


def keep_peak_resettable() -> None:
    """Open what resets the peak, before this process loses the right to it (`shield_this_process`)."""
    with suppress(OSError):
        _clear_refs(CLEAR_REFS)


class PeakMemory:
    """The peak resident memory since construction; since the process began where the system cannot reset it."""

    def __init__(self) -> None:
        # Without /proc, or permission, the process's own peak is an upper bound.
        with suppress(OSError):
            os.write(_clear_refs(CLEAR_REFS), RESET_PEAK)

    def mib(self) -> int:
        """Return the peak in MiB."""
        try:
            line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
            return int(line.split()[1]) >> 10
        except (OSError, StopIteration):
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
