"""Log lines and metrics on their way to the emulator."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from botocore.exceptions import ClientError

from local.lambdas.datum import measured
from local.lambdas.journal import Journal, stream_name
from local.lambdas.metrics import Metrics


class Missing(Exception):
    """The log group does not exist."""


class Logs:
    """Keeps log events. Streams that are named ``taken`` exist already."""

    class exceptions:  # noqa: N801 - boto's name
        """Errors by name."""

        ResourceNotFoundException = Missing

    def __init__(self) -> None:
        self.groups = {"/known"}
        self.lines: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.streams: list[tuple[str, str]] = []

    def create_log_group(self, *, logGroupName: str) -> None:  # noqa: N803 - AWS's names
        """Make a group."""
        self.groups.add(logGroupName)

    def create_log_stream(self, *, logGroupName: str, logStreamName: str) -> None:  # noqa: N803
        """Make a stream."""
        if logGroupName not in self.groups:
            raise Missing
        if logStreamName == "taken":
            raise ClientError({"Error": {"Code": "ResourceAlreadyExistsException"}}, "CreateLogStream")
        self.streams.append((logGroupName, logStreamName))

    def put_log_events(self, *, logGroupName: str, logStreamName: str, logEvents: Any) -> None:  # noqa: N803
        """Keep events."""
        self.lines[logGroupName, logStreamName].extend(event["message"] for event in logEvents)


def test_lines_keep_their_order_in_each_stream() -> None:
    """Two sandboxes that speak at once are two streams; each is made once, and its group where it was missing."""
    logs: Any = Logs()
    journal = Journal(logs)

    for number in range(5):
        journal.say("/known", "a", f"a{number}")
        journal.say("/new", "b", f"b{number}")
    journal.say("/known", "taken", "still written")
    journal.close()

    assert [f"a{number}" for number in range(5)] == logs.lines["/known", "a"]
    assert [f"b{number}" for number in range(5)] == logs.lines["/new", "b"]
    assert ["still written"] == logs.lines["/known", "taken"]
    assert [("/known", "a"), ("/new", "b")] == sorted(logs.streams)


def test_a_stream_is_named_as_lambda_names_it() -> None:
    """Day, version, and 32 hexadecimal digits."""
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[7\][0-9a-f]{32}", stream_name("7"))


class CloudWatch:
    """Keeps what was published."""

    def __init__(self) -> None:
        self.published: dict[str, list[Any]] = defaultdict(list)

    def put_metric_data(self, *, Namespace: str, MetricData: Any) -> None:  # noqa: N803
        """Keep data."""
        self.published[Namespace].extend((one["MetricName"], one["Value"], one["Dimensions"]) for one in MetricData)


def test_metrics_are_published_by_namespace() -> None:
    """With the dimensions that alarms ask by."""
    cloudwatch: Any = CloudWatch()
    metrics = Metrics(cloudwatch)

    metrics.add([measured("A", "x", 1, "Count", FunctionName="photo"), measured("B", "y", 2, "Count")])
    metrics.close()

    assert {
        "A": [("x", 1.0, [{"Name": "FunctionName", "Value": "photo"}])],
        "B": [("y", 2.0, [])],
    } == cloudwatch.published
