"""Tests of the limits per user, and of the headers that report the remaining requests."""

from __future__ import annotations

import pytest

from tests.factories.api import BOB, Api, bearer
from tests.factories.stores import refused


def headers_of(answer: object) -> tuple[str, ...]:
    """Return limit and remaining."""
    headers = getattr(answer, "headers", {})
    return headers["x-ratelimit-limit"], headers["x-ratelimit-remaining"]


def test_the_eleventh_start_within_a_minute_has_to_wait(api: Api) -> None:
    """429 with Retry-After; refused requests count too, so that repeated attempts do not help."""
    answers = [api.start(operation={"type": "command", "command": "fnord"}) for _ in range(11)]

    assert [422] * 10 + [429] == [one.status_code for one in answers]
    assert [("10", str(left)) for left in [*range(9, -1, -1), 0]] == [headers_of(one) for one in answers]
    last = answers[-1]
    assert "RATE_LIMIT_EXCEEDED" == last.json()["code"]
    assert 1 <= int(last.headers["retry-after"]) <= 60
    assert last.headers["retry-after"] == last.headers["x-ratelimit-reset"]
    assert 202 == api.start(user=BOB).status_code


def test_reads_have_a_limit_of_their_own(api: Api) -> None:
    """Sixty a minute, of all kinds together; starts are not among them."""
    answers = [api.get("/image-edit/sessions") for _ in range(59)]
    answers.append(api.client.post("/image-edit/parse", json={"command": "resize to 50%"}, headers=bearer()))
    over = api.get("/image-edit/operations")

    assert {200} == {one.status_code for one in answers}
    assert ("60", "0") == headers_of(answers[-1])
    assert (429, "RATE_LIMIT_EXCEEDED") == (over.status_code, over.json()["code"])
    assert 202 == api.start().status_code


def test_reading_by_ticket_is_counted_by_session_and_leaves_the_owners_reads_alone(api: Api) -> None:
    """A ticket is no way around the limit, nor one to lock its owner out."""
    url = api.start().json()["progressUrl"]
    answers = [api.client.get(url, headers={"Accept": "application/json"}) for _ in range(61)]

    assert [("60", "59"), ("60", "58")] == [headers_of(one) for one in answers[:2]]
    assert [200] * 60 + [429] == [one.status_code for one in answers]
    assert ("60", "59") == headers_of(api.get("/image-edit/sessions"))


def test_upload_slots_are_limited_per_user_and_hour(api: Api) -> None:
    """Two hundred: each is 25 MiB of storage for a day."""
    slots = {"files": [{"size": 1}] * 50}
    asked = [api.client.post("/image-edit/uploads", json=slots, headers=bearer()) for _ in range(5)]

    assert [200] * 4 + [429] == [one.status_code for one in asked]
    last = asked[-1]
    assert last.json()["error"].startswith("Too many upload slots: expected at most 200 an hour, received more.")
    # The limit that refused it, not the one by the minute, which has room.
    assert ("200", "0") == headers_of(last)
    assert str(last.json()["details"]["retryAfter"]) == last.headers["retry-after"] == last.headers["x-ratelimit-reset"]
    assert 200 == api.client.post("/image-edit/uploads", json=slots, headers=bearer(BOB)).status_code


def test_refusals_report_the_remaining_requests_too(api: Api) -> None:
    """404 and 400 carry the headers like any other answer."""
    assert ("60", "59") == headers_of(api.get("/image-edit/session/ses_AAAAAAAAAAAAAAAAAAAAAAAA"))
    assert ("60", "58") == headers_of(api.get("/image-edit/sessions?limit=0"))


def test_strangers_are_not_counted(api: Api) -> None:
    """Without a user nothing is counted or written."""
    answer = api.client.get("/image-edit/sessions")

    assert 401 == answer.status_code
    assert "x-ratelimit-limit" not in answer.headers
    assert [] == api.store.items()


@pytest.mark.faults
def test_when_nothing_can_be_counted_nothing_is_let_through(api: Api) -> None:
    """A limit that opens when its store is slow is no limit."""
    api.store.dynamodb.faults["update_item"] = refused("ThrottlingException")

    assert 503 == api.get("/image-edit/sessions").status_code
