"""Tests of the limits per user and of idempotency keys."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from processor.aws.sessions import new_session_id
from processor.aws.user_limits import GRACE_S
from processor.edits.session import LONGEST_S
from processor.errors import EditCode, EditError, StoreUnavailable
from tests.factories.edits import MINUTE_MS, USER, SessionStore, a_result, open_sessions
from tests.factories.stores import answer_lost, once, refused


@pytest.fixture
def store() -> Iterator[SessionStore]:
    """Return an empty table, at the beginning of an hour."""
    with open_sessions() as opened:
        opened.clock.back_to_the_hour()
        yield opened


def running(store: SessionStore) -> list[str]:
    """Start three sessions, as the API does."""
    ids: list[str] = []
    for _ in range(3):
        session_id = new_session_id()
        store.limits.reserve(USER, session_id, limit=3)
        store.start("a", session_id=session_id)
        ids.append(session_id)
    return ids


def test_requests_are_counted_down_to_none(store: SessionStore) -> None:
    """The one beyond the limit is refused, and so are all behind it in that minute."""
    allowances = [store.limits.count(USER, "write", limit=2) for _ in range(4)]

    assert [(True, 1), (True, 0), (False, 0), (False, 0)] == [(one.granted, one.remaining) for one in allowances]
    allowances[1].require()
    with pytest.raises(EditError) as raised:
        allowances[2].require()
    assert (EditCode.RATE_LIMIT_EXCEEDED, {"limit": 2, "retryAfter": 60}) == (
        raised.value.edit_code,
        raised.value.details,
    )
    assert "Too many requests: expected at most 2 a minute, received more. Try again in 60 seconds." == str(
        raised.value.public
    )


def test_a_new_minute_and_another_kind_and_another_user_count_anew(store: SessionStore) -> None:
    """Reads do not use up writes."""
    limits = store.limits
    for user, kind in ((USER, "write"), (USER, "read"), ("another user", "write")):
        assert limits.count(user, kind, limit=1).granted  # type: ignore[arg-type]
    assert not limits.count(USER, "write", limit=1).granted
    store.clock.ms += MINUTE_MS

    assert limits.count(USER, "write", limit=1).granted


def test_counters_expire_and_hold_no_user_id(store: SessionStore) -> None:
    """A user's id may be an address; nor does the list of sessions see them."""
    store.limits.count(USER, "write", limit=1)

    [item] = store.items()

    assert USER not in str(item)
    assert not {"userId", "createdAt"} & set(item)
    assert 60 <= int(item["ttl"]["N"]) - store.clock.ms // 1000 <= 120


def test_requests_at_the_same_time_are_all_counted(store: SessionStore) -> None:
    """Each process of the API sees only its own memory; the table sees all."""
    with ThreadPoolExecutor(8) as pool:
        granted = list(pool.map(lambda _: store.limits.count(USER, "write", limit=5).granted, range(12)))

    assert 5 == granted.count(True)


def test_so_many_sessions_may_run_and_no_more(store: SessionStore) -> None:
    """The error names those that have to end first."""
    ids = running(store)

    with pytest.raises(EditError) as raised:
        store.limits.reserve(USER, new_session_id(), limit=3)

    assert (EditCode.TOO_MANY_SESSIONS, {"limit": 3, "running": sorted(ids)}) == (
        raised.value.edit_code,
        raised.value.details,
    )
    assert raised.value.public.startswith("Too many sessions at the same time: expected at most 3, found 3 running.")
    store.limits.reserve("another user", new_session_id(), limit=3)


@pytest.mark.parametrize("way", ["complete", "cancelled", "deleted", "dead"])
def test_a_session_that_is_over_makes_room_for_another(store: SessionStore, way: str) -> None:
    """Every kind of end frees the place without an explicit call."""
    session = store.sessions.get(running(store)[1], user_id=USER)
    match way:
        case "complete":
            store.work.finish(session.jobs[0], a_result(), seen=session)
        case "cancelled":
            store.sessions.cancel(session.session_id, user_id=USER)
        case "deleted":
            store.dynamodb.client.delete_item(
                TableName="darkroom-sessions", Key={"sessionId": {"S": session.session_id}}
            )
            store.clock.ms += GRACE_S * 1000
        case _:
            store.clock.ms += LONGEST_S * 1000

    store.limits.reserve(USER, new_session_id(), limit=3)

    if way != "dead":
        with pytest.raises(EditError):
            store.limits.reserve(USER, new_session_id(), limit=3)


