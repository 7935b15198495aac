"""Idempotency-Key: a request that comes again starts nothing twice."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.factories.api import ADA, BOB, Api
from tests.factories.stores import refused

KEY = {"Idempotency-Key": "order 66"}


def sessions_of(api: Api, user: str = ADA) -> int:
    """Count a user's sessions."""
    return len(api.store.sessions.of_user(user, limit=10).sessions)


@pytest.mark.fault(21)
def test_the_same_request_again_gets_the_same_session(api: Api) -> None:
    """There is one session; its jobs are sent again while no worker has started one, which does no harm."""
    answers = [api.start(headers=KEY) for _ in range(2)]

    assert [202, 202] == [one.status_code for one in answers]
    assert 1 == len({one.json()["sessionId"] for one in answers})
    assert (1, 2) == (sessions_of(api), len(api.jobs()))


@pytest.mark.fault(22)
def test_another_body_under_the_same_key_is_a_conflict(api: Api) -> None:
    """The second request is refused, not silently answered with the first one's session."""
    api.start(headers=KEY)
    answer = api.start(headers=KEY, options={"quality": 50})

    assert (409, "IDEMPOTENCY_CONFLICT") == (answer.status_code, answer.json()["code"])
    assert 1 == sessions_of(api)


def test_keys_of_two_users_have_nothing_in_common(api: Api) -> None:
    """A key of another user reveals nothing."""
    ada, bob = api.start(headers=KEY), api.start(user=BOB, headers=KEY)

    assert [202, 202] == [ada.status_code, bob.status_code]
    assert ada.json()["sessionId"] != bob.json()["sessionId"]


def test_without_a_key_every_request_is_its_own(api: Api) -> None:
    """Two equal requests are two sessions."""
    assert api.start().json()["sessionId"] != api.start().json()["sessionId"]


@pytest.mark.fault(21)
@pytest.mark.faults
def test_two_concurrent_requests_with_one_key_are_one_session(api: Api) -> None:
    """Both get the same session, in either order."""
    answers: list[Any] = []
    threads = [threading.Thread(target=lambda: answers.append(api.start(headers=KEY))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {202} == {one.status_code for one in answers}
    assert (1, 1) == (len({one.json()["sessionId"] for one in answers}), sessions_of(api))


@pytest.mark.faults
def test_a_retry_completes_what_the_first_request_did_not_live_to_do(api: Api) -> None:
    """The session was stored, its jobs were not sent: the same request again sends them."""
    api.sqs.faults["send_message_batch"] = refused("ServiceUnavailable", 503)
    assert 503 == api.start(headers=KEY).status_code
    api.sqs.faults.clear()
    answer = api.start(headers=KEY)

    assert 202 == answer.status_code
    assert [{"sessionId": answer.json()["sessionId"], "imageId": "a"}] == api.jobs()
    assert 1 == sessions_of(api)


@pytest.mark.faults
def test_a_retry_after_a_death_before_the_session_was_stored_stores_it(api: Api) -> None:
    """Only the key was remembered: the retry uses the id that it was bound to."""
    api.store.dynamodb.faults["put_item"] = refused("InternalServerError", 500)
    assert 503 == api.start(headers=KEY).status_code
    api.store.dynamodb.faults.clear()

    assert 202 == api.start(headers=KEY).status_code
    assert (1, 1) == (sessions_of(api), len(api.jobs()))


def test_a_session_that_a_worker_has_started_gets_no_second_jobs(api: Api) -> None:
    """Once a worker has begun, a retry only repeats the response."""
    session_id = api.start(headers=KEY).json()["sessionId"]
    api.jobs()
    session = api.store.sessions.get(session_id, user_id=ADA)
    api.store.sessions.cancel(session_id, user_id=ADA)

    assert 202 == api.start(headers=KEY).status_code
    assert ([], session.session_id) == (api.jobs(), session_id)


@pytest.mark.parametrize("key", ["x" * 256, "tab\there"])
def test_a_key_that_is_no_text_is_refused(api: Api, key: str) -> None:
    """Up to 255 printable characters."""
    answer = api.start(headers={"Idempotency-Key": key})

    assert (400, "INVALID_INPUT") == (answer.status_code, answer.json()["code"])
    assert answer.json()["error"].startswith("Invalid value ")
    assert "for `Idempotency-Key` (header): expected " in answer.json()["error"]


def test_neither_user_nor_key_stand_in_the_table_in_clear(api: Api) -> None:
    """Keys may be order numbers, users e-mail addresses."""
    api.start(headers=KEY)
    helpers = [str(one) for one in api.store.items() if not one["sessionId"]["S"].startswith("ses_")]

    assert 3 == len(helpers)
    assert [] == [one for one in helpers if "order 66" in one or f"'{ADA}" in one or f"#{ADA}" in one]
