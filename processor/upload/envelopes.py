"""Unwrap events of S3 that came by way of SNS or EventBridge, into the form that S3 itself sends.

    SNS            {"Type": "Notification", "Message": "…"}     a message of a queue that subscribes to a topic
                   {"Records": [{"Sns": {"Message": "…"}}]}      a function that subscribes to a topic
    EventBridge    {"source": "aws.s3", "detail-type": "Object Created" | "Object Deleted", "detail": {…}}

https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final, cast
from urllib.parse import quote_plus

from processor.events import Json, MalformedEvent, json_object, records_of, shortened

BUS_SOURCE: Final = "aws.s3"
CHANGES: Final = {"Object Created": "ObjectCreated:EventBridge", "Object Deleted": "ObjectRemoved:EventBridge"}
# Names of an object's parts: on the bus, and in S3's own records.
PARTS: Final = {"version-id": "versionId", "etag": "eTag", "size": "size", "sequencer": "sequencer"}


def unwrapped(event: object) -> object:
    """Return the S3 event inside of *event*, or *event* itself; MalformedEvent for an envelope without one."""
    tree = json_object(event)
    if tree.get("source") == BUS_SOURCE:
        return from_bus(tree)
    if tree.get("Type") == "Notification":
        return from_topic(tree)
    notifications = [json_object(json_object(one).get("Sns")) for one in listed(tree.get("Records"))]
    if notifications and all(notifications):
        return {"Records": [record for one in notifications for record in inner_records(from_topic(one))]}
    return event


def from_topic(notification: Json) -> object:
    """Read the message of a notification of SNS."""
    text = notification.get("Message")
    try:
        return unwrapped(json.loads(cast("str", text)))
    except (TypeError, ValueError) as error:
        raise MalformedEvent(f"Expected an S3 event in a message of SNS, received {shortened(text)}.") from error


def from_bus(event: Json) -> Json:
    """Convert an event of EventBridge, which holds keys as they are; S3's own records encode them."""
    try:
        name, detail = CHANGES[event["detail-type"]], event["detail"]
        bucket, stored = detail["bucket"]["name"], detail["object"]
        known = {ours: stored[theirs] for theirs, ours in PARTS.items() if theirs in stored}
        found = {"key": quote_plus(stored["key"]), **known}
    except (KeyError, TypeError) as error:
        raise MalformedEvent(
            f"Expected Object Created or Object Deleted with bucket and key, received {shortened(event)}."
        ) from error
    return {"Records": [{"eventName": name, "s3": {"bucket": {"name": bucket}, "object": found}}]}


def inner_records(event: object) -> Iterable[Any]:
    """Return the records of an S3 event; none of the test event that S3 sends when a topic is set up."""
    return () if "Event" in json_object(event) else records_of(event)


def listed(value: object) -> list[Any]:
    """Return *value* if it is a list, else an empty one."""
    return cast("list[Any]", value) if isinstance(value, list) else []
