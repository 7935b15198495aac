"""Read what a process and its living children have used: CPU time and peak memory. Imports nothing of ours."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from pathlib import Path

CPU_CLOCK = 2
"""Of a process's clocks, the one that its scheduler keeps (CPUCLOCK_SCHED in Linux's posix-timers.h)."""


def tree_cpu_s(pid: int) -> float:
    """Add up the CPU time of *pid* and of its living children, s."""
    return time.clock_gettime(~pid << 3 | CPU_CLOCK) + sum(map(tree_cpu_s, children(pid)))


def ended_cpu_s() -> float:
    """Return the CPU time of this process's children that have ended, s."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def tree_peak_mib(pid: int) -> float:
    """Add up the peak resident memory of *pid* and its children in MiB: at least what all held at one moment.

    Pages that parent and child share, the original among them, count twice.
    """
    return round(_status_mib(pid, "VmHWM") + sum(map(tree_peak_mib, children(pid))), 1)


def resident_mib(pid: int) -> float:
    """Return the resident memory of *pid*, MiB."""
    return round(_status_mib(pid, "VmRSS"), 1)


def children(pid: int) -> list[int]:
    """Return the living children of *pid*."""
    return [child for task in Path(f"/proc/{pid}/task").iterdir() for child in _children(task)]


def _children(task: Path) -> Iterator[int]:
    try:
        yield from map(int, (task / "children").read_text().split())
    except FileNotFoundError:  # a thread of a pool that has just ended
        return


def _status_mib(pid: int, name: str) -> float:
    return int(Path(f"/proc/{pid}/status").read_text().split(f"{name}:")[1].split()[0]) / 1024
