"""Ends a host's processes when the host itself was killed: python -m local.lambdas.guard, told by its stdin.

Functions run in sessions of their own, so nothing ends them by itself when their host dies of ``kill -9``. This process
outlives it by a moment: it is told of each process, and when its stdin ends it kills those that are left.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from local.lambdas.family import Family

ROOT: Final = Path(__file__).parents[2]


class Guard:
    """The host's side. Safe across threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "local.lambdas.guard"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
        )

    def add(self, pid: int) -> None:
        """Let *pid*, which leads a group, end with the host."""
        self._tell(f"+{pid}\n")

    def remove(self, pid: int) -> None:
        """Forget *pid*, which has ended: the number may be another's soon."""
        self._tell(f"-{pid}\n")

    def close(self) -> None:
        """End whatever is left, and the guard."""
        with self._lock:
            if self._process.stdin is not None:
                self._process.stdin.close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        with self._lock:
            if self._process.stdin is None:
                raise AssertionError("it was opened with a pipe")
            self._process.stdin.write(line)
            self._process.stdin.flush()


def follow(lines: Iterable[str]) -> None:
    """Keep the list until *lines* end, then kill what is on it."""
    pids: set[int] = set()
    for line in lines:
        if line.startswith("+"):
            pids.add(int(line[1:]))
        else:
            pids.discard(int(line[1:]))
    for pid in pids:
        Family(pid).end()


if __name__ == "__main__":
    follow(sys.stdin)
