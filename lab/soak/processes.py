"""Read processes' children, memory, open files and working folders from the kernel (Linux)."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from local.lambdas.process_tree import MIB, parent_of, resident
from local.run.orphans import command_of, descendants

PROC = Path("/proc")
__all__ = ["children_of", "command_of", "descendants", "living_in", "open_files", "resident_mib"]


def children_of(pid: int) -> list[int]:
    """List the direct children of *pid*."""
    return [one for one in descendants(pid) if parent_of(one) == pid]


def resident_mib(pid: int) -> float:
    """Return the memory of *pid* and its descendants in MiB; 0 after its end."""
    return sum(map(resident, (pid, *descendants(pid)))) / MIB


def open_files(pid: int) -> int:
    """Count the open files and sockets of *pid*; 0 for one that has ended."""
    try:
        return len(os.listdir(PROC / str(pid) / "fd"))  # noqa: PTH208 - names alone
    except OSError:
        return 0


def living_in(folder: Path) -> list[str]:
    """Name the processes that work in *folder*, or whose environment names it."""
    found = [int(one.name) for one in PROC.iterdir() if one.name.isdigit() and int(one.name) != os.getpid()]
    return [f"process {pid}, {command_of(pid)[:80]}" for pid in found if names(pid, str(folder))]


def names(pid: int, text: str) -> bool:
    """Return whether a process's folder or environment names *text*."""
    with suppress(OSError):
        if str((PROC / str(pid) / "cwd").readlink()).startswith(text):
            return True
        return text.encode() in (PROC / str(pid) / "environ").read_bytes()
    return False
