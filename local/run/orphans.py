"""What must not be left behind: processes of a run that died, and orphans of this one."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

# https://man7.org/linux/man-pages/man2/PR_SET_CHILD_SUBREAPER.2const.html
PR_SET_CHILD_SUBREAPER: Final = 36
OURS: Final = "local.run.launch"
GONE_S: Final = 10.0
POLL_S: Final = 0.05


def adopt_orphans() -> None:
    """Become the parent of what our children leave when they are killed, so that it can be stopped (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap_orphans(*, besides: Collection[int]) -> None:
    """See adopted orphans off that have ended; the ends of the children *besides* are for whoever started them (Linux).

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
    """Kill every process below *root*; give their commands. Their parents first, or they would start more."""
    found = {pid: command_of(pid) for pid in descendants(root)}
    for pid in found:
        kill(pid)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
    return [command for command in found.values() if command]


def descendants(root: int) -> Iterator[int]:
    """Give the processes below *root*, parents before children (Linux; nothing elsewhere)."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # The name, in parentheses, may hold anything; state and parent come after it.
            parent = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()[1]
            children.setdefault(int(parent), []).append(int(folder.name))
    waiting = [root]
    while waiting:
        found = children.get(waiting.pop(0), [])
        yield from found
        waiting += found


def end_previous(noted: Mapping[str, int]) -> list[str]:
    """Stop processes that an earlier run noted and that still run; give their names."""
    left = {name: pid for name, pid in noted.items() if is_ours(pid)}
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
    """Tell whether *pid* is a process of the stack, and not another's who got its number since."""
    return OURS in command_of(pid)


def command_of(pid: int) -> str:
    """Give the command line of *pid*; "" when it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def kill(pid: int) -> None:
    """Kill *pid*, unless it has ended meanwhile."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
