"""Events of the whole stack: one per version, and a webhook that gets them, also after it was down."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema
import pytest

from testkit.embedded_stack import LocalStack, wait_for
from testkit.simulated_user import SimulatedUser
from tests.e2e.received_events import SCHEMA, drained, hint, of_photo, picture, received, told


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
    """While it is down nothing is received; up again, the event comes."""
    photo_id = stack.upload(picture(), gallery="waiting")
    stack.with_status(photo_id, "active")
    assert [] == of_photo(stack, photo_id)
    switch(stack, down=False)

    assert [("1", "photo.active")] == told(stack, photo_id, 1)


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


def test_an_archive_that_ends_is_no_edit(stack: LocalStack) -> None:
    """It is kept in the table of the sessions, and ends in the same ways."""
    archive_id = f"archive#{uuid.uuid4()}"
    table: Any = {"TableName": stack.known["outputs"]["sessionsTable"], "Key": {"sessionId": {"S": archive_id}}}
    for status in ("processing", "complete"):
        stack.aws.client("dynamodb").update_item(
            **table,
            UpdateExpression="SET #status = :status",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":status": {"S": status}},
        )
    drained(stack)

    assert [] == [one for one in received(stack) if one["event"]["detail"].get("session_id") == archive_id]


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
