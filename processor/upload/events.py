"""Read the events of S3, SQS and S3 Batch Operations into one form.

    SQS            S3 records inside    {"batchItemFailures": [...]}: only what failed is delivered again
    S3 Batch       tasks, v1 and v2     one result per task
    S3 event       bare                 a summary; an error, so that Lambda delivers it again, when anything failed

https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html
"""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import unquote_plus

from processor.events import (
    Batch,
    Json,
    MalformedEvent,
    Message,
    ObjectChange,
    ObjectEvent,
    json_object,
    records_of,
    shortened,
    sqs_message,
)
from processor.upload.envelopes import unwrapped

REMOVED: Final = ("ObjectRemoved:", "LifecycleExpiration:")
TEST_EVENT: Final = "s3:TestEvent"
AGAIN: Final = "again"


def read_uploads(event: object) -> Batch[ObjectEvent]:
    """Recognise the sender of *event* and split it into messages; MalformedEvent for anything else, whatever JSON."""
    event = unwrapped(event)
    tree = json_object(event)
    if "tasks" in tree:
        return Batch(sender="batch", messages=tuple(task_message(task) for task in tree["tasks"]), invocation=tree)
    if tree.get("Event") == TEST_EVENT:
        return Batch(sender="s3", messages=(), invocation=tree)
    records = records_of(event)
    if any(json_object(record).get("eventSource") == "aws:sqs" for record in records):
        messages = tuple(sqs_message(record, body_events) for record in records)
        return Batch(sender="sqs", messages=messages, invocation=tree)
    messages = tuple(s3_message(str(number), record) for number, record in enumerate(records))
    return Batch(sender="s3", messages=messages, invocation=tree)


def body_events(body: str, attempts: int) -> list[ObjectEvent]:
    """Read the S3 records of a message; the test event that S3 sends when notifications are set up holds none."""
    try:
        event: object = json.loads(body)
    except ValueError as error:
        raise MalformedEvent(f"Expected an S3 event as JSON, received {shortened(body)} ({error}).") from error
    event = unwrapped(event)
    if json_object(event).get("Event") == TEST_EVENT:
        return []
    return [object_event(record, attempts) for record in records_of(event)]


def s3_message(number: str, record: Json) -> Message[ObjectEvent]:
    """Take one record of a bare S3 event; as a body it can wait in a queue."""
    return Message(id=number, read=lambda: [object_event(record, 1)], body=json.dumps({"Records": [record]}))


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
        change=ObjectChange.REMOVED if is_removal(str(kind or "")) else ObjectChange.CREATED,
        bucket=bucket,
        key=unquote_plus(key) if kind else key,
        attempts=attempts,
        again=bool(record.get(AGAIN)),
    )


def is_removal(name: str) -> bool:
    """Return whether an event of this *name* removes an object."""
    return name.removeprefix("s3:").startswith(REMOVED)


def task_message(task: Json) -> Message[ObjectEvent]:
    """Take one task of an S3 Batch Operations job."""
    return Message(id=task["taskId"], read=lambda: [task_event(task)])


def task_event(task: Json) -> ObjectEvent:
    """Read one task: schema 1.0 names the bucket by its ARN, 2.0 by its name; keys are encoded in both."""
    try:
        bucket = task.get("s3Bucket") or task["s3BucketArn"].rpartition(":")[2]
        return ObjectEvent(change=ObjectChange.CREATED, bucket=bucket, key=unquote_plus(task["s3Key"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise MalformedEvent(f"Expected a task with s3Key and bucket, received {shortened(task)}.") from error


def hint(bucket: str, key: str, *, again: bool = False) -> str:
    """Build a message that asks to look at *key*; *again*: as if nothing were known of it.

    Only S3 itself encodes keys in events. ASCII, since SQS refuses some characters that keys may hold (U+FFFF).
    """
    record: dict[str, Any] = {"s3": {"bucket": {"name": bucket}, "object": {"key": key}}}
    return json.dumps({"Records": [record | ({AGAIN: True} if again else {})]})
