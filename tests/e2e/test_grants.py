"""The rendition role can do what it needs, and needs what it can do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from processor.keys import ObjectKey
from testkit.embedded_stack import LocalStack
from testkit.events import sqs_event
from testkit.photos import jpeg, scene
from testkit.role_grants import Failed, Role, invoke

FUNCTION = "darkroom-local-rendition"


@pytest.fixture(scope="module", autouse=True)
def _alone(stack: LocalStack) -> Iterator[None]:
    """Keep the uploads lane from doing first what these tests do by hand."""
    functions, url = stack.aws.client("lambda"), stack.known["queues"]["uploads"]
    listed = functions.list_event_source_mappings()["EventSourceMappings"]
    [lane] = [one.get("UUID", "") for one in listed if one.get("EventSourceArn", "").endswith("-uploads")]
    functions.update_event_source_mapping(UUID=lane, Enabled=False)
    yield
    stack.aws.client("sqs").purge_queue(QueueUrl=url)
    functions.update_event_source_mapping(UUID=lane, Enabled=True)


def test_no_flow_needs_more_than_is_granted(stack: LocalStack) -> None:
    """Every flow ends well with the role as it is deployed."""
    for flow in FLOWS:
        flow(stack, "granted")


@pytest.mark.faults
def test_every_grant_is_needed_by_a_flow(stack: LocalStack) -> None:
    """Without any one of the grants a flow fails: nothing is granted that nothing uses."""
    assert [] == Role(stack=stack, function=FUNCTION).needless(FLOWS)


def upload_and_render(stack: LocalStack, gallery: str) -> None:
    """Render an upload."""
    data, key = jpeg.jpeg(scene.scene(320, 240)), f"{gallery}/photo.jpg"
    stack.aws.client("s3").put_object(Bucket=stack.originals, Key=key, Body=data)
    announce(stack, "ObjectCreated:Put", {"key": key})


def delete_what_was_rendered(stack: LocalStack, gallery: str) -> None:
    """Withdraw everything of a photo whose original is deleted."""
    upload_and_render(stack, gallery)
    stack.aws.client("s3").delete_object(Bucket=stack.originals, Key=f"{gallery}/photo.jpg")
    announce(stack, "ObjectRemoved:DeleteMarkerCreated", {"key": f"{gallery}/photo.jpg"})


def invalidate(stack: LocalStack, gallery: str) -> None:
    """Invalidate a photo in the CDN, as the purge queue asks for it."""
    body = json.dumps({"purge": ObjectKey(f"{gallery}/photo.jpg").cache_tags()})
    event = sqs_event(body)
    event["Records"][0]["eventSourceARN"] = f"arn:aws:sqs:us-east-1:000000000000:{FUNCTION}-purges"
    if failed := invoke(stack, FUNCTION, event)["batchItemFailures"]:
        raise Failed(str(failed))


FLOWS = (upload_and_render, delete_what_was_rendered, invalidate)


def announce(stack: LocalStack, name: str, stored: Mapping[str, Any]) -> None:
    """Call the function with a bare S3 event; Failed when it fails."""
    event = {"Records": [{"eventName": name, "s3": {"bucket": {"name": stack.originals}, "object": dict(stored)}}]}
    invoke(stack, FUNCTION, event)
