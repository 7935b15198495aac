"""Run one process of the web function: its ``run.sh``, started as the Lambda Web Adapter starts it.

https://awslabs.github.io/aws-lambda-web-adapter/
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections import deque
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx

from local.lambdas.credentials import Credentials
from local.lambdas.environment import environment
from local.lambdas.function import Function
from local.lambdas.log_writer import LogStream, stream_name
from local.lambdas.process import FunctionProcess, Launch
from local.lambdas.sandbox import SandboxContext
from local.model import LOOPBACK

# Ends a hang. A process is ready in a second, on a busy machine in many seconds.
READY_S: Final = 60.0
READY_POLL_S: Final = 0.03
READINESS_PATH: Final = "AWS_LWA_READINESS_CHECK_PATH"
LAST_LINES: Final = 5
# The server enforces the function's timeout; streams may be silent for any time, and their number has no limit.
# No TLS: the certificates that httpx reads would take most of a MiB for every client.
UNLIMITED: Final[dict[str, Any]] = {
    "timeout": None,
    "limits": httpx.Limits(max_connections=None, max_keepalive_connections=4),
    "trust_env": False,
    "verify": False,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployedFunction:
    """A version of the web function, its credentials and *code*, the folder of its unpacked zip."""

    function: Function
    credentials: Credentials
    code: Path


class Worker:
    """A running process. *client* talks to it, *streams* counts requests that have begun and not ended.

    *peak_mib*: the highest memory seen, child processes included.
    """

    def __init__(self, deployed: DeployedFunction, context: SandboxContext) -> None:
        function = deployed.function
        self.deployed, self.streams, self.peak_mib = deployed, 0, 0.0
        name = stream_name(function.version)
        self.stream = LogStream(group=function.log_group, name=name, credentials=deployed.credentials)
        self._log = context.log
        self._last_lines: deque[str] = deque(maxlen=LAST_LINES)
        port = str(free_port())
        self.client = httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{port}", **UNLIMITED)
        try:
            self._process = FunctionProcess(
                launch(deployed, context, port=port, log_stream=name), log=self.log, watchdog=context.watchdog
            )
        except OSError as error:
            raise ApiError(
                f"{function.name}: expected an executable script {function.handler} in its zip, received "
                f"{error.strerror}; tools/package.py packs processor/api/run.sh"
            ) from error

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def function(self) -> Function:
        """The version that it runs."""
        return self.deployed.function

    def log(self, text: str) -> None:
        """Log a line in the process's stream."""
        self._last_lines.append(text)
        self._log(self.stream, text)

    def ended(self) -> str | None:
        """Return how the process ended; None while it runs."""
        return self._process.cause_of_end()

    def measure_mib(self) -> float:
        """Measure the memory of the process with its children, and keep the peak."""
        self._process.tree.refresh()
        held = self._process.tree.memory_mib()
        self.peak_mib = max(self.peak_mib, held)
        return held

    async def ready(self) -> None:
        """Wait until the application answers; ApiError when it ends before, or takes too long."""
        path = self.function.variables.get(READINESS_PATH, "/")
        deadline = time.monotonic() + READY_S
        while not await self._answers(path):
            if (how := self.ended()) is not None:
                raise ApiError(f"{self.function.handler}: expected a web server, but it ended ({how}){self._quote()}")
            if time.monotonic() > deadline:
                raise ApiError(
                    f"{self.function.handler}: expected an answer of {path} within {READY_S:g} s, received none"
                    f"{self._quote()}"
                )
            await asyncio.sleep(READY_POLL_S)

    async def stop(self) -> None:
        """End the process and its descendants."""
        await self.client.aclose()
        await asyncio.to_thread(self._process.end)

    async def _answers(self, path: str) -> bool:
        """Check readiness as the adapter does: any status below 500 counts."""
        try:
            answer = await self.client.get(path, timeout=READY_S)
        except httpx.TransportError:
            return False
        return answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR

    def _quote(self) -> str:
        """Quote its last lines."""
        self._process.output.drain()
        return "".join(f"\n  {line}" for line in self._last_lines)


def launch(deployed: DeployedFunction, context: SandboxContext, *, port: str, log_stream: str) -> Launch:
    """Describe the process that the adapter starts: the handler is a script in the code."""
    function, code, tmp = deployed.function, deployed.code, context.tmp / uuid4().hex
    known = environment(function, deployed.credentials, aws=context.aws, code=code, tmp=tmp, log_stream=log_stream)
    # Both name the port: processes share one network here, so the function's own choice cannot hold.
    env = {**known, "AWS_LWA_PORT": port, "PORT": port}
    return Launch(command=[str(code / function.handler)], env=env, code=code, tmp=tmp, tmp_mib=function.tmp_mib)


def free_port() -> int:
    """Find a free port of loopback."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


class ApiError(Exception):
    """A process of the API cannot be started."""
