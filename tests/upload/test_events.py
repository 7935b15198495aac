"""Tests of every kind of event source: all produce the same events, and a broken event is described."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processor.events import ObjectChange, ObjectEvent
from processor.upload.events import MalformedEvent, body_events, hint, read_uploads
from testkit.events import (
    ORIGINALS,
    batch_event,
    migration_event,
    notification_test,
    s3_event,
    s3_record,
    sqs_event,
)

KEY = "wedding/a photo+1 100%25 #é😀.jpg"
KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


def events_of(event: Mapping[str, Any]) -> list[ObjectEvent]:
    """Open an envelope and read all of its messages."""
    return [found for message in read_uploads(event).messages for found in message.read()]


def test_an_s3_record_says_where_to_look() -> None:
    """Version, ETag, size and sequencer are left: what is there now is looked at."""
    record = s3_record(KEY, versionId="v1", eTag="abc", size=7, sequencer="0055aed6dcd90281e500")

    assert [ObjectEvent(change=ObjectChange.CREATED, bucket=ORIGINALS, key=KEY)] == events_of(s3_event(record))


@given(KEYS)
def test_a_hint_names_any_key_in_ascii(key: str) -> None:
    """SQS refuses some characters that keys may hold (U+FFFF); with *again*, nothing is taken as known."""
    for again in (False, True):
        body = hint(ORIGINALS, key, again=again)

        assert body.isascii()
        assert [
            ObjectEvent(change=ObjectChange.CREATED, bucket=ORIGINALS, key=key, attempts=2, again=again)
        ] == body_events(body, 2)


def test_sqs_messages_hold_s3_events_and_count_deliveries() -> None:
    """Several messages, several records each."""
    one, two = s3_event(s3_record("a.jpg"), s3_record("b.jpg")), s3_event(s3_record("c.jpg"))

    events = events_of(sqs_event(one, two, receive_count=3))

    assert [("a.jpg", 3), ("b.jpg", 3), ("c.jpg", 3)] == [(event.key, event.attempts) for event in events]


@pytest.mark.parametrize("schema", ["1.0", "2.0"])
def test_both_schemas_of_s3_batch_are_read(schema: str) -> None:
    """The first names the bucket by its ARN, the second by its name."""
    (event,) = events_of(batch_event(KEY, schema=schema))

    assert (ObjectChange.CREATED, ORIGINALS, KEY) == (event.change, event.bucket, event.key)


@given(KEYS)
def test_keys_are_decoded_exactly_once(key: str) -> None:
    """Plus is a space only where S3 wrote it; an encoded percent stays one percent."""
    decoded = [events_of(event)[0].key for event in (s3_event(s3_record(key)), batch_event(key))]

    assert [key, key] == decoded


@given(KEYS)
def test_the_migration_script_sends_keys_as_they_are(key: str) -> None:
    """It lists the bucket and encodes nothing; such a record has no event name."""
    (event,) = events_of(migration_event(key))

    assert key == event.key


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("ObjectCreated:Put", ObjectChange.CREATED),
        ("ObjectCreated:CompleteMultipartUpload", ObjectChange.CREATED),
        ("s3:ObjectCreated:Copy", ObjectChange.CREATED),
        ("ObjectRemoved:Delete", ObjectChange.REMOVED),
        ("ObjectRemoved:DeleteMarkerCreated", ObjectChange.REMOVED),
        ("s3:ObjectRemoved:Delete", ObjectChange.REMOVED),
        ("LifecycleExpiration:DeleteMarkerCreated", ObjectChange.REMOVED),
    ],
)
def test_event_names_determine_the_change(name: str, change: ObjectChange) -> None:
    """With or without the prefix that some senders keep."""
    (event,) = events_of(s3_event(s3_record("a.jpg", name=name)))

    assert change == event.change


@pytest.mark.fault(14)
@pytest.mark.faults
@pytest.mark.parametrize(
    "event", [notification_test(), sqs_event(notification_test()), s3_event(), sqs_event(s3_event()), {"Records": []}]
)
def test_an_envelope_without_events_is_no_error(event: Mapping[str, Any]) -> None:
    """Fault 14: S3's test event, and lists that are empty."""
    assert [] == events_of(event)


@pytest.mark.fault(14)
@pytest.mark.faults
@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        ({}, "Expected SQS or S3 records, or S3 Batch tasks, received {}."),
        ([1, 2], "Expected SQS or S3 records, or S3 Batch tasks, received [1, 2]."),
        (None, "Expected SQS or S3 records, or S3 Batch tasks, received null."),
        (s3_event(cast("Any", 1)), "Expected an S3 record with bucket and key, received 1."),
        ({"Records": "many"}, 'Expected SQS or S3 records, or S3 Batch tasks, received {"Records": "many"}.'),
        (sqs_event("not json"), "Expected an S3 event as JSON, received not json"),
        (sqs_event("[1]"), "Expected SQS or S3 records, or S3 Batch tasks, received [1]."),
        (sqs_event("null"), "Expected SQS or S3 records, or S3 Batch tasks, received null."),
        (s3_event({"s3": {}}), 'Expected an S3 record with bucket and key, received {"s3": {}}.'),
        (sqs_event('{"Records": [7]}'), "Expected an S3 record with bucket and key, received 7."),
        ({"tasks": [{"taskId": "1"}]}, 'Expected a task with s3Key and bucket, received {"taskId": "1"}.'),
    ],
)
def test_what_is_no_event_is_refused_in_one_sentence(event: Mapping[str, Any], sentence: str) -> None:
    """Fault 14: what was expected, and what came instead."""
    with pytest.raises(MalformedEvent) as refusal:
        events_of(event)

    assert sentence in str(refusal.value)


@pytest.mark.fault(14)
@pytest.mark.faults
def test_a_broken_message_is_only_found_broken_when_it_is_read() -> None:
    """Fault 14: the others of its batch must not suffer."""
    envelope = read_uploads(sqs_event("not json", s3_event(s3_record("a.jpg"))))

    broken, whole = envelope.messages
    assert ["a.jpg"] == [event.key for event in whole.read()]
    with pytest.raises(MalformedEvent):
        broken.read()
