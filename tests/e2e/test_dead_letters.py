"""Messages that cannot be processed end in the dead letters, and an alarm reports them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from testkit import embedded_stack
from testkit.embedded_stack import LocalStack, wait_for
from testkit.photos import jpeg, scene
from testkit.role_grants import Role
from tests.e2e import received_events

POISON = "this is no event"
DEAD = "uploads-dead-letters"
ALARM = "darkroom-local-uploads-dead-letters"


@pytest.fixture
def told(stack: LocalStack) -> Iterator[str]:
    """Subscribe a queue to the alarms' topic, as a person subscribes an address; return its URL."""
    sqs, sns = stack.aws.client("sqs"), stack.aws.client("sns")
    url = sqs.create_queue(QueueName="told-of-alarms")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = stack.known["outputs"]["alarmTopicArn"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": may_send(arn, topic)})
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True)
    yield url
    sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
    sqs.delete_queue(QueueUrl=url)


def may_send(queue: str, topic: str) -> str:
    """Let the topic send to the queue."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def short_visibility(stack: LocalStack) -> Iterator[None]:
    """Let messages come again at once: five attempts at twelve minutes each are an hour."""
    with embedded_stack.short_visibility(stack, "uploads"):
        yield


@pytest.mark.fault(12, 16)
@pytest.mark.faults
@pytest.mark.usefixtures("short_visibility")
def test_a_poison_message_ends_in_the_dead_letters_and_its_alarm_rings(stack: LocalStack, told: str) -> None:
    """Five attempts, then the dead-letter queue, its alarm, and the topic's message; emptied, the alarm is over."""
    sqs = stack.aws.client("sqs")
    sqs.send_message(QueueUrl=stack.known["queues"]["uploads"], MessageBody=POISON)

    dead = wait_for(lambda: received(sqs, stack.known["queues"][DEAD]), what=lambda: "a dead letter")
    assert POISON == dead["Body"]

    wait_for(lambda: rings(sqs, told), what=lambda: "the alarm among what the topic says")
    assert {"ALARM"} == {one["state"] for one in operations(stack)["alarms"] if one["name"] == ALARM}
    assert 1 == sum(one["inFlight"] + one["visible"] for one in operations(stack)["queues"] if one["role"] == DEAD)


def received(sqs: Any, url: str) -> Any:
    """Take a message from a queue, to be seen again soon; None when there is none."""
    messages = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1, VisibilityTimeout=1).get("Messages", [])
    return messages[0] if messages else None


def rings(sqs: Any, url: str) -> bool | None:
    """Return whether the topic says that the alarm rings; whatever else it says is passed over."""
    message = received(sqs, url)
    if message is None:
        return None
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    told = json.loads(json.loads(message["Body"])["Message"])
    return True if (ALARM, "ALARM") == (told["AlarmName"], told["NewStateValue"]) else None


def operations(stack: LocalStack) -> dict[str, Any]:
    """Look at what operators look at."""
    return stack.http.get(f"{stack.page}/gallery/operations").json()


@pytest.mark.fault(18, 27)
@pytest.mark.faults
@pytest.mark.usefixtures("short_visibility")
def test_what_failed_for_lack_of_a_grant_is_repaired_by_redriving(stack: LocalStack) -> None:
    """A fault of ours is no verdict on a photo: its event waits in the dead letters until the fault is mended."""
    dead = stack.known["queues"][DEAD]
    stack.aws.client("sqs").purge_queue(QueueUrl=dead)
    role = Role(stack=stack, function="darkroom-local-rendition")
    table = next(one for one in role.grants() if one.action == "dynamodb:UpdateItem")
    # Without this one the queue's own visibility decides, not the retries after up to ten minutes.
    delays = [one for one in role.grants() if one.action == "sqs:ChangeMessageVisibility"]
    with role.without(table, *delays):
        photo_id = stack.upload(jpeg.jpeg(scene.scene(640, 480)), gallery="redriven")
        wait_for(lambda: received(stack.aws.client("sqs"), dead), what=lambda: "a dead letter")
    assert "pending" == (stack.photo(photo_id) or {})["status"]

    wait_for(lambda: is_visible(stack, DEAD), what=lambda: "the dead letter to be seen again")
    answer = stack.http.post(f"{stack.page}/gallery/queues/uploads/redrive")

    assert 202 == answer.status_code, answer.text
    assert 640 == stack.with_status(photo_id, "active")["width"]
    received_events.hint(stack, f"redriven/{photo_id}.jpg")
    received_events.drained(stack)
    assert [("1", "photo.active")] == received_events.told(stack, photo_id, 1), "one event, however often it was tried"


def is_visible(stack: LocalStack, role: str) -> bool | None:
    """Return whether all that a queue holds can be taken; None when something is in flight."""
    [found] = [one for one in operations(stack)["queues"] if one["role"] == role]
    return True if found["visible"] and not found["inFlight"] else None


def test_a_queue_without_a_source_cannot_be_redriven(stack: LocalStack) -> None:
    """Failed asynchronous events came from no queue; the refusal says so."""
    answer = stack.http.post(f"{stack.page}/gallery/queues/rendition-failures/redrive")

    assert (409, "NOT_REDRIVABLE") == (answer.status_code, answer.json()["code"])
