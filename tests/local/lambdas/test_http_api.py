"""Tests of the HTTP API between the emulator and the host."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.lambdas.errors import FunctionMissing, Throttled
from local.lambdas.http_api import InvokeServer
from local.lambdas.invocation import Invocation, Outcome, timed_out
from tests.patience import HANG_S

HEADERS = {
    "X-Amzn-Lambda-Function-Name": "photo",
    "X-Amzn-Lambda-Function-Version": "3",
    "X-Amzn-Lambda-Function-Arn": "arn:photo:live",
    "X-Amzn-Lambda-Request-Id": "request-1",
}


class Doorway:
    """A server and its host. *answer* is called for every invocation."""

    def __init__(self) -> None:
        self.invoked: list[tuple[str, str, Invocation]] = []
        self.answer: Callable[[], Outcome] = lambda: Outcome(payload=b'{"ok":1}')
        self.server = InvokeServer(0, self.invoke, lambda: {"busy": 0})

    def invoke(self, name: str, version: str, invocation: Invocation) -> Outcome:
        """Keep the invocation, and answer."""
        self.invoked.append((name, version, invocation))
        return self.answer()

    def request(self, method: str, path: str, body: bytes = b"", headers: Any = HEADERS) -> tuple[int, Any, str | None]:
        """Send a request; return status, body, and the header that names an error of the function."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_port, timeout=HANG_S)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read()), answer.getheader("X-Amz-Function-Error")
        finally:
            connection.close()


@pytest.fixture
def doorway() -> Iterator[Doorway]:
    """Start a server."""
    opened = Doorway()
    with opened.server as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield opened
        server.shutdown()
        thread.join()


def test_an_invocation_comes_in_and_its_answer_goes_out(doorway: Doorway) -> None:
    """With all fields of the emulator's headers."""
    assert (200, {"ok": 1}, None) == doorway.request("POST", "/", b'{"n":1}')
    assert [
        ("photo", "3", Invocation(request_id="request-1", arn="arn:photo:live", event=b'{"n":1}'))
    ] == doorway.invoked


def test_an_error_of_the_function_is_no_success(doorway: Doorway) -> None:
    """A status that the emulator takes for a failure, so that a queue keeps the message."""
    doorway.answer = lambda: timed_out("request-1", 3)

    assert (
        500,
        {
            "errorType": "Sandbox.Timedout",
            "errorMessage": "RequestId: request-1 Error: Task timed out after 3.00 seconds",
        },
        "Unhandled",
    ) == doorway.request("POST", "/", b"{}")


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (Throttled("one too many"), 429, "TooManyRequestsException"),
        (FunctionMissing("no such function"), 502, "FunctionMissing"),
        (ZeroDivisionError("a defect"), 502, "ZeroDivisionError"),
    ],
)
def test_reasons_not_to_run_have_different_statuses(doorway: Doorway, error: Exception, status: int, kind: str) -> None:
    """Throttled, not there, or a defect of the host: each with its reason, none of them a success."""

    def fail() -> Outcome:
        raise error

    doorway.answer = fail
    got, body, _ = doorway.request("POST", "/", b"{}")

    assert (status, kind) == (got, body["errorType"])
    assert str(error) in body["errorMessage"]


def test_other_requests_are_answered_too(doorway: Doorway) -> None:
    """Health and status; any other path is answered with the expected ones."""
    assert (200, {}, None) == doorway.request("GET", "/health")
    assert (200, {"busy": 0}, None) == doorway.request("GET", "/status")
    assert (404, {"message": "expected /health or /status"}, None) == doorway.request("GET", "/")
    missing = {"message": "expected the header X-Amzn-Lambda-Function-Name, received none"}
    assert (400, missing, None) == doorway.request("POST", "/", b"{}", {})


def test_a_caller_that_leaves_does_not_end_the_invocation(doorway: Doorway) -> None:
    """On Lambda it goes on too; and the server answers other requests."""
    begun, go_on = threading.Event(), threading.Event()

    def wait() -> Outcome:
        begun.set()
        assert go_on.wait(HANG_S)
        return Outcome(payload=b"1" * 1_000_000)

    doorway.answer = wait
    connection = http.client.HTTPConnection("127.0.0.1", doorway.server.server_port)
    connection.request("POST", "/", b"{}", HEADERS)
    assert begun.wait(HANG_S)
    connection.close()
    go_on.set()

    assert (200, {}, None) == doorway.request("GET", "/health")
