"""Tests of the log lines and metrics of an invocation."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import Any

import pytest

from local.lambdas.emf import MetricDatum
from local.lambdas.errors import Throttled
from local.lambdas.host import Host
from local.lambdas.invocation import Invocation, Outcome, exited
from tests.factories.functions import function


class Sandbox:
    """Runs nothing, and returns the outcomes that a test has set."""

    def __init__(self, *, failed: Outcome | None = None) -> None:
        self.function, self.used_mib, self.init_s = function(), 64.0, None
        self.lines: list[str] = []
        self._failed = failed

    def start(self, request_id: str) -> Outcome | None:
        """Start within 10 ms."""
        assert "request-1" == request_id
        self.init_s: float | None = 0.01
        return self._failed

    def invoke(self, invocation: Invocation) -> Outcome:
        """Answer."""
        self.lines.append(f"handled {invocation.event.decode()}")
        return Outcome(payload=b"1")

    def log(self, text: str) -> None:
        """Keep a line."""
        self.lines.append(text)


class FakeHost:
    """A registry, a pool and CloudWatch in one."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.data = sandbox, list[MetricDatum]()
        self.full = False

    def find(self, name: str, qualifier: str) -> Any:
        """Know one function."""
        assert ("photo", "3") == (name, qualifier)
        return self.sandbox.function

    @contextmanager
    def lend(self, _: Any) -> Any:
        """Lend the sandbox as the second that is busy."""
        if self.full:
            raise Throttled("one too many")
        yield self.sandbox, 2

    def add(self, data: Any) -> None:
        """Keep metrics."""
        self.data.extend(data)

    def values(self) -> dict[str, tuple[float, ...]]:
        """Return metrics by name."""
        return {datum.name: datum.values for datum in self.data}


def invoke(fake: Any) -> Outcome:
    """Invoke the function of *fake*."""
    host = Host(registry=fake, pool=fake, metrics=fake)
    return host.invoke("photo", "3", Invocation(request_id="request-1", arn="a", event=b"{}"))


def test_an_invocation_stands_between_its_lines() -> None:
    """START, the function's lines, END, REPORT: with the start of a cold sandbox, without it for a warm one."""
    fake = FakeHost(Sandbox())
    invoke(fake)
    cold = list(fake.sandbox.lines)
    invoke(fake)
    warm = fake.sandbox.lines[len(cold) :]

    assert ["START RequestId: request-1 Version: 3", "handled {}", "END RequestId: request-1"] == cold[:3] == warm[:3]
    assert "\tInit Duration: 10.00 ms" in cold[3]
    assert re.fullmatch(
        r"REPORT RequestId: request-1\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: 256 MB"
        r"\tMax Memory Used: 64 MB",
        warm[3],
    )


def test_an_invocation_is_measured_as_alarms_read_it() -> None:
    """Lambda's own metrics by FunctionName, memory as Insights measures it by function_name."""
    fake = FakeHost(Sandbox())
    invoke(fake)
    values = fake.values()

    assert ((1.0,), (2.0,), (0.0,)) == (values["Invocations"], values["ConcurrentExecutions"], values["Errors"])
    assert values["Duration"][0] < 1000
    assert ((25.0,), (64.0,)) == (values["memory_utilization"], values["used_memory_max"])
    assert {("AWS/Lambda", "FunctionName", "photo"), ("LambdaInsights", "function_name", "photo")} == {
        (datum.namespace, name, value) for datum in fake.data for name, value in datum.dimensions.items()
    }


def test_a_function_that_cannot_start_fails_its_invocation() -> None:
    """It counts as an error, and its handler is never called."""
    fake = FakeHost(Sandbox(failed=exited("request-1", "exit status 1")))

    assert "Runtime.ExitError" == invoke(fake).error_type
    assert (1.0,) == fake.values()["Errors"]
    assert "handled {}" not in fake.sandbox.lines
    assert fake.sandbox.lines[-1].endswith("Status: error\tError Type: Runtime.ExitError")


def test_a_refused_invocation_is_a_throttle_and_nothing_else() -> None:
    """As on Lambda, where it is no invocation and no error."""
    fake = FakeHost(Sandbox())
    fake.full = True

    with pytest.raises(Throttled):
        invoke(fake)
    assert {"Throttles": (1.0,)} == fake.values()