def test_ten_starts_at_the_same_time_make_three_sessions(store: SessionStore) -> None:
    """An id counts before its session is stored."""

    def start(_: int) -> bool:
        try:
            store.limits.reserve(USER, new_session_id(), limit=3)
        except EditError:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        started = list(pool.map(start, range(10)))

    assert 3 == started.count(True)


@pytest.mark.faults
def test_a_start_that_is_tried_again_takes_one_place(store: SessionStore) -> None:
    """The first attempt was counted, and its answer lost."""
    ids = [new_session_id() for _ in range(3)]
    for session_id in ids[:2]:
        store.limits.reserve(USER, session_id, limit=3)
    store.dynamodb.faults["update_item"] = once(answer_lost)
    with pytest.raises(StoreUnavailable):
        store.limits.reserve(USER, ids[2], limit=3)

    store.clock.ms += 1000
    store.limits.reserve(USER, ids[2], limit=3)

    with pytest.raises(EditError):
        store.limits.reserve(USER, new_session_id(), limit=3)


def test_a_key_leads_to_the_first_requests_session(store: SessionStore) -> None:
    """However often it comes; for its user alone."""
    first = store.keys.remember(USER, "key", body=b"{}", session_id="ses_1")
    again = store.keys.remember(USER, "key", body=b"{}", session_id="ses_2")
    other_key = store.keys.remember(USER, "key 2", body=b"{}", session_id="ses_3")
    other_user = store.keys.remember("another user", "key", body=b"{}", session_id="ses_4")

    assert ("ses_1", "ses_1", "ses_3", "ses_4") == (first, again, other_key, other_user)


def test_a_key_is_for_one_body(store: SessionStore) -> None:
    """Another request under the same key is a mistake of the client, so it is refused."""
    store.keys.remember(USER, "key", body=b"{}", session_id="ses_1")

    with pytest.raises(EditError) as raised:
        store.keys.remember(USER, "key", body=b"{\xff}", session_id="ses_2")

    assert EditCode.IDEMPOTENCY_CONFLICT == raised.value.edit_code


def test_a_key_is_forgotten_after_a_day(store: SessionStore) -> None:
    """DynamoDB may not have deleted it yet."""
    store.keys.remember(USER, "key", body=b"{}", session_id="ses_1")
    store.clock.ms += 24 * 3600 * 1000

    assert "ses_2" == store.keys.remember(USER, "key", body=b"[]", session_id="ses_2")


def test_a_user_and_a_key_are_not_confused(store: SessionStore) -> None:
    """The boundary between user and key is part of the name."""
    first = store.keys.remember("ab", "c", body=b"", session_id="ses_1")
    second = store.keys.remember("a", "bc", body=b"", session_id="ses_2")

    assert ("ses_1", "ses_2") == (first, second)


@pytest.mark.faults
def test_a_key_whose_answer_was_lost_is_remembered(store: SessionStore) -> None:
    """The request that comes again gets the id that the first was to have."""
    store.dynamodb.faults["update_item"] = once(answer_lost)
    with pytest.raises(StoreUnavailable):
        store.keys.remember(USER, "key", body=b"{}", session_id="ses_1")

    assert "ses_1" == store.keys.remember(USER, "key", body=b"{}", session_id="ses_2")


@pytest.mark.faults
def test_limits_that_cannot_be_counted_are_no_refusal(store: SessionStore) -> None:
    """Nor are they forgotten: the request may be tried again."""
    store.dynamodb.faults["update_item"] = refused("ThrottlingException")

    with pytest.raises(StoreUnavailable, match="dynamodb:UpdateItem darkroom-sessions rate#write#"):
        store.limits.count(USER, "write", limit=1)
