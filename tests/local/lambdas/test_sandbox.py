"""Tests of sandboxes with the real runtime interface client and handlers of a few lines."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.lambdas.invocation import Invocation, Outcome
from local.lambdas.runtime_api import MAX_RESPONSE_BYTES
from local.lambdas.sandbox import Sandbox, SandboxContext
from local.lambdas.watchdog import Watchdog
from tests.factories.functions import code, credentials, function
from tests.patience import HANG_S

Start = Callable[..., Sandbox]


@pytest.fixture
def lines() -> list[str]:
    """Keep what the sandbox logs."""
    return []


@pytest.fixture
def start(tmp_path: Path, lines: list[str], watchdog: Watchdog) -> Iterator[Start]:
    """Return a function that starts a sandbox of a module's text; end it after the test."""
    started: list[Sandbox] = []
    context = SandboxContext(
        aws="http://127.0.0.1:1", tmp=tmp_path / "tmp", log=lambda _, text: lines.append(text), watchdog=watchdog
    )

    def run(text: str, **changes: Any) -> Sandbox:
        sandbox = Sandbox(function(**changes), credentials(), code(tmp_path, text), context)
        started.append(sandbox)
        return sandbox

    yield run
    for sandbox in started:
        sandbox.stop()
        sandbox.stop()


def invoke(sandbox: Sandbox, event: Any = None, request_id: str = "request-1") -> Outcome:
    """Start *sandbox* if it is cold, and invoke it."""
    failed = sandbox.start(request_id) if sandbox.init_s is None else None
    event = json.dumps(event).encode()
    return failed or sandbox.invoke(Invocation(request_id=request_id, arn="arn:photo:live", event=event))


def error(outcome: Outcome) -> tuple[str | None, str]:
    """Return type and message of an error."""
    return outcome.error_type, json.loads(outcome.payload)["errorMessage"]


def test_a_handler_runs_unmodified(start: Start, lines: list[str]) -> None:
    """It gets its event and Lambda's context, and finds its variables; what it prints is logged before it returns."""
    sandbox = start(
        """
import os
def handler(event, context):
    print("got", event)
    left = context.get_remaining_time_in_millis()
    return [event["n"] + 1, context.aws_request_id, context.invoked_function_arn, 25_000 < left <= 30_000,
            os.environ["TABLE"], context.memory_limit_in_mb, os.getcwd() == os.environ["LAMBDA_TASK_ROOT"]]
"""
    )

    outcome = invoke(sandbox, {"n": 1})

    assert [2, "request-1", "arn:photo:live", True, "photos", "256", True] == json.loads(outcome.payload)
    assert outcome.error_type is None
    assert ["got {'n': 1}"] == lines
    assert 5 < sandbox.used_mib < 100


def test_a_warm_sandbox_keeps_what_it_built(start: Start) -> None:
    """Handlers build their clients once per process."""
    sandbox = start("n = 0\ndef handler(event, context):\n    global n\n    n += 1\n    return n\n")

    assert [b"1", b"2", b"3"] == [invoke(sandbox).payload for _ in range(3)]
    assert (3, True) == (sandbox.invocations, sandbox.usable())


def test_an_exception_is_the_functions_error(start: Start, lines: list[str]) -> None:
    """With type, message and trace; the sandbox lives on."""
    sandbox = start("def handler(event, context):\n    raise ValueError('no such photo')\n")

    outcome = invoke(sandbox)

    assert ("ValueError", "no such photo") == error(outcome)
    assert "line 2, in handler" in json.loads(outcome.payload)["stackTrace"][0]
    assert lines[0].startswith("[ERROR] ValueError: no such photo\nTraceback")
    assert sandbox.usable()


@pytest.mark.faults
def test_a_function_that_cannot_be_imported_reports_the_reason(start: Start) -> None:
    """At its start, not by a timeout."""
    sandbox = start("import nothing_of_that_name\ndef handler(event, context): ...\n")

    kind, message = error(invoke(sandbox))

    assert "Runtime.ImportModuleError" == kind
    assert "Unable to import module 'app': No module named 'nothing_of_that_name'" == message
    assert not sandbox.usable()


