"""Kill busy processes by `kill -9`: all accepted work ends, once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lab.drill.operator import ITEMS
from processor.aws.originals_table import LEASE
from processor.aws.session_reading import SessionReader
from testkit.embedded_stack import LocalStack, short_visibility, wait_for
from testkit.photos import jpeg, scene
from testkit.simulated_user import SimulatedUser
from tests.e2e.sandboxes import kill_mid_way

EDIT, RENDITION = "darkroom-local-edit", "darkroom-local-rendition"
SLOW = "blur 10px, then rotate 3 degrees, then resize to 800px"


def large() -> bytes:
    """Draw a photo that takes a while."""
    return jpeg.jpeg(scene.scene(3000, 2000))


@pytest.mark.faults
def test_a_worker_killed_mid_edit_is_made_up_for(stack: LocalStack) -> None:
    """The jobs come again; the session ends once, with one result per picture."""
    person = SimulatedUser.named(stack)
    [slot] = person.slots([large()])
    with short_visibility(stack, "jobs"):
        started = person.edit([slot] * 3, SLOW)
        begun = kill_mid_way(stack, EDIT, lambda: under_way(stack, started["sessionId"]))
    events = person.watch(started)

    assert list(range(1, len(events) + 1)) == [one.id for one in events]
    done = sorted(one.data["imageId"] for one in events if one.name == "complete")
    assert ["i0", "i1", "i2"] == done
    last = events[-1]
    assert ("session_complete", "complete", 3, 0) == (
        last.name,
        *(last.data[name] for name in ("status", "totalProcessed", "totalFailed")),
    )
    wait_for(lambda: all_came_again(stack, started["sessionId"], begun), what=lambda: f"{begun} delivered again")


def under_way(stack: LocalStack, session_id: str) -> set[str]:
    """Name the pictures that a worker has begun and not ended, as the table has them: the API limits readers."""
    reader = SessionReader(dynamodb=stack.aws.client("dynamodb"), table="darkroom-local-sessions")
    session = reader.read(session_id, now_s=0.0)
    jobs = session.open_jobs if session else ()
    return {job.image_id for job in jobs if session and session.progress_of(job.image_id).percent}


def all_came_again(stack: LocalStack, session_id: str, images: set[str]) -> bool | None:
    """Return whether the log speaks of another delivery of each picture; None while it does not."""
    logs = stack.aws.client("logs")
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=f"/aws/lambda/{EDIT}")
    said = [one.get("message", "") for page in pages for one in page["events"]]
    lines = [json.loads(one) for one in said if session_id in one and '"attempts":' in one]
    return True if images <= {line["image_id"] for line in lines if line["attempts"] > 1} else None


@pytest.mark.faults
def test_a_rendition_killed_mid_photo_is_made_up_for(stack: LocalStack) -> None:
    """The photo's event comes again; when the killed worker's lease has ended, the photo is active with every size."""
    with short_visibility(stack, "uploads"):
        photo_id = stack.upload(large(), gallery="killed")
        kill_mid_way(stack, RENDITION, lambda: is_at_work(stack, photo_id))
        lapse(stack, photo_id)
    record = stack.with_status(photo_id, "active")

    assert (3000, 2000) == (record["width"], record["height"])
    for size in ("thumbnail", "small", "medium", "large"):
        assert record[f"{size}_bytes"] == len(stack.http.get(record[f"{size}_url"]).content)


def is_at_work(stack: LocalStack, photo_id: str) -> bool:
    """Return whether a worker holds the lease of a photo."""
    return "Item" in stack.aws.client("dynamodb").get_item(TableName=ITEMS, Key=lease_of(photo_id), ConsistentRead=True)


def lapse(stack: LocalStack, photo_id: str) -> None:
    """End the lease of a killed worker now, which would end with its invocation, minutes later."""
    stack.aws.client("dynamodb").update_item(
        TableName=ITEMS,
        Key=lease_of(photo_id),
        UpdateExpression="SET #until = :now",
        ConditionExpression="attribute_exists(#until)",
        ExpressionAttributeNames={"#until": "until"},
        ExpressionAttributeValues={":now": {"N": "1"}},
    )


def lease_of(photo_id: str) -> Any:
    """Return the key of a photo's lease."""
    return {"id": {"S": photo_id}, "key": {"S": LEASE}}
