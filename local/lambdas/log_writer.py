"""Write functions' output to the emulator's CloudWatch Logs: one stream per sandbox, lines in order.

Lines are written with the function's own credentials, as on Lambda: a role without the permission leaves no log and no
metrics of its log lines.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from local.lambdas.batch_writer import BatchWriter
from local.lambdas.credentials import Credentials
from local.lambdas.emf import MetricDatum, embedded_metrics

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import InputLogEventTypeDef

EVERY_S: Final = 0.1
# Each holds a connection and a third of a MiB. Each session of a role has one; the oldest are dropped.
CLIENTS: Final = 16
DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException"})
EXISTS: Final = "ResourceAlreadyExistsException"
MISSING: Final = "ResourceNotFoundException"

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class LogStream:
    """The log stream of one sandbox, and the credentials that write it."""

    group: str
    name: str
    credentials: Credentials


@dataclass(frozen=True, kw_only=True, slots=True)
class LogLine:
    """One event of a log stream. *at*: ms since 1970."""

    stream: LogStream
    at: int
    text: str


class LogWriter:
    """Writes lines in a thread; close() writes the last of them.

    *client_of* makes a client with a role's credentials; *found* receives the metrics of written lines.
    """

    def __init__(
        self, client_of: Callable[[Credentials], CloudWatchLogsClient], found: Callable[[Iterable[MetricDatum]], None]
    ) -> None:
        self._client_of = lru_cache(CLIENTS)(client_of)
        self._found = found
        self._open: set[LogStream] = set()
        self._denied: set[LogStream] = set()
        self._batches = BatchWriter[LogLine]("log lines", self._write, every_s=EVERY_S)

    def log(self, stream: LogStream, text: str) -> None:
        """Add a line with the present time."""
        self._batches.put(LogLine(stream=stream, at=time.time_ns() // 1_000_000, text=text))

    def close(self) -> None:
        """Write the remaining lines, and stop."""
        self._batches.close()

    def _write(self, lines: list[LogLine]) -> None:
        """Write *lines* stream by stream; remove written ones from the list."""
        by_stream = attrgetter("stream")
        # sorted() is stable: lines of one stream stay in order.
        for stream, group in groupby(sorted(lines, key=by_stream), key=by_stream):
            some = list(group)
            try:
                self._write_stream(stream, some)
            except ClientError as error:
                if code_of(error) not in DENIED:
                    raise
                self._deny(stream, error)
            lines[:] = [line for line in lines if line.stream != stream]

    def _write_stream(self, stream: LogStream, lines: list[LogLine]) -> None:
        if stream in self._denied:
            return
        logs = self._client_of(stream.credentials)
        if stream not in self._open:
            ensure_stream(logs, stream)
            self._open.add(stream)
        events: list[InputLogEventTypeDef] = [{"timestamp": line.at, "message": line.text} for line in lines]
        logs.put_log_events(logGroupName=stream.group, logStreamName=stream.name, logEvents=events)
        for line in lines:
            self._found(embedded_metrics(line.text))

    def _deny(self, stream: LogStream, error: ClientError) -> None:
        """Log once that the role may not write; Lambda itself reports nothing."""
        if stream not in self._denied:
            log.warning("%s: the function's role may not write its log, so there is none: %s", stream.group, error)
        self._denied.add(stream)


def ensure_stream(logs: CloudWatchLogsClient, stream: LogStream) -> None:
    """Create the stream, and its group if it is missing and the role may create it."""
    try:
        create_stream(logs, stream)
    except ClientError as error:
        if code_of(error) != MISSING:
            raise
        logs.create_log_group(logGroupName=stream.group)
        create_stream(logs, stream)


def create_stream(logs: CloudWatchLogsClient, stream: LogStream) -> None:
    """Create the stream, unless it exists."""
    try:
        logs.create_log_stream(logGroupName=stream.group, logStreamName=stream.name)
    except ClientError as error:
        if code_of(error) != EXISTS:
            raise


def code_of(error: ClientError) -> str:
    """Return the error code of AWS."""
    return error.response.get("Error", {}).get("Code", "")


def stream_name(version: str) -> str:
    """Name a new sandbox's stream as Lambda does: the day, the version in brackets, anything unique."""
    return f"{datetime.now(UTC):%Y/%m/%d}/[{version}]{uuid.uuid4().hex}"
