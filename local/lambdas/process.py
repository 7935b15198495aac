"""Start a function's process in a clean world of its own; end it with all that it started."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from local.lambdas.family import MIB, Family
from local.lambdas.guard import Guard
from local.lambdas.output import Output

LAST_WORDS_S: Final = 5.0


class FunctionProcess:
    """One process. *tmp* is its /tmp: made empty, and gone when the process is ended. *say* takes its lines."""

    def __init__(  # noqa: PLR0913 - a process and the world around it
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        code: Path,
        tmp: Path,
        tmp_mib: int,
        say: Callable[[str], None],
        guard: Guard,
    ) -> None:
        tmp.mkdir(parents=True)
        self._tmp = tmp
        ours, theirs = os.pipe()
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the function's own runtime
                command,
                env=env,
                cwd=code,
                stdin=subprocess.DEVNULL,
                stdout=theirs,
                stderr=theirs,
                start_new_session=True,
            )
        except OSError:
            os.close(ours)
            shutil.rmtree(tmp, ignore_errors=True)
            raise
        finally:
            os.close(theirs)
        self._guard = guard
        guard.add(self._process.pid)
        limit_files(self._process.pid, tmp_mib)
        self.family = Family(self._process.pid)
        self.output = Output(ours, say)

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
        self.family.end()
        status = self._process.wait(LAST_WORDS_S)
        self._guard.remove(self._process.pid)
        self.output.close()
        shutil.rmtree(self._tmp, ignore_errors=True)
        return cause(status)


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
