"""Messages that come again sooner."""

from __future__ import annotations

from typing import Any

import pytest

from processor.aws.clients import sqs_client
from processor.aws.queues import Lanes, MessageVisibility
from processor.errors import StoreUnavailable
from processor.events import Message
from tests.factories.darkroom import session
from tests.factories.faster_moto import mock_aws


@mock_aws
def test_a_message_comes_again_when_it_was_asked_to() -> None:
    """The queue by itself would hold it back for half an hour."""
    sqs = sqs_client(session())
    url = sqs.create_queue(QueueName="jobs", Attributes={"VisibilityTimeout": "1800"})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="a job")
    [received] = sqs.receive_message(QueueUrl=url).get("Messages", [])
    message: Message[Any] = Message(id="1", read=list, receipt_handle=received.get("ReceiptHandle", ""))
    assert "Messages" not in sqs.receive_message(QueueUrl=url)

    MessageVisibility(client=lambda: sqs, url=url).change_visibility(message, after_s=0)

    assert [received.get("MessageId")] == [
        one.get("MessageId") for one in sqs.receive_message(QueueUrl=url)["Messages"]
    ]


@mock_aws
def test_a_message_of_an_unknown_receipt_stays_where_it_is() -> None:
    """A receipt of another receiver, or of long ago."""
    sqs = sqs_client(session())
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]

    message: Message[Any] = Message(id="1", read=list, receipt_handle="none")

    with pytest.raises(StoreUnavailable, match=r"sqs:ChangeMessageVisibility .*ReceiptHandleIsInvalid"):
        MessageVisibility(client=lambda: sqs, url=url).change_visibility(message, after_s=5)


@mock_aws
def test_a_message_is_hidden_in_its_own_lane() -> None:
    """A receipt handle of one queue means nothing to another."""
    sqs = sqs_client(session())
    urls = [sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("uploads", "backfill")]
    sqs.send_message(QueueUrl=urls[1], MessageBody="look")
    [received] = sqs.receive_message(QueueUrl=urls[1]).get("Messages", [])
    message = Message(id="1", read=list, receipt_handle=received.get("ReceiptHandle", ""), queue="backfill")

    Lanes(client=lambda: sqs, urls=urls).change_visibility(message, after_s=0)

    assert ["look"] == [one.get("Body") for one in sqs.receive_message(QueueUrl=urls[1])["Messages"]]


@mock_aws
def test_a_copy_waits_in_the_lane_of_its_message() -> None:
    """Or in the first, when the message came through none; it counts how often it has waited."""
    sqs: Any = sqs_client(session())
    urls = [sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("uploads", "backfill")]
    lanes = Lanes(client=lambda: sqs, urls=urls)

    lanes.send_later("a", queue="backfill", after_s=0, waits=2)
    lanes.send_later("b", queue="", after_s=0, waits=1)
    lanes.send_later("c", queue="backfill", after_s=60, waits=1)

    first: Any
    [first] = sqs.receive_message(QueueUrl=urls[1], MessageAttributeNames=["All"], MaxNumberOfMessages=10)["Messages"]
    assert ("a", "2") == (first["Body"], first["MessageAttributes"]["waits"]["StringValue"])
    assert ["b"] == [one.get("Body") for one in sqs.receive_message(QueueUrl=urls[0]).get("Messages", [])]
