"""What functions say, into the emulator's CloudWatch Logs: one stream per sandbox, lines in order."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from local.lambdas.batches import Batches

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

EVERY_S: Final = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One event of a log stream. *at*: ms since 1970."""

    group: str
    stream: str
    at: int
    text: str


class Journal:
    """Writes lines in the background; close() writes the last of them."""

    def __init__(self, logs: CloudWatchLogsClient) -> None:
        self._logs = logs
        self._open: set[tuple[str, str]] = set()
        self._batches = Batches[Line]("log lines", self._write, every_s=EVERY_S)

    def say(self, group: str, stream: str, text: str) -> None:
        """Add a line, now."""
        self._batches.put(Line(group=group, stream=stream, at=time.time_ns() // 1_000_000, text=text))

    def close(self) -> None:
        """Write what is left, and stop."""
        self._batches.close()

    def _write(self, lines: Sequence[Line]) -> None:
        place = attrgetter("group", "stream")
        # sorted() keeps the order of equals: lines of one stream stay as they came.
        for (group, stream), some in groupby(sorted(lines, key=place), key=place):
            self._ready(group, stream)
            events = [{"timestamp": line.at, "message": line.text} for line in some]
            self._logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)  # pyright: ignore[reportArgumentType]

    def _ready(self, group: str, stream: str) -> None:
        """Make the stream, and the group where a deployment did not."""
        if (group, stream) in self._open:
            return
        try:
            create_stream(self._logs, group, stream)
        except self._logs.exceptions.ResourceNotFoundException:
            self._logs.create_log_group(logGroupName=group)
            create_stream(self._logs, group, stream)
        self._open.add((group, stream))


def create_stream(logs: CloudWatchLogsClient, group: str, stream: str) -> None:
    """Make a stream, unless an earlier attempt did."""
    try:
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != "ResourceAlreadyExistsException":
            raise


def stream_name(version: str) -> str:
    """Name a new sandbox's stream as Lambda does: the day, the version in brackets, anything unique."""
    return f"{datetime.now(UTC):%Y/%m/%d}/[{version}]{uuid.uuid4().hex}"
