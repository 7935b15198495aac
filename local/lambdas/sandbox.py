"""Run one sandbox: a process of the runtime interface client, its Runtime API, its limits of time and memory.

The thread that invokes also watches: while it waits for the answer, it checks the clock, the process and the
memory of the process with its descendants every 20 ms.
"""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import Final

from local.lambdas.credentials import Credentials
from local.lambdas.environment import environment
from local.lambdas.function import Function
from local.lambdas.invocation import Invocation, Outcome, exited, timed_out
from local.lambdas.log_writer import LogStream, stream_name
from local.lambdas.process import FunctionProcess, Launch
from local.lambdas.report import exit_line, timeout_line
from local.lambdas.runtime_api import RuntimeApi
from local.lambdas.watchdog import Watchdog

CHECK_S: Final = 0.02
# Lambda allows 10 s for a start, and starts again within the function's timeout when that was too short.
INIT_S: Final = 10.0

WriteLine = Callable[[LogStream, str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class SandboxContext:
    """Shared settings of sandboxes. *aws*: emulator's origin; *tmp*: folder of their /tmp folders; *log*: logs."""

    aws: str
    tmp: Path
    log: WriteLine
    watchdog: Watchdog


class Sandbox:
    """Runs one invocation at a time, until *broken*. Not thread-safe."""

    def __init__(self, function: Function, credentials: Credentials, code: Path, context: SandboxContext) -> None:
        self.function, self.credentials = function, credentials
        name = stream_name(function.version)
        self.stream = LogStream(group=function.log_group, name=name, credentials=credentials)
        self.broken = False
        self.invocations = 0
        self.init_s: float | None = None
        self.used_mib = 0.0
        self._log = context.log
        self._api = RuntimeApi()
        self._began = time.monotonic()
        tmp = context.tmp / uuid.uuid4().hex
        known = environment(function, credentials, aws=context.aws, code=code, tmp=tmp, log_stream=name)
        launch = Launch(
            command=[sys.executable, "-m", "awslambdaric", function.handler],
            env={**known, "AWS_LAMBDA_RUNTIME_API": self._api.address},
            code=code,
            tmp=tmp,
            tmp_mib=function.tmp_mib,
        )
        self._process = FunctionProcess(launch, log=self.log, watchdog=context.watchdog)

    @property
    def pid(self) -> int:
        """Id of the process."""
        return self._process.pid

    def log(self, text: str) -> None:
        """Log a line in the sandbox's stream."""
        self._log(self.stream, text)

    def usable(self) -> bool:
        """Return whether another invocation may begin: the process runs, and its credentials last."""
        alive = not self.broken and self._process.cause_of_end() is None
        return alive and self.credentials.outlive(self.function.timeout_s)

    def start(self, request_id: str) -> Outcome | None:
        """Wait until the function is imported; return the outcome for *request_id* if it cannot be."""
        failed = self._watch(self._began + INIT_S + self.function.timeout_s, request_id)
        self.init_s = time.monotonic() - self._began
        self.broken = self.broken or failed is not None
        return failed

    def invoke(self, invocation: Invocation) -> Outcome:
        """Run one invocation. Every failure is an outcome too."""
        self.invocations += 1
        timeout_s = self.function.timeout_s
        self._api.put_event(invocation, deadline_ms=int(1000 * (time.time() + timeout_s)))
        outcome = self._watch(time.monotonic() + timeout_s, invocation.request_id)
        if outcome is None:
            raise AssertionError("a process reports only once that it is ready: start() has read it")
        # Lines that it wrote before its answer come before the REPORT line.
        self._process.output.drain()
        self._measure()
        return outcome

    def stop(self) -> str:
        """End the process and its descendants; return how it ended. Safe to call twice."""
        self.broken = True
        ended = self._process.end()
        self._api.close()
        return ended

    def _watch(self, deadline: float, request_id: str) -> Outcome | None:
        """Wait for the next report of the process, for its end, or for a limit."""
        while True:
            try:
                return self._api.reports.get(timeout=CHECK_S)
            except Empty:
                pass
            if self._process.cause_of_end() is not None:
                return self._after_end(request_id)
            if self._over_memory():
                return self._broke(request_id)
            if time.monotonic() > deadline:
                self.stop()
                self.log(timeout_line(request_id, self.function))
                return timed_out(request_id, self.function.timeout_s)

    def _after_end(self, request_id: str) -> Outcome | None:
        """Return the report that the process sent just before it ended, if there is one."""
        try:
            return self._api.reports.get_nowait()
        except Empty:
            return self._broke(request_id)

    def _broke(self, request_id: str) -> Outcome:
        """End the rest of the sandbox, and log that as Lambda does."""
        ended = self.stop()
        self.log(exit_line(request_id, ended))
        return exited(request_id, ended)

    def _over_memory(self) -> bool:
        """Return whether the process with its descendants holds more memory than the function's limit."""
        self._process.tree.refresh()
        held = self._process.tree.memory_mib()
        if held > self.function.memory_mib:
            # Shared pages were counted for each process: measure exactly.
            held = self._process.tree.proportional_mib()
        self.used_mib = max(self.used_mib, held)
        return held > self.function.memory_mib

    def _measure(self) -> None:
        """Measure again: an invocation may end before the first check."""
        tree = self._process.tree
        self.used_mib = max(self.used_mib, tree.peak_mib(), min(tree.memory_mib(), self.function.memory_mib))
