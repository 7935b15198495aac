"""The real Lambda Web Adapter with the web application that it stands before, as Lambda starts the two."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.api.worker import free_port
from tests.factories.function_url import url_event
from tests.factories.runtimes import Streamed, StreamingRuntimeApi
from tests.patience import HANG_S
from tools import web_adapter


@dataclass(frozen=True, kw_only=True)
class Adapted:
    """A running adapter. *app* is the web application's process, *log* takes what both print."""

    api: StreamingRuntimeApi
    adapter: subprocess.Popen[bytes]
    app: subprocess.Popen[bytes]
    log: Path

    def send(
        self, method: str, target: str, headers: Sequence[tuple[str, bytes]] = (), body: bytes | None = None
    ) -> Streamed:
        """Send a request by way of a function URL."""
        return self.api.invoke(url_event(method, target, headers, body))

    def said(self) -> str:
        """Read the log."""
        return self.log.read_text(encoding="utf-8")


def binary() -> str:
    """Return the adapter's path; skip the test where it is not built."""
    path = web_adapter.path()
    if not path.exists():
        pytest.skip(f"the Lambda Web Adapter {web_adapter.VERSION} is not built: make engine (needs cargo)")
    return str(path)


@contextmanager
def adapted(code: Path, env: Mapping[str, str], log: Path, *, handler: str = "run.sh") -> Generator[Adapted]:
    """Run the adapter as an extension, and the handler by ``/opt/bootstrap``: with the same environment."""
    program, api, port = binary(), StreamingRuntimeApi(), str(free_port())
    known = {**env, "AWS_LAMBDA_RUNTIME_API": api.address, "AWS_LWA_PORT": port, "PORT": port}
    with log.open("wb") as output:
        processes = [
            subprocess.Popen(
                [command], env=known, cwd=code, stdout=output, stderr=output, start_new_session=True, text=False
            )
            for command in (program, str(code / handler))
        ]
    try:
        yield Adapted(api=api, adapter=processes[0], app=processes[1], log=log)
    finally:
        api.close()
        for process in processes:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and all that it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(HANG_S)
