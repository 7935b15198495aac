"""Define what queue workers share: messages, their results, and changes of objects in the originals bucket."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Generic, Literal, TypeVar, cast

from processor.errors import DarkroomError

T = TypeVar("T")
Json = Mapping[str, Any]
MAX_ERROR_CHARS: Final = 80
WAITS: Final = "waits"
"""Name of the message attribute that counts waits: SQS counts receives alone."""


class ObjectChange(StrEnum):
    """Kinds of change of an original."""

    CREATED = "created"
    REMOVED = "removed"


@dataclass(frozen=True, kw_only=True, slots=True)
class ObjectEvent:
    """A hint that an object may have changed: the pipeline looks at what is there now.

    *key* is decoded. *attempts* counts deliveries, this one included. *again*: work as if nothing were known of the
    key, e.g. because its renditions were lost.
    """

    change: ObjectChange
    bucket: str
    key: str
    attempts: int = 1
    again: bool = False


class OriginalChanged(Exception):
    """The original is no longer the version that was seen before it was opened."""


class MalformedEvent(DarkroomError):
    """An invocation or a message lacks what it must hold: a retry cannot help, a person has to look into it."""

    code = "MALFORMED_EVENT"


@dataclass(frozen=True, kw_only=True, slots=True)
class Message(Generic[T]):
    """One message, which succeeds or fails as a whole.

    *read()* returns its items; it raises MalformedEvent for this message alone. *attempts* counts deliveries, this one
    included. *receipt_handle*, *body* and the name of the *queue* are SQS's, empty for other senders. *waits*: how
    often it has waited for a photo that another invocation worked on.
    """

    id: str
    read: Callable[[], Sequence[T]]
    attempts: int = 1
    receipt_handle: str = ""
    body: str = ""
    queue: str = ""
    waits: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch(Generic[T]):
    """All messages of one invocation. Some responses repeat parts of the *invocation*."""

    sender: Literal["sqs", "batch", "s3"]
    messages: tuple[Message[T], ...]
    invocation: Json


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageResult:
    """Result of one message, in the terms of S3 Batch Operations. *acknowledged*: the queue may delete it."""

    code: Literal["Succeeded", "TemporaryFailure", "PermanentFailure"]
    acknowledged: bool
    text: str


def records_of(event: object) -> list[Any]:
    """Return the records of an SQS or S3 event; raise MalformedEvent when it has none."""
    if isinstance(records := json_object(event).get("Records"), list):
        return cast("list[Any]", records)
    raise MalformedEvent(f"Expected SQS or S3 records, or S3 Batch tasks, received {shortened(event)}.")


def sqs_message(record: Json, read: Callable[[str, int], Sequence[T]]) -> Message[T]:
    """Convert one SQS record; *read(body, attempts)* returns the items of its body."""
    attempts = int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))
    return Message(
        id=record["messageId"],
        read=lambda: read(record["body"], attempts),
        attempts=attempts,
        receipt_handle=record.get("receiptHandle", ""),
        body=record["body"],
        queue=record.get("eventSourceARN", "").rpartition(":")[2],
        waits=int(record.get("messageAttributes", {}).get(WAITS, {}).get("stringValue", 0)),
    )


def json_object(value: object) -> Json:
    """Return *value* if it is a JSON object, else an empty one."""
    return cast("Json", value) if isinstance(value, Mapping) else {}


def shortened(value: object) -> str:
    """Quote the beginning of *value* for an error."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= MAX_ERROR_CHARS else f"{text[:MAX_ERROR_CHARS]}…"
