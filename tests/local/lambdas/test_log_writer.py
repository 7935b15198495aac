"""Tests of writing log lines and metrics to the emulator."""

from __future__ import annotations

import json
import re
import time
from collections import defaultdict
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.lambdas import batch_writer as batches
from local.lambdas import log_writer as module
from local.lambdas.emf import MetricDatum, metric_now
from local.lambdas.log_writer import LogStream, LogWriter, stream_name
from local.lambdas.metrics import MetricWriter
from tests.factories.functions import credentials
from tests.patience import HANG_S


def refusal(code: str) -> ClientError:
    """Return one of AWS's errors."""
    return ClientError({"Error": {"Code": code}}, "PutLogEvents")


class Logs:
    """Keeps log events. The stream ``taken`` exists already; ``denied`` may not be written."""

    def __init__(self) -> None:
        self.groups = {"/known"}
        self.lines: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.streams: list[tuple[str, str]] = []
        self.asked = 0
        self.failures = 0

    def create_log_group(self, *, logGroupName: str) -> None:  # noqa: N803 - AWS's names
        """Make a group."""
        self.groups.add(logGroupName)

    def create_log_stream(self, *, logGroupName: str, logStreamName: str) -> None:  # noqa: N803
        """Make a stream."""
        self.asked += 1
        if logGroupName not in self.groups:
            raise refusal("ResourceNotFoundException")
        if logStreamName == "taken":
            raise refusal("ResourceAlreadyExistsException")
        if logStreamName == "denied":
            raise refusal("AccessDeniedException")
        self.streams.append((logGroupName, logStreamName))

    def put_log_events(self, *, logGroupName: str, logStreamName: str, logEvents: Any) -> None:  # noqa: N803
        """Keep events."""
        if self.failures:
            self.failures -= 1
            raise refusal("ThrottlingException")
        self.lines[logGroupName, logStreamName].extend(event["message"] for event in logEvents)


def stream(name: str, group: str = "/known") -> LogStream:
    """Name a stream."""
    return LogStream(group=group, name=name, credentials=ROLE)


ROLE = credentials()


def log_writer(logs: Any, found: list[MetricDatum] | None = None) -> LogWriter:
    """Make a log writer; *found* receives metrics."""
    return LogWriter(lambda _: logs, [].extend if found is None else found.extend)


def test_lines_keep_their_order_in_each_stream() -> None:
    """Two sandboxes are two streams; each is created once, and its group where it was missing."""
    logs = Logs()
    opened = log_writer(logs)

    for number in range(5):
        opened.log(stream("a"), f"a{number}")
        opened.log(stream("b", "/new"), f"b{number}")
    opened.log(stream("taken"), "still written")
    opened.close()

    assert [f"a{number}" for number in range(5)] == logs.lines["/known", "a"]
    assert [f"b{number}" for number in range(5)] == logs.lines["/new", "b"]
    assert ["still written"] == logs.lines["/known", "taken"]
    assert [("/known", "a"), ("/new", "b")] == sorted(logs.streams)


def test_a_fault_doubles_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines that were written before the fault are not written again."""
    monkeypatch.setattr(batches, "FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(module, "EVERY_S", 0.05)
    logs = Logs()
    opened = log_writer(logs)
    opened.log(stream("a"), "first")
    opened.log(stream("b"), "second")
    logs.failures = 1
    deadline = time.monotonic() + HANG_S
    while len(logs.lines) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    opened.close()

    assert {("/known", "a"): ["first"], ("/known", "b"): ["second"]} == logs.lines


def test_a_role_that_may_not_write_leaves_no_log(caplog: pytest.LogCaptureFixture) -> None:
    """As on Lambda; the host's own log has one warning. Other functions are not affected."""
    logs, found = Logs(), list[MetricDatum]()
    opened = log_writer(logs, found)

    for _ in range(3):
        opened.log(stream("denied"), METRIC)
    opened.log(stream("a"), METRIC)
    opened.close()

    assert {("/known", "a"): [METRIC]} == logs.lines
    assert 1 == len(found)
    assert ["/known: the function's role may not write its log, so there is none: "] == [
        message.partition("An error")[0] for message in caplog.messages
    ]


RULE = {"Namespace": "N", "Dimensions": [[]], "Metrics": [{"Name": "m"}]}
METRIC = json.dumps({"_aws": {"Timestamp": 1, "CloudWatchMetrics": [RULE]}, "m": 2})


def test_metrics_are_found_in_lines_that_were_written() -> None:
    """EMF lines are log lines and metrics both."""
    logs, found = Logs(), list[MetricDatum]()
    opened = log_writer(logs, found)

    opened.log(stream("a"), METRIC)
    opened.log(stream("a"), "plain")
    opened.close()

    assert [METRIC, "plain"] == logs.lines["/known", "a"]
    assert [("N", "m", (2.0,))] == [(datum.namespace, datum.name, datum.values) for datum in found]


def test_a_stream_is_named_as_lambda_names_it() -> None:
    """Day, version, and 32 hexadecimal digits."""
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[7\][0-9a-f]{32}", stream_name("7"))


class CloudWatch:
    """Keeps published values."""

    def __init__(self) -> None:
        self.published: dict[str, list[Any]] = defaultdict(list)

    def put_metric_data(self, *, Namespace: str, MetricData: Any) -> None:  # noqa: N803
        """Keep data."""
        self.published[Namespace].extend((one["MetricName"], one["Value"], one["Dimensions"]) for one in MetricData)


def test_metrics_are_published_by_namespace() -> None:
    """With the dimensions that alarms ask by."""
    cloudwatch: Any = CloudWatch()
    metrics = MetricWriter(cloudwatch)

    metrics.add([metric_now("A", "x", 1, "Count", FunctionName="photo"), metric_now("B", "y", 2, "Count")])
    metrics.close()

    assert {
        "A": [("x", 1.0, [{"Name": "FunctionName", "Value": "photo"}])],
        "B": [("y", 2.0, [])],
    } == cloudwatch.published
