"""Errors of the launcher of an embedded stack; tests/e2e run the stack itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from local.model import RunError
from local.run.aws import Aws
from testkit import embedded_stack
from testkit.embedded_stack import LocalStack, read_endpoints, started, wait_for

BAD_END = """
import signal, sys
try:
    print('{"aws": "http://127.0.0.1:1"}', flush=True)
    signal.pause()
except KeyboardInterrupt:
    sys.exit("a child is left")
"""


def program(text: str) -> subprocess.Popen[str]:
    """Start a process that stands in for ``up``."""
    command = [sys.executable, "-c", text]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.stack
def test_a_stack_that_cannot_start_is_quoted() -> None:
    """The stack's own sentence says what to do; the launcher does not hide it."""
    with pytest.raises(RunError, match="expected the endpoints, the stack said: up: no free port"):
        read_endpoints(program("import sys; sys.exit('up: no free port')"))


@pytest.mark.stack
def test_a_stack_that_stays_silent_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that neither answers nor ends does not hang its caller."""
    monkeypatch.setattr(embedded_stack, "STARTED_S", 0.01)
    process = program("import signal; signal.pause()")
    try:
        with pytest.raises(RunError, match=r"expected the stack to be up within 0\.01 s"):
            read_endpoints(process)
    finally:
        process.kill()
        process.communicate()


@pytest.mark.stack
def test_a_stack_that_ends_badly_is_an_error_though_the_block_went_well(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A process that outlives its stack is an error."""
    monkeypatch.setattr(embedded_stack, "launch", lambda *_: program(BAD_END))
    with pytest.raises(RunError, match="got exit code 1: a child is left"), started(tmp_path):
        pass


def test_a_refused_upload_names_the_request_and_the_answer(tmp_path: Path) -> None:
    """The answer's own words are in the error."""

    def refuse(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(422, text="no such type")

    with httpx.Client(transport=httpx.MockTransport(refuse)) as client:
        known = {"page": "http://127.0.0.1:1"}
        stack = LocalStack(known=known, folder=tmp_path, aws=Aws("http://127.0.0.1:1"), http=client)
        with pytest.raises(RunError) as refused:
            stack.upload(b"x", gallery="g")

    expected = "expected 201 to POST http://127.0.0.1:1/gallery/photos, got 422: no such type"
    assert expected == str(refused.value)


def test_what_never_happens_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wait that ends without its end says what it waited for."""
    monkeypatch.setattr(embedded_stack, "SETTLED_S", 0)
    with pytest.raises(RunError, match="expected the end of the world within 0 s"):
        wait_for(lambda: None, what=lambda: "the end of the world")
