"""Start one process of the stack, wait until it answers, stop it with its process group."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from local.model import RunError
from local.run.places import ROOT

POLL_S: Final = 0.02
STOP_S: Final = 10.0
LAST_LINES: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Child:
    """A running process. *log*: file of its stdout and stderr."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def ended(self) -> str | None:
        """Return how it ended, with the last lines of its log; None while it runs."""
        code = self.process.poll()
        if code is None:
            return None
        how = f"was killed by signal {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        return f"{self.name} {how}{last_lines(self.log)}"

    def wait_until_it_answers(self, origin: str, *, seconds: float) -> None:
        """Return when something listens at *origin*; raise RunError when the process ends first, or takes too long."""
        address = urlsplit(origin)
        deadline = time.monotonic() + seconds
        while not answers(str(address.hostname), address.port or 0):
            if how := self.ended():
                raise RunError(how)
            if time.monotonic() > deadline:
                raise RunError(f"{self.name} did not answer at {origin} within {seconds:g} s{last_lines(self.log)}")
            time.sleep(POLL_S)

    def wait_until_it_is_done(self, *, seconds: float) -> None:
        """Return when the process has ended with exit code 0; raise RunError otherwise."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise RunError(f"{self.name} was not done within {seconds:g} s{last_lines(self.log)}") from None
        if code:
            raise RunError(str(self.ended()))

    def stop(self, *, seconds: float = STOP_S) -> bool:
        """Terminate it, and kill it after *seconds*; return False when it had to be killed."""
        stopped = self.process.poll() is not None
        if not stopped:
            self.process.terminate()
            try:
                self.process.wait(seconds)
                stopped = True
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        kill_group(self.process.pid)
        return stopped


def start(name: str, arguments: Sequence[str], *, lifeline: int, logs: Path, python: str = sys.executable) -> Child:
    """Start *python* ``-m`` *arguments* in a session of its own: only ``up`` gets a Ctrl-C, and stops all in order."""
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own modules
            [python, "-m", "local.run.launch", str(lifeline), *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=(lifeline,),
            start_new_session=True,
        )
    return Child(name=name, process=process, log=log)


def answers(host: str, port: int) -> bool:
    """Return whether something accepts connections there."""
    with socket.socket() as one:
        one.settimeout(1)
        return one.connect_ex((host, port)) == 0


def kill_group(group: int) -> None:
    """Kill the processes that are left in the group of a process that has ended."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def last_lines(log: Path) -> str:
    """Quote the last lines of *log*, with its path."""
    try:
        with log.open(encoding="utf-8", errors="replace") as lines:
            last = [line.strip() for line in deque(lines, LAST_LINES) if line.strip()]
    except OSError as error:
        return f" (its log, {log}, cannot be read: {error.strerror})"
    return f": {' / '.join(last)} ({log})" if last else f" (its log, {log}, is empty)"
