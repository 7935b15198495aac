"""What may knock at the rendition function, brought to one form, and what each expects for an answer.

    SQS            S3 records inside    {"batchItemFailures": [...]}: only what failed is delivered again
    S3 Batch       tasks, v1 and v2     one result per task
    S3 event       bare                 a summary; an error, so that Lambda delivers it again, when anything failed

https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final, cast
from urllib.parse import unquote_plus

from processor.errors import DarkroomError
from processor.events import Change, ObjectEvent, normal_sequencer

Json = Mapping[str, Any]
REMOVED: Final = ("ObjectRemoved:", "LifecycleExpiration:")
TEST_EVENT: Final = "s3:TestEvent"
MAX_ERROR_CHARS: Final = 80


class MalformedEvent(DarkroomError):
    """An envelope that does not hold what it should: a retry cannot help, a person has to look."""

    code = "MALFORMED_EVENT"


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """What succeeds or fails as one. *read()* gives its events and raises MalformedEvent, for this message alone."""

    id: str
    read: Callable[[], Sequence[ObjectEvent]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """All messages of one invocation, and the *invocation* itself, which some answers repeat."""

    kind: str
    messages: tuple[Message, ...]
    invocation: Json


def open_envelope(event: object) -> Envelope:
    """Tell the envelopes apart; MalformedEvent for anything else, whatever JSON it is."""
    tree = mapping(event)
    if "tasks" in tree:
        return Envelope(kind="batch", messages=tuple(task_message(task) for task in tree["tasks"]), invocation=tree)
    if tree.get("Event") == TEST_EVENT:
        return Envelope(kind="s3", messages=(), invocation=tree)
    records = records_of(event)
    if any(mapping(record).get("eventSource") == "aws:sqs" for record in records):
        return Envelope(kind="sqs", messages=tuple(map(sqs_message, records)), invocation=tree)
    return Envelope(kind="s3", messages=tuple(map(s3_message, map(str, count()), records)), invocation=tree)


def records_of(event: object) -> list[Any]:
    """Take the records out of an SQS or S3 event."""
    tree = mapping(event)
    if isinstance(records := tree.get("Records"), list):
        return cast("list[Any]", records)
    raise MalformedEvent(f"Expected SQS or S3 records, or S3 Batch tasks, received {shortened(event)}.")


def mapping(value: object) -> Json:
    """Take *value* for a JSON object, an empty one when it is something else."""
    return cast("Json", value) if isinstance(value, Mapping) else {}


def sqs_message(record: Json) -> Message:
    """Take one SQS message with a whole S3 event as its body."""
    attempts = int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))
    return Message(id=record["messageId"], read=lambda: body_events(record["body"], attempts))


def body_events(body: str, attempts: int) -> list[ObjectEvent]:
    """Read the S3 records of a message; the test event that S3 sends when notifications are set up holds none."""
    try:
        event: object = json.loads(body)
    except ValueError as error:
        raise MalformedEvent(f"Expected an S3 event as JSON, received {shortened(body)} ({error}).") from error
    if mapping(event).get("Event") == TEST_EVENT:
        return []
    return [object_event(record, attempts) for record in records_of(event)]


def s3_message(number: str, record: Json) -> Message:
    """Take one record of a bare S3 event."""
    return Message(id=number, read=lambda: [object_event(record, 1)])


def object_event(record: Json, attempts: int) -> ObjectEvent:
    """Read one S3 record.

    S3 encodes keys like form fields. A record without an event name is not from S3: the migration
    script of the system before Darkroom builds such from a listing, with keys as they are.
    """
    try:
        bucket, stored, kind = record["s3"]["bucket"]["name"], record["s3"]["object"], record.get("eventName")
        key = str(stored["key"])
    except (KeyError, TypeError, AttributeError) as error:
        raise MalformedEvent(f"Expected an S3 record with bucket and key, received {shortened(record)}.") from error
    return ObjectEvent(
        change=Change.REMOVED if str(kind or "").removeprefix("s3:").startswith(REMOVED) else Change.CREATED,
        bucket=bucket,
        key=unquote_plus(key) if kind else key,
        version_id=stored.get("versionId") or None,
        etag=stored.get("eTag") or None,
        size=stored.get("size"),
        sequencer=normal_sequencer(stored.get("sequencer") or ""),
        attempts=attempts,
    )


def task_message(task: Json) -> Message:
    """Take one task of an S3 Batch Operations job."""
    return Message(id=task["taskId"], read=lambda: [task_event(task)])


def task_event(task: Json) -> ObjectEvent:
    """Read one task: schema 1.0 names the bucket by its ARN, 2.0 by its name; keys are encoded in both."""
    try:
        bucket = task.get("s3Bucket") or task["s3BucketArn"].rpartition(":")[2]
        return ObjectEvent(
            change=Change.CREATED,
            bucket=bucket,
            key=unquote_plus(task["s3Key"]),
            version_id=task.get("s3VersionId") or None,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise MalformedEvent(f"Expected a task with s3Key and bucket, received {shortened(task)}.") from error


def shortened(value: object) -> str:
    """Quote the beginning of *value* for an error."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= MAX_ERROR_CHARS else f"{text[:MAX_ERROR_CHARS]}…"
