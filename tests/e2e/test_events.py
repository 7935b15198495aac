"""Events of the whole stack: one per version, and a webhook that gets them, also after it was down."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from testkit import embedded_stack
from testkit.embedded_stack import LocalStack, wait_for
from testkit.events import s3_record
from testkit.photos import jpeg, scene
from testkit.role_grants import Role
from testkit.simulated_user import SimulatedUser

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


@pytest.fixture
def down(stack: LocalStack) -> Iterator[None]:
    """Take the receiver down; it is up again afterwards."""
    switch(stack, down=True)
    yield
    switch(stack, down=False)


def switch(stack: LocalStack, *, down: bool) -> None:
    """Take the receiver down, or up."""
    stack.http.put(f"{stack.page}/gallery/events/receiver", json={"down": down})


def test_one_event_per_version_under_duplicates_and_late_messages(stack: LocalStack) -> None:
    """Uploaded, told again five times, overwritten, told again, deleted, told again: three events in all."""
    photo_id = stack.upload(picture(), gallery="told")
    record = stack.with_status(photo_id, "active")
    key = f"told/{photo_id}.jpg"
    assert [("1", "photo.active")] == told(stack, photo_id, 1)
    for _ in range(5):
        hint(stack, key)
    stack.aws.client("s3").put_object(Bucket=stack.originals, Key=key, Body=picture(400))
    second = stack.settled(photo_id, lambda one: one["receipt"]["version"] != record["receipt"]["version"])
    hint(stack, key)
    stack.http.delete(f"{stack.page}/gallery/photos/{photo_id}")
    expected = [("1", "photo.active"), ("2", "photo.active"), ("3", "photo.deleted")]
    assert expected == told(stack, photo_id, 3)
    for _ in range(3):
        hint(stack, key)
    drained(stack)

    assert expected == told(stack, photo_id, 3)
    versions = [one["detail"]["version"] for one in of_photo(stack, photo_id)]
    assert [record["receipt"]["version"], *[second["receipt"]["version"]] * 2] == versions


@pytest.mark.faults
def test_one_event_after_a_redrive(stack: LocalStack) -> None:
    """A photo whose record cannot be written ends in the dead letters; redriven, it is told once."""
    role = Role(stack=stack, function="darkroom-local-rendition")
    table = next(one for one in role.grants() if one.action == "dynamodb:UpdateItem")
    delays = [one for one in role.grants() if one.action == "sqs:ChangeMessageVisibility"]
    sqs, dead = stack.aws.client("sqs"), stack.known["queues"]["uploads-dead-letters"]
    sqs.purge_queue(QueueUrl=dead)
    with embedded_stack.short_visibility(stack, "uploads"), role.without(table, *delays):
        photo_id = stack.upload(picture(), gallery="redriven")
        wait_for(lambda: letters(stack, dead) or None, what=lambda: "a dead letter")
    assert [] == of_photo(stack, photo_id)
    stack.http.post(f"{stack.page}/gallery/queues/uploads/redrive")
    stack.with_status(photo_id, "active")
    hint(stack, f"redriven/{photo_id}.jpg")
    told(stack, photo_id, 1)
    drained(stack)

    assert [("1", "photo.active")] == told(stack, photo_id, 1)


def letters(stack: LocalStack, url: str) -> int:
    """Count the messages of a queue."""
    names: Any = ["ApproximateNumberOfMessages"]
    found = stack.aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return int(found["ApproximateNumberOfMessages"])


def test_a_failed_photo_is_told_with_its_code(stack: LocalStack) -> None:
    """A verdict, and no more than one event for it."""
    photo_id = stack.upload(b"no photo at all", gallery="broken")
    stack.with_status(photo_id, "failed")
    told(stack, photo_id, 1)
    drained(stack)

    [only] = of_photo(stack, photo_id)
    assert ("photo.failed", "NOT_AN_IMAGE") == (only["detail-type"], only["detail"]["error_code"])


@pytest.mark.faults
@pytest.mark.usefixtures("down")
def test_a_webhook_gets_its_events_after_it_was_down(stack: LocalStack) -> None:
    """While it is down nothing is received; up again, each event comes once."""
    photo_id = stack.upload(picture(), gallery="waiting")
    stack.with_status(photo_id, "active")
    assert [] == of_photo(stack, photo_id)
    switch(stack, down=False)

    assert [("1", "photo.active")] == told(stack, photo_id, 1)
    assert {1} == {one["deliveries"] for one in received(stack)}


def test_what_the_backend_writes_is_no_event(stack: LocalStack) -> None:
    """A title and a status of its own pass through the stream, and not through the pipe."""
    photo_id = stack.upload(picture(), gallery="approved")
    stack.with_status(photo_id, "active")
    told(stack, photo_id, 1)
    stack.aws.client("dynamodb").update_item(
        TableName=stack.known["outputs"]["photosTable"],
        Key={"id": {"S": photo_id}},
        UpdateExpression="SET #status = :approved, title = :title",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":approved": {"S": "approved"}, ":title": {"S": "The kiss"}},
    )
    drained(stack)

    assert [("1", "photo.active")] == told(stack, photo_id, 1)


def test_an_edit_is_told_once_when_its_session_ends(stack: LocalStack) -> None:
    """One event for the session, with the user and the final status."""
    name = f"user-{uuid.uuid4()}"
    user = SimulatedUser.named(stack, name)
    started = user.edit(user.slots([picture()]), "sepia")
    user.watch(started)
    session_id = started["sessionId"]

    def look() -> list[Mapping[str, Any]] | None:
        found = [one["event"] for one in received(stack) if one["event"]["detail"].get("session_id") == session_id]
        return found or None

    wait_for(look, what=lambda: f"an event of {session_id}")
    drained(stack)
    [only] = look() or []
    jsonschema.validate(only, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert ("edit.completed", "complete", name) == (
        only["detail-type"],
        only["detail"]["status"],
        only["detail"]["user_id"],
    )
