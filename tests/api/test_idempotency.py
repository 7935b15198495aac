"""Idempotency-Key: a request that comes again starts nothing twice."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from processor.api.app import create_app
from processor.editing.progress import FETCHING
from processor.edits.job import ImageJob
from tests.factories.api import ADA, BOB, Api, Client, bearer, edit
from tests.factories.stores import Fault, Request, after, refused

KEY = {"Idempotency-Key": "order 66"}
REFUSED = refused("ServiceUnavailable", 503)


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


@pytest.mark.parametrize("by", ["a refused batch", "a refused entry"])
@pytest.mark.faults
def test_a_retry_sends_the_jobs_that_were_not_sent_though_a_worker_has_begun(api: Api, by: str) -> None:
    """Ten of fifty jobs reached the queue, and one of them is worked on: the retry sends the others."""
    images = [{"id": str(number), "url": f"https://example.com/{number}.jpg"} for number in range(50)]
    partly: Fault = (lambda _, __: {"Failed": [{"Id": "0", "Code": "InternalError"}]}) if "entry" in by else REFUSED
    api.sqs.faults["send_message_batch"] = after(1, partly)
    assert 503 == api.start(images=images, headers=KEY).status_code
    api.sqs.faults.clear()
    sent = [ImageJob(session_id=one["sessionId"], image_id=one["imageId"]) for one in api.jobs()]
    api.work.start(sent[0], FETCHING)

    assert 202 == api.start(images=images, headers=KEY).status_code

    again = {one["imageId"] for one in api.jobs()}
    assert (10, {one["id"] for one in images}) == (len(sent), {job.image_id for job in sent} | again)
    assert sent[0].image_id not in again


def test_a_session_that_has_ended_gets_no_second_jobs(api: Api) -> None:
    """A retry then only repeats the response."""
    session_id = api.start(headers=KEY).json()["sessionId"]
    api.jobs()
    api.store.sessions.cancel(session_id, user_id=ADA)

    assert 202 == api.start(headers=KEY).status_code
    assert ([], 1) == (api.jobs(), sessions_of(api))


@pytest.mark.faults
def test_no_session_is_stored_without_a_check_that_looks_after_it(api: Api) -> None:
    """A process may die right after storing it: the check is in the queue before, and comes after 15 minutes."""
    asked: list[dict[str, Any]] = []

    def noted(arguments: dict[str, Any], send: Request) -> Any:
        asked.append({**arguments, "sessions": sessions_of(api)})
        return send()

    api.sqs.faults["send_message"] = noted
    session_id = api.start().json()["sessionId"]
    assert [(f'{{"checkSession":"{session_id}"}}', 900, 0)] == [
        (one["MessageBody"], one["DelaySeconds"], one["sessions"]) for one in asked
    ]

    api.sqs.faults["send_message"] = REFUSED
    assert 503 == api.start().status_code
    assert 1 == sessions_of(api)


@pytest.mark.parametrize(("later_h", "same"), [(0.9, True), (2, False), (30, False)])
def test_a_key_lives_no_longer_than_its_session(api: Api, later_h: float, *, same: bool) -> None:
    """With a session of one hour, the same request after two hours is a new edit, not a session that is not found."""
    service = replace(api.parts.session_service, session_ttl_h=1)
    client = Client(create_app(replace(api.parts, session_service=service)))
    first = client.post("/image-edit", json=edit(), headers={**bearer(), **KEY})
    now_ms = int((time.time() + later_h * 3600) * 1000)
    later = replace(
        service,
        sessions=replace(service.sessions, now_ms=lambda: now_ms),
        keys=replace(service.keys, now_s=lambda: now_ms / 1000),
        now_ms=lambda: now_ms,
    )
    again = Client(create_app(replace(api.parts, session_service=later))).post(
        "/image-edit", json=edit(), headers={**bearer(), **KEY}
    )

    assert [202, 202] == [first.status_code, again.status_code]
    assert same == (first.json()["sessionId"] == again.json()["sessionId"])


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
