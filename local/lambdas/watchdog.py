"""Kill a host's processes after the host itself was killed: python -m local.lambdas.watchdog.

Functions run in sessions of their own, so they would outlive a host that dies of ``kill -9``. The watchdog reads the id
of each process from its stdin (``+pid``, ``-pid``). When stdin closes, it kills the processes that are left. If the
watchdog is killed, the host starts another one.
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
    """The host's side. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pids: set[int] = set()
        self._process = started()

    @property
    def pid(self) -> int:
        """Id of the watchdog's own process."""
        return self._process.pid

    def add(self, pid: int) -> None:
        """Register *pid*, which leads a group, to end with the host."""
        with self._lock:
            self._pids.add(pid)
            self._send(f"+{pid}\n")

    def remove(self, pid: int) -> None:
        """Remove *pid*, which has ended: another process may get its number."""
        with self._lock:
            self._pids.discard(pid)
            self._send(f"-{pid}\n")

    def close(self) -> None:
        """Kill the processes that are left, and end the watchdog."""
        with self._lock:
            self._send("")
            stdin_of(self._process).close()
        self._process.wait()

    def _send(self, line: str) -> None:
        """Send *line*; when the watchdog was killed, start another one and send it all process ids."""
        if self._process.poll() is None:
            with suppress(BrokenPipeError):
                stdin_of(self._process).write(line.encode())
                return
        stdin_of(self._process).close()
        self._process = started()
        stdin_of(self._process).write("".join(f"+{pid}\n" for pid in self._pids).encode())


def started() -> subprocess.Popen[bytes]:
    """Start a watchdog process."""
    return subprocess.Popen(
        [sys.executable, "-m", "local.lambdas.watchdog"],
        bufsize=0,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def stdin_of(process: subprocess.Popen[bytes]) -> IO[bytes]:
    """Return the stdin of a watchdog."""
    if process.stdin is None:
        raise AssertionError("it was opened with a pipe")
    return process.stdin


def follow(lines: Iterable[str]) -> None:
    """Read process ids from *lines* until they end, then kill the remaining ones."""
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
