"""Invalidations of the CDN: one for a batch of messages."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from processor.aws.cdn import WHOLE_GALLERY, tags_of
from processor.errors import StoreUnavailable
from processor.events import Message
from processor.handlers.purges import PurgeWorker, is_purge
from processor.keys import ObjectKey
from processor.telemetry import Telemetry
from testkit.contexts import Context
from testkit.events import s3_event, s3_record, sqs_event

KEYS = [f"wedding/{number}.jpg" for number in range(WHOLE_GALLERY)]


class TagLog:
    """Stands for the CDN and for the queue."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.refuses = refuses
        self.batches: list[list[str]] = []
        self.hidden: list[int] = []

    def forget(self, tags: list[str], *, reference: str) -> None:
        """Take an invalidation."""
        assert reference
        if self.refuses:
            raise StoreUnavailable("cloudfront:CreateInvalidation: expected success, received Throttling (HTTP 400).")
        self.batches.append(tags)

    def change_visibility(self, message: Message[Any], *, after_s: int) -> None:
        """Take a visibility timeout."""
        assert message.receipt_handle
        self.hidden.append(after_s)


def purge_event(*keys: str, receive_count: int = 1) -> dict[str, Any]:
    """Build a batch of the purge queue."""
    bodies = [json.dumps({"purge": ObjectKey(key).cache_tags()}) for key in keys]
    event = sqs_event(*bodies, receive_count=receive_count)
    for record in event["Records"]:
        record["eventSourceARN"] = "arn:aws:sqs:us-east-1:123456789012:photo-purges"
    return event


def handle(log: TagLog, event: dict[str, Any], service: str) -> Any:
    """Handle a batch."""
    worker = PurgeWorker(
        cdn=cast("Any", log),
        telemetry=Telemetry(service=service, stack="test"),
        change_visibility=log.change_visibility,
    )
    return worker.handle(event, cast("Any", Context()))


def test_a_batch_is_one_invalidation(request: pytest.FixtureRequest) -> None:
    """C8: of each photo once, however often it was queued."""
    log = TagLog()

    answer = handle(log, purge_event("wedding/a.jpg", "party/b.jpg", "wedding/a.jpg"), request.node.name)

    assert {"batchItemFailures": []} == answer
    assert [sorted(ObjectKey(key).photo_tag for key in ("wedding/a.jpg", "party/b.jpg"))] == log.batches


def test_many_photos_of_a_gallery_are_invalidated_as_the_gallery() -> None:
    """One tag instead of ten; another gallery's photo keeps its own."""
    purges = [ObjectKey(key).cache_tags() for key in (*KEYS, "party/b.jpg")]
    gallery = purges[0].partition(",")[2]

    assert sorted([gallery, ObjectKey("party/b.jpg").photo_tag]) == tags_of(purges)
    assert len(KEYS) - 1 == len(tags_of(purges[: len(KEYS) - 1]))


@pytest.mark.faults
@pytest.mark.parametrize(("receives", "after_s"), [(1, 5), (4, 600)])
def test_what_cloudfront_refuses_comes_again_soon(request: pytest.FixtureRequest, receives: int, after_s: int) -> None:
    """The whole batch; in the end it is a dead letter with its alarm."""
    log = TagLog(refuses=True)

    answer = handle(log, purge_event("wedding/a.jpg", "wedding/b.jpg", receive_count=receives), request.node.name)

    assert ["message-0", "message-1"] == [one["itemIdentifier"] for one in answer["batchItemFailures"]]
    assert [after_s, after_s] == log.hidden


@pytest.mark.faults
@pytest.mark.parametrize("body", ["no json", "[]", '{"purge": 7}', '{"purge": "photo:1"}', "{}"])
def test_a_message_that_is_no_purge_stops_no_other(request: pytest.FixtureRequest, body: str) -> None:
    """It ends in the dead letters."""
    log, event = TagLog(), purge_event("wedding/a.jpg", "wedding/b.jpg")
    event["Records"][0]["body"] = body

    answer = handle(log, event, request.node.name)

    assert {"batchItemFailures": [{"itemIdentifier": "message-0"}]} == answer
    assert [[ObjectKey("wedding/b.jpg").photo_tag]] == log.batches


def test_only_batches_of_the_purge_queue_are_purges() -> None:
    """All other events are uploads."""
    assert is_purge(purge_event("wedding/a.jpg"))
    for event in (sqs_event(s3_event(s3_record("a.jpg"))), {"Records": []}, {"Records": 7}, {"Records": [7]}, {}):
        assert not is_purge(cast("Any", event))
