"""Ends a host's processes when the host itself was killed: python -m local.lambdas.watchdog, told by its stdin.

Functions run in sessions of their own, so nothing ends them by itself when their host dies of ``kill -9``. This process
outlives it by a moment: it is told of each process, and when its stdin ends it kills those that are left. Should it be
killed itself, the host starts another one.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from local.lambdas.process_tree import ProcessTree

ROOT: Final = Path(__file__).parents[2]


class Watchdog:
    """The host's side. Safe across threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pids: set[int] = set()
        self._process = started()

    @property
    def pid(self) -> int:
        """The guard's own process."""
        return self._process.pid

    def add(self, pid: int) -> None:
        """Let *pid*, which leads a group, end with the host."""
        with self._lock:
            self._pids.add(pid)
            self._tell(f"+{pid}\n")

    def remove(self, pid: int) -> None:
        """Forget *pid*, which has ended: the number may be another's soon."""
        with self._lock:
            self._pids.discard(pid)
            self._tell(f"-{pid}\n")

    def close(self) -> None:
        """End whatever is left, and the guard."""
        with self._lock:
            self._tell("")
            stdin_of(self._process).close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        """Say *line*; to another guard, and everything, when the guard was killed."""
        if self._process.poll() is None:
            with suppress(BrokenPipeError):
                stdin_of(self._process).write(line.encode())
                return
        stdin_of(self._process).close()
        self._process = started()
        stdin_of(self._process).write("".join(f"+{pid}\n" for pid in self._pids).encode())


def started() -> subprocess.Popen[bytes]:
    """Start a guard."""
    return subprocess.Popen(
        [sys.executable, "-m", "local.lambdas.watchdog"],
        bufsize=0,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def stdin_of(process: subprocess.Popen[bytes]) -> IO[bytes]:
    """Give what a guard listens to."""
    if process.stdin is None:
        raise AssertionError("it was opened with a pipe")
    return process.stdin


def follow(lines: Iterable[str]) -> None:
    """Keep the list until *lines* end, then kill what is on it."""
    pids: set[int] = set()
    for line in lines:
        if line.startswith("+"):
            pids.add(int(line[1:]))
        else:
            pids.discard(int(line[1:]))
    for pid in pids:
        ProcessTree(pid).kill()


if __name__ == "__main__":
    follow(sys.stdin)
