"""Events of S3 that come by way of SNS or EventBridge mean what S3's own mean."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from processor.events import MalformedEvent, ObjectEvent
from processor.upload.envelopes import unwrapped
from processor.upload.events import read_uploads
from testkit.events import ORIGINALS, notification_test, s3_event, s3_record, sqs_event
from tests.upload.test_events import KEY, KEYS, events_of

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
BUS: dict[str, Any] = {
    "version": "0",
    "id": "17793124-05d4-b198-2fde-7ededc63b103",
    "detail-type": "Object Created",
    "source": "aws.s3",
    "account": "111122223333",
    "time": "2021-11-12T00:00:00Z",
    "region": "ca-central-1",
    "resources": [f"arn:aws:s3:::{ORIGINALS}"],
    "detail": {
        "version": "0",
        "bucket": {"name": ORIGINALS},
        "object": {
            "key": KEY,
            "size": 7,
            "etag": "abc",
            "version-id": "v1",
            "sequencer": "00617F08299329D189",
        },
        "request-id": "N4N7GDK58NMKJ12R",
        "requester": "123456789012",
        "source-ip-address": "1.2.3.4",
        "reason": "PutObject",
    },
}
# https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
TOPIC: dict[str, Any] = {
    "Type": "Notification",
    "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
    "TopicArn": "arn:aws:sns:us-west-2:123456789012:MyTopic",
    "Subject": "Amazon S3 Notification",
    "Timestamp": "2012-05-02T00:54:06.655Z",
}


def bus(**changes: Any) -> dict[str, Any]:
    """Return an event of the bus with other fields."""
    return {**BUS, **changes}


def by_topic(event: object) -> dict[str, Any]:
    """Wrap an event as SNS sends it to a queue."""
    return {**TOPIC, "Message": json.dumps(event)}


def to_function(event: object) -> dict[str, Any]:
    """Wrap an event as SNS sends it to a function."""
    return {"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": by_topic(event)}]}


def own(kind: str, key: str = KEY) -> list[ObjectEvent]:
    """Return the same change as S3 sends it."""
    record = s3_record(key, name=kind, versionId="v1", eTag="abc", size=7, sequencer="00617F08299329D189")
    return events_of(s3_event(record))


@pytest.mark.parametrize(
    ("said", "kind"), [("Object Created", "ObjectCreated:Put"), ("Object Deleted", "ObjectRemoved:Delete")]
)
def test_an_event_of_the_bus_is_the_event_of_s3(said: str, kind: str) -> None:
    """By a queue, or as an invocation; keys are not encoded there."""
    event = bus(**{"detail-type": said})

    assert own(kind) == events_of(event) == events_of(sqs_event(event))


def test_an_event_by_a_topic_is_the_event_of_s3() -> None:
    """To a queue or to a function, S3's own or one of the bus, or a topic behind a topic."""
    record = s3_record(KEY, versionId="v1", eTag="abc", size=7, sequencer="00617F08299329D189")
    for event in (s3_event(record), BUS):
        wrapped = (sqs_event(by_topic(event)), to_function(event), sqs_event(by_topic(by_topic(event))))
        assert [own("ObjectCreated:Put")] * 3 == [events_of(one) for one in wrapped]


@given(KEYS)
def test_every_key_survives_the_bus(key: str) -> None:
    """Plus signs, percent signs, other scripts."""
    detail = {**BUS["detail"], "object": {"key": key}}

    assert [key] == [event.key for event in events_of(bus(detail=detail))]


def test_the_test_event_of_s3_by_a_topic_holds_nothing() -> None:
    """S3 sends it when notifications are set up."""
    assert [] == events_of(sqs_event(by_topic(notification_test()))) + events_of(to_function(notification_test()))


@pytest.mark.parametrize(
    "event",
    [
        bus(**{"detail-type": "Object Tags Added"}),
        bus(detail={"bucket": {"name": ORIGINALS}}),
        bus(detail=None),
        {**TOPIC, "Message": "hello"},
        {**TOPIC, "Message": None},
        by_topic({"hello": "world"}),
    ],
    ids=["kind", "object", "detail", "text", "none", "other"],
)
def test_an_envelope_without_a_change_is_malformed(event: dict[str, Any]) -> None:
    """One message of a queue fails, the others do not."""
    broken, fine = read_uploads(sqs_event(event, s3_event(s3_record("a.jpg")))).messages

    with pytest.raises(MalformedEvent, match="Expected"):
        broken.read()
    assert ["a.jpg"] == [one.key for one in fine.read()]


@pytest.mark.parametrize("event", [None, 3, [], {}, {"Records": []}, {"Records": [{"Sns": {}}]}, {"source": "aws.ec2"}])
def test_anything_else_stays_as_it_is(event: object) -> None:
    """The next reader names what is wrong."""
    assert event == unwrapped(event)
