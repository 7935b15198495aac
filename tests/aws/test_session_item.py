"""Tests of the parts that every change of a session uses: the time, and the item in a failed condition."""

from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from processor.aws.item_changes import item_in
from processor.aws.session_item import milliseconds, running_values


def test_the_time_is_in_milliseconds() -> None:
    """Neither seconds nor nanoseconds: events, expiry and limits are computed from it."""
    before = int(time.time() * 1000)
    now = milliseconds()

    assert before - 1 <= now <= int(time.time() * 1000) + 1


def test_a_running_session_is_asked_for_in_milliseconds_and_seconds() -> None:
    """Events count ms, DynamoDB's expiry s."""
    assert {
        ":pending": "pending",
        ":processing": "processing",
        ":now": 1_700_000_000_999,
        ":now_s": 1_700_000_000,
    } == running_values(1_700_000_000_999)


@pytest.mark.parametrize(
    ("more", "item"), [({"Item": {"a": {"S": "b"}}}, {"a": {"S": "b"}}), ({"Item": {}}, None), ({}, None)]
)
def test_a_failed_condition_returns_the_item(more: dict[str, Any], item: dict[str, Any] | None) -> None:
    """No item, or an empty one: there was none."""
    answer: Any = {"Error": {"Code": "ConditionalCheckFailedException"}, **more}

    assert item == item_in(ClientError(answer, "UpdateItem"))
