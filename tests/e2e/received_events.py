"""Events that the page's webhook has received from a running stack."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema

from testkit.embedded_stack import LocalStack, wait_for
from testkit.events import s3_record
from testkit.photos import jpeg, scene

SCHEMA = json.loads(Path("docs/events.schema.json").read_text(encoding="utf-8"))


def picture(width: int = 320) -> bytes:
    """Draw a photo."""
    return jpeg.jpeg(scene.scene(width, 240))


def received(stack: LocalStack) -> list[Mapping[str, Any]]:
    """Return what the page's webhook has received, the oldest first."""
    return stack.http.get(f"{stack.page}/gallery/events").json()["last"][::-1]


def of_photo(stack: LocalStack, photo_id: str) -> list[Mapping[str, Any]]:
    """Return the events of one photo, and check each against the schema."""
    found = [one["event"] for one in received(stack) if one["event"]["detail"].get("photo_id") == photo_id]
    for event in found:
        jsonschema.validate(event, SCHEMA, cls=jsonschema.Draft202012Validator)
    return found


def told(stack: LocalStack, photo_id: str, count: int) -> list[tuple[str, str]]:
    """Wait for *count* events of a photo; return number and type of each."""

    def look() -> list[tuple[str, str]] | None:
        found = [(one["detail"]["number"], one["detail-type"]) for one in of_photo(stack, photo_id)]
        return found if len(found) >= count else None

    return wait_for(look, what=lambda: f"{count} events of {photo_id}, found {of_photo(stack, photo_id)}")


def hint(stack: LocalStack, key: str) -> None:
    """Send the event of an upload once more."""
    body = json.dumps({"Records": [s3_record(key, bucket=stack.originals)]})
    stack.aws.client("sqs").send_message(QueueUrl=stack.known["queues"]["uploads"], MessageBody=body)


def drained(stack: LocalStack) -> None:
    """Wait until the uploads lane is empty, and a photo that was uploaded after it has told its event."""
    later = stack.upload(picture(), gallery="later")
    told(stack, later, 1)
    names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def empty() -> bool | None:
        url = stack.known["queues"]["uploads"]
        found = stack.aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return True if not sum(map(int, found.values())) else None

    wait_for(empty, what=lambda: "an empty uploads lane")
    told(stack, stack.upload(picture(), gallery="last"), 1)
