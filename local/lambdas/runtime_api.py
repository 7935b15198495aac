"""Serve Lambda's Runtime API to the runtime interface client (awslambdaric) of one sandbox.

    GET  /2018-06-01/runtime/invocation/next              blocks until there is an event
    POST /2018-06-01/runtime/invocation/{id}/response     the function's answer
    POST /2018-06-01/runtime/invocation/{id}/error        the exception that it raised
    POST /2018-06-01/runtime/init/error                   the function cannot be imported

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import json
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from threading import Thread
from typing import Final

from local.lambdas.invocation import RESPONSE_TOO_LARGE, UNHANDLED, Invocation, Outcome, failure
from local.loopback_only import LoopbackRequest
from local.model import LOOPBACK

PREFIX: Final = "/2018-06-01/runtime"
POLL_S: Final = 0.05
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB each for request and response
MAX_RESPONSE_BYTES: Final = 6_291_556


class RuntimeApi:
    """Serves one process. *address* (host:port) goes into its environment.

    *reports* receives None once the process is ready (or the outcome of a function that cannot be imported), then an
    outcome for each event. *requests* handles the HTTP requests.
    """

    def __init__(self, requests: type[RuntimeRequest] | None = None) -> None:
        self.reports: SimpleQueue[Outcome | None] = SimpleQueue()
        self._asked = False
        self._events: SimpleQueue[tuple[Invocation, int] | None] = SimpleQueue()
        self._server = RuntimeServer(self, requests or RuntimeRequest)
        # With the default, half a second, it would take as long to end a sandbox.
        Thread(target=self._server.serve_forever, args=(POLL_S,), name="runtime API", daemon=True).start()

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{LOOPBACK}:{self._server.server_port}"

    def put_event(self, invocation: Invocation, *, deadline_ms: int) -> None:
        """Queue the next event of the process. *deadline_ms*: since 1970."""
        self._events.put((invocation, deadline_ms))

    def next_event(self) -> tuple[Invocation, int] | None:
        """Wait for the next event; return None after close()."""
        if not self._asked:
            self._asked = True
            self.reports.put(None)
        return self._events.get()

    def close(self) -> None:
        """Stop listening, and release a process that waits."""
        self._events.put(None)
        self._server.shutdown()
        self._server.server_close()


class RuntimeServer(ThreadingHTTPServer):
    """Answers on any free port of loopback."""

    daemon_threads = True

    def __init__(self, api: RuntimeApi, requests: type[RuntimeRequest]) -> None:
        self.api = api
        super().__init__((LOOPBACK, 0), requests)


class RuntimeRequest(LoopbackRequest, BaseHTTPRequestHandler):
    """One connection of the process."""

    server: RuntimeServer  # pyright: ignore[reportIncompatibleVariableOverride]
    protocol_version = "HTTP/1.1"
    # Otherwise an answer of two small writes waits 40 ms for a TCP acknowledgement.
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        """Answer with the next event."""
        if self.path != f"{PREFIX}/invocation/next":
            return self._refuse()
        given = self.server.api.next_event()
        if given is None:
            self.close_connection = True
            return None
        invocation, deadline_ms = given
        return self._answer(
            HTTPStatus.OK,
            invocation.event,
            {
                "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
                "Lambda-Runtime-Deadline-Ms": str(deadline_ms),
                "Lambda-Runtime-Invoked-Function-Arn": invocation.arn,
                "Lambda-Runtime-Trace-Id": invocation.trace or f"Root=1-{int(time.time()):08x}-{'0' * 24};Sampled=0",
            },
        )

    def do_POST(self) -> None:
        """Receive an answer or an error."""
        body = self.body()
        match self.path.removeprefix(PREFIX).split("/"):
            case ["", "invocation", _, "response"]:
                outcome = Outcome(payload=body) if len(body) <= MAX_RESPONSE_BYTES else too_large(body)
            case ["", "invocation", _, "error"] | ["", "init", "error"]:
                outcome = Outcome(payload=body, error_type=error_type(body))
            case _:
                return self._refuse()
        self.server.api.reports.put(outcome)
        return self._answer(HTTPStatus.ACCEPTED, b'{"status":"OK"}\n', {})

    def body(self) -> bytes:
        """Read the whole body of a request with a Content-Length."""
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Do not log requests."""

    def _refuse(self) -> None:
        self._answer(HTTPStatus.NOT_FOUND, b'{"errorMessage":"no such path","errorType":"InvalidRequest"}', {})

    def _answer(self, status: HTTPStatus, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def error_type(body: bytes) -> str:
    """Read the type of a reported error."""
    try:
        return str(json.loads(body)["errorType"]) or UNHANDLED
    except (ValueError, KeyError, TypeError):
        return UNHANDLED


def too_large(body: bytes) -> Outcome:
    """Return the error of an answer that exceeds Lambda's limit."""
    return failure(
        RESPONSE_TOO_LARGE,
        f"Response payload size ({len(body)} bytes) exceeded maximum allowed payload size "
        f"({MAX_RESPONSE_BYTES} bytes).",
    )
