"""Watch a process and all its descendants, in whatever group or session: add up their memory, kill them."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

MIB: Final = 2**20
KIB: Final = 2**10


class ProcessTree:
    """A process and its descendants. *pid* leads a group of its own."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._parents: dict[int, int] = {}
        self.members: set[int] = {pid}

    def refresh(self) -> None:
        """Find the processes that run now. A process stays a member until it ends, even when its parent has ended.

        Only new processes are asked for their parent: ``psutil.Process.children`` reads every process of the machine,
        which takes 2 ms, and a busy sandbox is watched every 20 ms.
        """
        alive = set(psutil.pids())
        self._parents = {pid: parent for pid, parent in self._parents.items() if pid in alive}
        for pid in alive - self._parents.keys():
            self._parents[pid] = parent_of(pid)
        self.members &= alive
        found = len(self.members) - 1
        while found < len(self.members):
            found = len(self.members)
            self.members |= {pid for pid, parent in self._parents.items() if parent in self.members}

    def memory_mib(self) -> float:
        """Add up the resident memory of the members: an upper bound, because shared pages count for each of them."""
        return sum(resident(pid) for pid in self.members) / MIB

    def proportional_mib(self) -> float:
        """Add up the memory of the members with shared pages counted once: exact, and slow (1 ms per process)."""
        return sum(proportional(pid) for pid in self.members) / MIB

    def peak_mib(self) -> float:
        """Return the highest resident memory of the first process since its start (Linux; 0 elsewhere)."""
        with suppress(OSError):
            for line in Path(f"/proc/{self.pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * KIB / MIB
        return 0.0

    def kill(self) -> None:
        """Kill all members."""
        self.refresh()
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        for pid in self.members - {self.pid}:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def parent_of(pid: int) -> int:
    """Return the process id of the parent of *pid*; 0 when *pid* has ended."""
    try:
        return psutil.Process(pid).ppid()
    except psutil.Error:
        return 0


def proportional(pid: int) -> int:
    """Return the bytes of *pid* with its share of shared pages; where that is unknown, its resident memory or 0."""
    try:
        return psutil.Process(pid).memory_full_info().pss
    except (psutil.Error, AttributeError):  # AttributeError: macOS has no such figure
        return resident(pid)


def resident(pid: int) -> int:
    """Return the resident memory of *pid* in bytes; 0 when it has ended."""
    try:
        return psutil.Process(pid).memory_info().rss
    except psutil.Error:
        return 0
