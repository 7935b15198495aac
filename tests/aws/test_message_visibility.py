"""Messages that come again sooner."""

from __future__ import annotations

import pytest
from moto import mock_aws

from processor.aws.clients import sqs_client
from processor.aws.queues import MessageVisibility
from processor.errors import StoreUnavailable
from tests.factories.darkroom import session


@mock_aws
def test_a_message_comes_again_when_it_was_asked_to() -> None:
    """The queue by itself would hold it back for half an hour."""
    sqs = sqs_client(session())
    url = sqs.create_queue(QueueName="jobs", Attributes={"VisibilityTimeout": "1800"})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="a job")
    [message] = sqs.receive_message(QueueUrl=url).get("Messages", [])
    assert "Messages" not in sqs.receive_message(QueueUrl=url)

    MessageVisibility(client=lambda: sqs, url=url).change_visibility(message.get("ReceiptHandle", ""), after_s=0)

    assert [message.get("MessageId")] == [one.get("MessageId") for one in sqs.receive_message(QueueUrl=url)["Messages"]]


@mock_aws
def test_a_message_of_an_unknown_receipt_stays_where_it_is() -> None:
    """A receipt of another receiver, or of long ago."""
    sqs = sqs_client(session())
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]

    with pytest.raises(StoreUnavailable, match=r"sqs:ChangeMessageVisibility .*ReceiptHandleIsInvalid"):
        MessageVisibility(client=lambda: sqs, url=url).change_visibility("none", after_s=5)
