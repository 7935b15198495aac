"""Tests of the emulator's patches for answers of the Lambda host."""

from __future__ import annotations

import socket
from types import SimpleNamespace

import pytest

from local.emulator.lambda_gaps import ask_host, refused, replace


def test_a_throttle_is_a_throttle_to_the_caller() -> None:
    """429 with the exception's name, which boto3 turns into an error of its own."""
    result = refused(429, b'{"errorType": "TooManyRequestsException", "errorMessage": "one too many"}')

    assert (True, True) == (result["throttle"], result["error"])
    assert ("TooManyRequestsException", "one too many") == (result["body"]["__type"], result["body"]["message"])


def test_an_error_is_passed_on_as_it_is() -> None:
    """The whole text, of any length: a cut trace is useless."""
    result = refused(500, b'{"errorType": "ValueError", "errorMessage": "%s"}' % (b"x" * 2000))

    assert (True, "Unhandled") == (result["error"], result["function_error"])
    assert {"errorType": "ValueError", "errorMessage": "x" * 2000} == result["body"]


def test_an_answer_that_is_no_json_is_an_error() -> None:
    """An unreadable answer is never a success."""
    assert {
        "body": {
            "errorMessage": "the Lambda host answered HTTP 502: b'<html>'",
            "errorType": "Runtime.HandlerError",
        },
        "error": True,
    } == refused(502, b"<html>")


@pytest.mark.faults
def test_a_host_that_has_gone_is_an_error() -> None:
    """A queue keeps the message, and the next host gets it."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"

    result = ask_host({"FunctionName": "photo"}, {}, address, "request-1")

    assert (True, "Runtime.ExitError") == (result["error"], result["body"]["errorType"])
    assert result["body"]["errorMessage"].startswith("RequestId: request-1 Error: the Lambda host ended: ")


def test_a_name_that_a_release_no_longer_has_is_found_at_the_start() -> None:
    """Otherwise a gap would open again unnoticed."""
    with pytest.raises(AttributeError):
        replace(SimpleNamespace(), "_invoke", lambda original: original)
