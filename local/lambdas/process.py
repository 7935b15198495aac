"""Start a function's process in a clean world of its own; end it with all that it started."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from local.lambdas.family import MIB, Family
from local.lambdas.guard import Guard
from local.lambdas.output import Output

LAST_WORDS_S: Final = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Launch:
    """What to start. *env*: all of it; *code*: where; *tmp*: its /tmp, whose files may have *tmp_mib* each."""

    command: Sequence[str]
    env: Mapping[str, str]
    code: Path
    tmp: Path
    tmp_mib: int


class FunctionProcess:
    """One process. Its /tmp is made empty, and gone when the process is ended. *say* takes its lines."""

    def __init__(self, launch: Launch, *, say: Callable[[str], None], guard: Guard) -> None:
        self._tmp, self._guard = launch.tmp, guard
        self._how: str | None = None
        self._ending = threading.Lock()
        self._process, pipe = spawn(launch)
        guard.add(self._process.pid)
        limit_files(self._process.pid, launch.tmp_mib)
        self.family = Family(self._process.pid)
        self.output = Output(pipe, say)

    @property
    def pid(self) -> int:
        """The first process's id."""
        return self._process.pid

    def cause_of_end(self) -> str | None:
        """Say how the process ended, in Lambda's words; None while it runs."""
        status = self._process.poll()
        return None if status is None else cause(status)

    def end(self) -> str:
        """Kill everything, give the last lines to *say*, empty /tmp. Safe to call twice; tells how it ended."""
        with self._ending:
            if self._how is None:
                self.family.end()
                self._how = cause(self._process.wait(LAST_WORDS_S))
                self._guard.remove(self._process.pid)
                self.output.close()
                shutil.rmtree(self._tmp, ignore_errors=True)
            return self._how


def spawn(launch: Launch) -> tuple[subprocess.Popen[bytes], int]:
    """Start the process; give the end of a pipe that both its outputs go to. OSError when it cannot be executed."""
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
    """Let no file of the process grow beyond the size of its /tmp; the sum of files is not limited here.

    Linux alone can limit another process, and Python must not run code of ours between fork and exec.
    """
    if hasattr(resource, "prlimit"):
        with suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (mib * MIB, mib * MIB))


def cause(status: int) -> str:
    """Say what an exit status means, as Lambda says it: ``signal: killed``, ``exit status 1``."""
    if status >= 0:
        return f"exit status {status}"
    return f"signal: {(signal.strsignal(-status) or str(-status)).lower()}"
