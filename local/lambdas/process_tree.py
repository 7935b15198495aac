"""A process with all that it started, in whatever group or session: how much memory they hold, and their end.

Read from ``/proc``, 1 ms for a machine's hundred processes. Where there is none (macOS), no memory is seen, and only
the process's own group is ended.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")
PAGE: Final = os.sysconf("SC_PAGE_SIZE")
MIB: Final = 2**20
KIB: Final = 2**10


class ProcessTree:
    """A process and its descendants. *pid* leads a group of its own."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._parents: dict[int, int] = {}
        self.members: set[int] = {pid}

    def look(self) -> None:
        """Find who is there now. Whoever was once seen stays a member until it ends, even when its parent has."""
        alive = {int(name) for name in listing() if name.isdigit()}
        self._parents = {pid: parent for pid, parent in self._parents.items() if pid in alive}
        for pid in alive - self._parents.keys():
            self._parents[pid] = parent_of(pid)
        self.members &= alive
        found = len(self.members) - 1
        while found < len(self.members):
            found = len(self.members)
            self.members |= {pid for pid, parent in self._parents.items() if parent in self.members}

    def memory_mib(self) -> float:
        """Add up what the members that were last seen hold: an upper bound, pages that they share count for each."""
        return sum(resident(pid) for pid in self.members) / MIB

    def proportional_mib(self) -> float:
        """Add it up with shared pages counted once: exact, and slow (1 ms per process)."""
        return sum(proportional(pid) for pid in self.members) / MIB

    def peak_mib(self) -> float:
        """Give the most that the first process itself has ever held."""
        return field(PROC / str(self.pid) / "status", "VmHWM:") / MIB

    def end(self) -> None:
        """Kill them all."""
        self.look()
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        for pid in self.members - {self.pid}:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def listing() -> list[str]:
    """Name what lies in /proc."""
    try:
        return os.listdir(PROC)  # noqa: PTH208 - names alone, fifty times a second
    except FileNotFoundError:
        return []


def parent_of(pid: int) -> int:
    """Give a process's parent, 0 for one that has ended."""
    try:
        stat = (PROC / str(pid) / "stat").read_bytes()
    except OSError:
        return 0
    # pid (name) state ppid …: the name may hold blanks and brackets.
    return int(stat[stat.rindex(b")") + 2 :].split()[1])


def resident(pid: int) -> int:
    """Give the bytes that a process holds, 0 for one that has ended."""
    try:
        return int((PROC / str(pid) / "statm").read_bytes().split()[1]) * PAGE
    except OSError:
        return 0


def proportional(pid: int) -> int:
    """Give the bytes that a process holds, its share of what it shares; what it holds where that is not known."""
    return field(PROC / str(pid) / "smaps_rollup", "Pss:") or resident(pid)


def field(path: Path, name: str) -> int:
    """Read a line like ``VmHWM:  1736 kB`` as bytes, 0 where there is none."""
    try:
        lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * KIB for line in lines if line.startswith(name)), 0)
