"""Serve the Lambda host's HTTP API: the emulator POSTs each invocation and waits for the answer.

POST /         X-Amzn-Lambda-Function-Name, -Function-Version, -Function-Arn, -Request-Id; the event as body.
               200: the function's answer. 500: its error. 429: throttled. 502: it cannot be run.
GET  /health   200
GET  /status   pool and sandboxes, as JSON
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from local.lambdas.errors import HostError, Throttled
from local.lambdas.host import Invoke
from local.lambdas.invocation import Invocation, Outcome, failure
from local.lambdas.pool import Pool, Slot
from local.loopback_only import LoopbackRequest
from local.model import LOOPBACK

HEADER: Final = "X-Amzn-Lambda-"
FUNCTION_ERROR: Final = "X-Amz-Function-Error"

log = logging.getLogger(__name__)


class InvokeServer(ThreadingHTTPServer):
    """Listens on *port* of loopback, 0 for any free one. *status* returns the body of GET /status."""

    daemon_threads = True
    # A burst of uploads opens many connections at once.
    request_queue_size = 128

    def __init__(self, port: int, invoke: Invoke, status: Callable[[], dict[str, Any]]) -> None:
        self.invoke, self.status = invoke, status
        super().__init__((LOOPBACK, port), InvokeRequest)

    @property
    def address(self) -> str:
        """The origin that it answers at."""
        return f"http://{LOOPBACK}:{self.server_port}"


class InvokeRequest(LoopbackRequest, BaseHTTPRequestHandler):
    """One connection of the emulator, or of a client of /status."""

    server: InvokeServer  # pyright: ignore[reportIncompatibleVariableOverride]
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        """Answer /health and /status."""
        match self.path:
            case "/health":
                self._answer(HTTPStatus.OK, b"{}")
            case "/status":
                self._answer(HTTPStatus.OK, json.dumps(self.server.status()).encode())
            case _:
                self._answer(HTTPStatus.NOT_FOUND, b'{"message":"expected /health or /status"}')

    def do_POST(self) -> None:
        """Run one invocation."""
        event = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        name = self.headers.get(f"{HEADER}Function-Name")
        if name is None:
            return self._answer(
                HTTPStatus.BAD_REQUEST,
                f'{{"message":"expected the header {HEADER}Function-Name, received none"}}'.encode(),
            )
        invocation = Invocation(
            request_id=self.headers.get(f"{HEADER}Request-Id", str(uuid.uuid4())),
            arn=self.headers.get(f"{HEADER}Function-Arn", ""),
            event=event,
            trace=self.headers.get("X-Amzn-Trace-Id", ""),
        )
        status, outcome = self._run(name, self.headers.get(f"{HEADER}Function-Version", "$LATEST"), invocation)
        headers = {FUNCTION_ERROR: "Unhandled"} if outcome.error_type else {}
        return self._answer(status, outcome.payload, headers)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Do not log requests: the function's log has them."""

    def _run(self, name: str, version: str, invocation: Invocation) -> tuple[HTTPStatus, Outcome]:
        """Invoke; return the HTTP status and the outcome."""
        try:
            outcome = self.server.invoke(name, version, invocation)
        except Throttled as error:
            return HTTPStatus.TOO_MANY_REQUESTS, failure("TooManyRequestsException", str(error))
        except HostError as error:
            log.error("%s", error)  # noqa: TRY400 - the text is complete, a traceback adds nothing
            return HTTPStatus.BAD_GATEWAY, failure(type(error).__name__, str(error))
        except Exception as error:
            log.exception("the host itself failed")
            return HTTPStatus.BAD_GATEWAY, failure(type(error).__name__, f"the Lambda host failed: {error}")
        return HTTPStatus.INTERNAL_SERVER_ERROR if outcome.error_type else HTTPStatus.OK, outcome

    def _answer(self, status: HTTPStatus, body: bytes, headers: dict[str, str] | None = None) -> None:
        # A caller that disconnects does not end the invocation, as on Lambda.
        with suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()


def pool_status(pool: Pool) -> dict[str, Any]:
    """Describe the pool and each sandbox as JSON data."""
    slots = pool.slots()
    return {
        "most": pool.most,
        "busy": sum(slot.busy for slot in slots),
        "sandboxes": [slot_status(slot) for slot in slots if slot.sandbox is not None],
    }


def slot_status(slot: Slot) -> dict[str, Any]:
    """Describe one sandbox. Memory in MiB: the peak."""
    sandbox = slot.sandbox
    if sandbox is None:
        raise AssertionError("only slots with a sandbox have a status")
    return {
        "function": slot.function.name,
        "version": slot.function.version,
        "pid": sandbox.pid,
        "busy": slot.busy,
        "invocations": sandbox.invocations,
        "memory_mib": slot.function.memory_mib,
        "used_mib": round(sandbox.used_mib, 1),
        "log_stream": sandbox.stream.name,
    }