@pytest.mark.faults
def test_a_function_that_takes_too_long_is_ended_with_its_children(start: Start, lines: list[str]) -> None:
    """And the caller gets Lambda's error."""
    sandbox = start(
        """
import subprocess, time
def handler(event, context):
    child = subprocess.Popen(["sleep", "600"], start_new_session=True)
    print("child", child.pid, flush=True)
    time.sleep(600)
""",
        timeout_s=3,
    )

    kind, message = error(invoke(sandbox))

    assert "Sandbox.Timedout" == kind
    assert "RequestId: request-1 Error: Task timed out after 3.00 seconds" == message
    assert lines[-1].endswith("request-1 Task timed out after 3.00 seconds")
    assert not sandbox.usable()
    child = int(lines[0].split()[1])
    assert ended(child)


def ended(pid: int) -> bool:
    """Wait until a process that is not ours has ended; False for one that does not."""
    deadline = time.monotonic() + HANG_S
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.01)
    return False


@pytest.mark.faults
@pytest.mark.parametrize(
    ("text", "cause"), [("os._exit(3)", "exit status 3"), ("os.kill(os.getpid(), 9)", "signal: killed")]
)
def test_a_crash_is_reported_as_on_lambda(start: Start, lines: list[str], text: str, cause: str) -> None:
    """With the exit status or signal; printed lines are not lost."""
    sandbox = start(f"import os\ndef handler(event, context):\n    print('last words')\n    {text}\n")

    assert ("Runtime.ExitError", f"RequestId: request-1 Error: Runtime exited with error: {cause}") == error(
        invoke(sandbox)
    )
    exit_line = f"RequestId: request-1 Error: Runtime exited with error: {cause}\nRuntime.ExitError"
    assert ["last words", exit_line] == lines
    assert not sandbox.usable()


@pytest.mark.faults
def test_a_kill_from_outside_ends_the_invocation_at_once(start: Start) -> None:
    """The caller does not wait for the timeout of an ended process."""
    sandbox = start("import time\ndef handler(event, context):\n    time.sleep(600)\n", timeout_s=60)
    assert sandbox.start("request-1") is None
    killer = threading.Timer(0.2, os.kill, (sandbox.pid, signal.SIGKILL))
    killer.start()

    kind, _ = error(invoke(sandbox))
    killer.join()

    assert "Runtime.ExitError" == kind


HUNGRY = "data = bytearray(400 << 20); data[::4096] = b'1' * len(data[::4096]); time.sleep(30)"


@pytest.mark.faults
@pytest.mark.parametrize(
    "text",
    [HUNGRY, f'subprocess.run([sys.executable, "-c", "import time; {HUNGRY}"], start_new_session=True)'],
    ids=["itself", "its child"],
)
def test_more_memory_than_the_function_has_is_the_end(start: Start, text: str) -> None:
    """Lambda kills the process; memory of children counts, in every session."""
    sandbox = start(f"import subprocess, sys, time\ndef handler(event, context):\n    {text}\n")

    assert ("Runtime.ExitError", "RequestId: request-1 Error: Runtime exited with error: signal: killed") == error(
        invoke(sandbox)
    )
    assert sandbox.used_mib > 256


def test_an_answer_that_is_too_large_is_refused(start: Start) -> None:
    """6 MB, as on AWS."""
    sandbox = start(f"def handler(event, context):\n    return 'x' * {MAX_RESPONSE_BYTES}\n")

    kind, message = error(invoke(sandbox))

    assert "Function.ResponseSizeTooLarge" == kind
    assert f"({MAX_RESPONSE_BYTES + 2} bytes) exceeded" in message


def test_credentials_that_end_soon_make_a_sandbox_useless(tmp_path: Path, start: Start) -> None:
    """It is replaced before the next invocation, and not in the middle of it."""
    sandbox = start("def handler(event, context): ...\n")
    sandbox.credentials = credentials(minutes=1)

    assert not sandbox.usable()
