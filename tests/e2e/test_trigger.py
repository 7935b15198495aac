"""Uploads to a bucket that notifies others are noticed by a rule on the bus; the others keep their notifications."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from testkit.embedded_stack import LocalStack, wait_for
from testkit.photos import jpeg
from tests.factories.deploying import deploy
from tests.factories.emulators import policy

BUS = {"EventBridgeConfiguration": {}}


@pytest.fixture
def others(stack: LocalStack) -> Iterator[str]:
    """Let the bucket notify a queue of others and the bus, and no queue of ours; give the URL of their queue."""
    sqs = stack.aws.client("sqs")
    url = sqs.create_queue(QueueName="thumbnails-of-others")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sending = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sqs:SendMessage"}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy({**sending, "Resource": arn})})
    theirs: Any = {"Id": "theirs", "QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}
    configure(stack, {"QueueConfigurations": [theirs], **BUS})
    yield url
    # The queue lets the bucket in again, and the bucket notifies it.
    deploy(stack, {})
    client: Any = stack.aws.client
    events = client("events")
    for rule in events.list_rules(NamePrefix="darkroom-local-uploads")["Rules"]:
        targets = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        events.remove_targets(Rule=rule["Name"], Ids=[one["Id"] for one in targets])
        events.delete_rule(Name=rule["Name"])


def configure(stack: LocalStack, notifications: Any) -> None:
    """Replace the notifications of the originals bucket."""
    stack.aws.client("s3").put_bucket_notification_configuration(
        Bucket=stack.originals, NotificationConfiguration=notifications
    )


def test_a_bucket_that_notifies_others_keeps_doing_so(stack: LocalStack, others: str) -> None:
    """An upload and a deletion come by the bus; the deployment leaves the bucket's notifications as they are."""
    s3, sqs = stack.aws.client("s3"), stack.aws.client("sqs")
    before = s3.get_bucket_notification_configuration(Bucket=stack.originals)
    deploy(stack, {"renditions": {"trigger": "eventbridge"}})

    photo = stack.upload(jpeg.jpeg(), gallery="bus", name="a photo+1 é.jpg")
    key = stack.with_status(photo, "active")["original_key"]
    after = s3.get_bucket_notification_configuration(Bucket=stack.originals)

    assert before["QueueConfigurations"] == after["QueueConfigurations"]
    assert "EventBridgeConfiguration" in after
    wait_for(lambda: sqs.receive_message(QueueUrl=others).get("Messages"), what=lambda: "a message of the others")
    s3.delete_object(Bucket=stack.originals, Key=key)
    stack.with_status(photo, "deleted")
