"""Invalidate what the purge queue has collected: one invalidation of the CDN per batch of messages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from processor.aws.cdn import CdnCache, tags_of
from processor.errors import StoreUnavailable
from processor.events import Json, MalformedEvent, Message, json_object, records_of, shortened, sqs_message
from processor.handlers.batch import ChangesVisibility, retry_after_s
from processor.telemetry import Telemetry, one

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@dataclass(frozen=True, kw_only=True, slots=True)
class PurgeWorker:
    """Invalidates batches. *change_visibility* has a batch that CloudFront refuses delivered again after seconds."""

    cdn: CdnCache
    telemetry: Telemetry
    change_visibility: ChangesVisibility

    def handle(self, event: Json, context: LambdaContext) -> Mapping[str, Any]:
        """Invalidate the tags of all messages of *event*; name those that must come again."""
        self.telemetry.invocation(context.aws_request_id)
        messages = [sqs_message(record, read_purge) for record in records_of(event)]
        purges: list[str] = []
        again: list[Message[str]] = []
        for message in messages:
            try:
                purges += message.read()
            except MalformedEvent as error:
                self.telemetry.defect("message failed unexpectedly", error, message_id=message.id, code=error.code)
                again.append(message)
        try:
            tags = tags_of(purges)
            self.cdn.forget(tags, reference=uuid4().hex)
            self.telemetry.info("photos invalidated", photos=len(purges), tags=tags)
            self.telemetry.count({"PhotosInvalidated": one(len(purges))})
        except StoreUnavailable as error:
            self.telemetry.warning(
                "message will come again", messages=len(messages), code=error.code, detail=str(error)
            )
            again = messages
            self.retry_soon(messages)
        return {"batchItemFailures": [{"itemIdentifier": message.id} for message in again]}

    def retry_soon(self, messages: Iterable[Message[str]]) -> None:
        """Have *messages* delivered again after seconds; if the queue refuses, its visibility timeout decides."""
        for message in messages:
            try:
                self.change_visibility(message, after_s=retry_after_s(message))
            except StoreUnavailable:
                return


def read_purge(body: str, _attempts: int) -> list[str]:
    """Read the cache tags of one photo; MalformedEvent for anything else."""
    try:
        tags = json.loads(body)["purge"]
        photo, gallery = str(tags).split(",")
    except (ValueError, KeyError, TypeError) as error:
        raise MalformedEvent(f"Expected the cache tags of a photo, received {shortened(body)}.") from error
    return [f"{photo},{gallery}"]


def is_purge(event: Json) -> bool:
    """Return whether *event* is a batch of the purge queue."""
    found: object = json_object(event).get("Records")
    records = cast("list[object]", found) if isinstance(found, list) else []
    names = [json_object(record).get("eventSourceARN") for record in records]
    return any(str(name).endswith("-purges") for name in names)
