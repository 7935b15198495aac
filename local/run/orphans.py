"""Stop processes that a run must not leave behind: those of a run that died, and orphans of this one."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Collection, Mapping
from typing import Final

import psutil

# https://man7.org/linux/man-pages/man2/PR_SET_CHILD_SUBREAPER.2const.html
PR_SET_CHILD_SUBREAPER: Final = 36
OURS: Final = "local.run.launch"
GONE_S: Final = 10.0
POLL_S: Final = 0.05


def adopt_orphans() -> None:
    """Become the parent of processes that killed children leave behind, so that we can stop them (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap_orphans(*, besides: Collection[int]) -> None:
    """Reap adopted orphans that have ended, except the process ids in *besides*, which Popen reaps (Linux).

    Otherwise every killed sandbox would leave its decoder child as a zombie for as long as the run lasts.
    """
    if sys.platform != "linux":
        return
    with contextlib.suppress(ChildProcessError):
        while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            if ended.si_pid in besides:
                return
            os.waitpid(ended.si_pid, 0)


def kill_descendants(root: int) -> list[str]:
    """Kill every process below *root*; return their commands. Kill parents first, or they would start more."""
    found = {pid: command_of(pid) for pid in descendants(root)}
    for pid in found:
        kill(pid)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
    return [command for command in found.values() if command]


def descendants(root: int) -> list[int]:
    """List the processes below *root*, parents before their children; none when *root* has ended."""
    try:
        return [one.pid for one in psutil.Process(root).children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def end_previous(process_ids: Mapping[str, int]) -> list[str]:
    """Stop processes of an earlier run that still run; return their names.

    ``psutil.wait_procs`` does not fit: it waits for zombies of other parents, and takes the exit code of our children.
    """
    left = {name: pid for name, pid in process_ids.items() if is_ours(pid)}
    for pid in left.values():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + GONE_S
    while any(is_ours(pid) for pid in left.values()) and time.monotonic() < deadline:
        time.sleep(POLL_S)
    for pid in left.values():
        if is_ours(pid):
            kill(pid)
    return sorted(left)


def is_ours(pid: int) -> bool:
    """Return whether *pid* is a process of the stack, and not another process with a reused number."""
    return OURS in command_of(pid)


def command_of(pid: int) -> str:
    """Return the command line of *pid*; "" when it has ended."""
    try:
        return " ".join(psutil.Process(pid).cmdline())
    except psutil.Error:
        return ""


def kill(pid: int) -> None:
    """Kill *pid*, unless it has ended meanwhile."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
