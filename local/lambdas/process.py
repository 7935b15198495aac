"""Start a function's process, read its output, and kill it with its descendants."""

from __future__ import annotations

import os
import resource
import select
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from local.lambdas.process_tree import MIB, ProcessTree
from local.lambdas.watchdog import Watchdog

CHUNK: Final = 65_536
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html: 1 MB per event
MAX_LINE: Final = 1_000_000
POLL_MS: Final = 1000


class OutputReader:
    """Reads the pipe *fd* in a thread and passes each line to *log*, until the last writer has closed it."""

    def __init__(self, fd: int, log: Callable[[str], None]) -> None:
        os.set_blocking(fd, False)
        self._fd, self._log = fd, log
        self._lock = threading.Lock()
        self._rest = b""
        self._closed = False
        threading.Thread(target=self._follow, name=f"output {fd}", daemon=True).start()

    def drain(self) -> None:
        """Log all output up to now, so that lines written before an answer come before its REPORT line."""
        with self._lock:
            while not self._closed and self._take():
                pass

    def close(self) -> None:
        """Log the rest, also a last line without a line end, and close the pipe, also under a writer."""
        self.drain()
        with self._lock:
            if not self._closed:
                self._finish()

    def _follow(self) -> None:
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        while not self._closed:
            if poll.poll(POLL_MS):
                with self._lock:
                    if not self._closed:
                        self._take()

    def _take(self) -> bool:
        """Read once; return False when there is no data now, or at the end of the pipe."""
        try:
            chunk = os.read(self._fd, CHUNK)
        except BlockingIOError:
            return False
        if not chunk:
            self._finish()
            return False
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if len(self._rest) > MAX_LINE:
            lines, self._rest = [*lines, self._rest], b""
        for line in lines:
            self._emit(line)
        return True

    def _finish(self) -> None:
        if self._rest:
            self._emit(self._rest)
        self._rest, self._closed = b"", True
        os.close(self._fd)

    def _emit(self, line: bytes) -> None:
        # Lambda's runtime ends the lines of a stack trace with \r, so that the trace stays one event.
        text = line.decode("utf-8", errors="replace").replace("\r", "\n").rstrip("\n")
        if text:
            self._log(text[:MAX_LINE])


EXIT_WAIT_S: Final = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Launch:
    """Process to start. *env*: all of it; *code*: working folder; *tmp*: its /tmp; *tmp_mib*: limit per file."""

    command: Sequence[str]
    env: Mapping[str, str]
    code: Path
    tmp: Path
    tmp_mib: int


class FunctionProcess:
    """One process. Its /tmp starts empty and is deleted at the end. *log* receives its lines."""

    def __init__(self, launch: Launch, *, log: Callable[[str], None], watchdog: Watchdog) -> None:
        self._tmp, self._watchdog = launch.tmp, watchdog
        self._how: str | None = None
        self._ending = threading.Lock()
        self._process, pipe = spawn(launch)
        watchdog.add(self._process.pid)
        limit_files(self._process.pid, launch.tmp_mib)
        self.tree = ProcessTree(self._process.pid)
        self.output = OutputReader(pipe, log)

    @property
    def pid(self) -> int:
        """Process id of the first process."""
        return self._process.pid

    def cause_of_end(self) -> str | None:
        """Return how the process ended, in Lambda's words; None while it runs."""
        status = self._process.poll()
        return None if status is None else cause(status)

    def end(self) -> str:
        """Kill the process tree, log the last lines, delete /tmp; return how the process ended. Safe to call twice."""
        with self._ending:
            if self._how is None:
                self.tree.kill()
                self._how = cause(self._process.wait(EXIT_WAIT_S))
                self._watchdog.remove(self._process.pid)
                self.output.close()
                shutil.rmtree(self._tmp, ignore_errors=True)
            return self._how


def spawn(launch: Launch) -> tuple[subprocess.Popen[bytes], int]:
    """Start the process; return it with the reading end of its stdout and stderr. OSError when it cannot start."""
    launch.tmp.mkdir(parents=True)
    ours, theirs = os.pipe()
    try:
        process = subprocess.Popen(  # noqa: S603 - the function's own runtime
            launch.command,
            env=launch.env,
            cwd=launch.code,
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
    except OSError:
        os.close(ours)
        shutil.rmtree(launch.tmp, ignore_errors=True)
        raise
    finally:
        os.close(theirs)
    return process, ours


def limit_files(pid: int, mib: int) -> None:
    """Limit every file of the process to the size of its /tmp; the sum of the files has no limit here.

    Only Linux can limit another process, and Python code must not run between fork and exec.
    """
    if hasattr(resource, "prlimit"):
        with suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (mib * MIB, mib * MIB))


def cause(status: int) -> str:
    """Describe an exit status in Lambda's words: ``signal: killed``, ``exit status 1``."""
    if status >= 0:
        return f"exit status {status}"
    return f"signal: {(signal.strsignal(-status) or str(-status)).lower()}"
