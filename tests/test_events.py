"""Messages of SQS, and quotations in errors."""

from __future__ import annotations

from decimal import Decimal

import pytest

from processor.events import ObjectChange, shortened, sqs_message


def test_changes_are_told_in_two_words() -> None:
    """The log and the saved queries name them."""
    assert ["created", "removed"] == [change.value for change in ObjectChange]


@pytest.mark.parametrize(
    ("attributes", "attempts"),
    [({"attributes": {"ApproximateReceiveCount": "4"}}, 4), ({"attributes": {}}, 1), ({}, 1)],
    ids=["counted", "no count", "no attributes"],
)
def test_a_message_knows_its_id_its_receipt_handle_and_its_attempts(
    attributes: dict[str, object], attempts: int
) -> None:
    """The last delivery gives up, and the handle changes when SQS delivers again; a test event may lack the count."""
    record = {"messageId": "m-1", "body": "text", "receiptHandle": "handle-1", **attributes}

    message = sqs_message(record, lambda body, count: [f"{body} {count}"])

    assert ("m-1", "handle-1", attempts) == (message.id, message.receipt_handle, message.attempts)
    assert [f"text {attempts}"] == message.read()
    assert sqs_message({"messageId": "m-1", "body": ""}, lambda _body, _count: ()).receipt_handle == ""


def test_an_error_quotes_so_much_of_a_value() -> None:
    """80 characters, whole when it fits; what JSON cannot hold is quoted as text."""
    assert ["x" * 80, "x" * 80 + "…"] == [shortened("x" * 80), shortened("x" * 81)]
    assert '{"size": "1.5"}' == shortened({"size": Decimal("1.5")})


def test_a_message_knows_its_queue_its_body_and_how_often_it_waited() -> None:
    """A copy of it is sent to the same queue, with one wait more."""
    record = {
        "messageId": "m-1",
        "body": "text",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:photo-backfill",
        "messageAttributes": {"waits": {"stringValue": "3", "dataType": "Number"}},
    }

    message = sqs_message(record, lambda body, _: [body])

    assert ("photo-backfill", "text", 3) == (message.queue, message.body, message.waits)
