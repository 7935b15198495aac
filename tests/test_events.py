"""Sequencers in normal form, messages of SQS, and quotations in errors."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processor.events import ObjectChange, normal_sequencer, shortened, sqs_message

HEX = st.text("0123456789ABCDEFabcdef", max_size=20)


def padded(one: str, other: str) -> tuple[str, str]:
    """Pad two sequencers to one length, as S3's documentation states."""
    length = max(len(one), len(other))
    return one.upper().ljust(length, "0"), other.upper().ljust(length, "0")


@given(HEX, HEX)
def test_the_order_of_normal_forms_is_the_order_that_s3_documents(one: str, other: str) -> None:
    """Comparing what is stored equals padding on the right with zeros and comparing as text."""
    long_one, long_other = padded(one, other)

    assert (long_one < long_other) == (normal_sequencer(one) < normal_sequencer(other))
    assert (long_one == long_other) == (normal_sequencer(one) == normal_sequencer(other))


@given(HEX)
def test_a_normal_form_stays_as_it_is(sequencer: str) -> None:
    """Normalising what was stored changes nothing."""
    assert normal_sequencer(sequencer) == normal_sequencer(normal_sequencer(sequencer))


def test_changes_are_told_in_two_words() -> None:
    """The log and the saved queries name them."""
    assert ["created", "removed"] == [change.value for change in ObjectChange]


def test_unequal_lengths_compare_by_value_not_by_length() -> None:
    """A shorter sequencer can be the newer one."""
    assert normal_sequencer("0055AED6DCD9") > normal_sequencer("0055AED6DCD80281E5")


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
