"""Sessions in their owners' hands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from processor.aws.session_item import item_of
from processor.aws.session_reading import session_of
from processor.aws.sessions import cursor_to, new_session_id
from processor.edits.options import EditOptions
from processor.edits.session import (
    Counters,
    Event,
    ImageFailure,
    ImageProgress,
    ImageStatus,
    SessionImage,
    SessionStatus,
)
from processor.errors import EditCode, EditError, StoreUnavailable
from tests.factories.edits import NOW_MS, USER, SessionStore, a_result, a_session, open_sessions
from tests.factories.stores import answer_lost, once, refused

NOT_FOUND = "There is no such session: expected the id of a session of yours that has not expired."


@pytest.fixture
def store() -> Iterator[SessionStore]:
    """Return an empty table."""
    with open_sessions() as opened:
        yield opened


def refusal(call: Any, *arguments: Any, **more: Any) -> EditError:
    """Return the error that a call raises."""
    with pytest.raises(EditError) as raised:
        call(*arguments, **more)
    return raised.value


def test_a_session_is_read_as_it_was_stored(store: SessionStore) -> None:
    """With everything that can be in it."""
    session = a_session(
        SessionImage(id="a", url="https://example.com/a.jpg?sig=1", name="Été", tags=("x", "y")),
        SessionImage(id="b.c#d", url="photo://1"),
        status=SessionStatus.PARTIAL,
        operation={"type": "bulk", "bulkOp": {"type": "resize", "params": {"percent": 12.5, "width": 3}}},
        options=EditOptions(output_format="webp", quality=80, max_width=10),
        progress={
            "a": ImageProgress(status=ImageStatus.COMPLETE, percent=100, step="x", message="Done."),
            "b.c#d": ImageProgress(),
        },
        results={"a": a_result()},
        errors={"b.c#d": ImageFailure(code="SOURCE_FAILED", message="No.")},
        events=(
            Event(id=1, type="progress", timestamp=5, image_id="a", progress=ImageProgress(percent=5)),
            Event(id=2, type="complete", timestamp=6, image_id="a"),
            Event(id=3, type="session_complete", timestamp=7),
        ),
        counters=Counters(total=2, processed=1, failed=1, remaining=0),
        completed_at=NOW_MS + 7,
    )

    assert store.sessions.create(session)

    assert session == store.sessions.get(session.session_id, user_id=USER)
    assert session == session_of(item_of(session))


def test_an_id_is_used_once(store: SessionStore) -> None:
    """The stored session stays."""
    session = store.start("a")

    assert not store.sessions.create(replace(session, user_id="another user"))

    assert session == store.read(session)


def test_ids_cannot_be_guessed() -> None:
    """At least 22 characters of chance behind the prefix."""
    ids = {new_session_id() for _ in range(100)}

    assert 100 == len(ids)
    assert {("ses_", 28)} == {(one[:4], len(one)) for one in ids}


@pytest.mark.parametrize("session_id", ["ses_none", "", "user#1", "rate#1", "x" * 3000])
def test_what_is_no_session_is_not_found(store: SessionStore, session_id: str) -> None:
    """The table's other items are none; nor is anything asked of DynamoDB for them."""
    for call in (store.sessions.get, store.sessions.cancel):
        error = refusal(call, session_id, user_id=USER)
        assert (EditCode.SESSION_NOT_FOUND, NOT_FOUND) == (error.edit_code, error.public)
        assert len(str(error)) < 200

    assert [] == store.items()


def test_a_session_of_another_user_is_not_found_and_not_changed(store: SessionStore) -> None:
    """The answer is the one for a session that is not there."""
    session = store.start("a")

    for call in (store.sessions.get, store.sessions.cancel):
        assert NOT_FOUND == refusal(call, session.session_id, user_id="another user").public

    assert session == store.read(session)


def test_an_expired_session_is_not_found(store: SessionStore) -> None:
    """Though DynamoDB may keep it for two days more."""
    session = store.start("a")
    store.clock.ms = session.expires_at * 1000

    for call in (store.sessions.get, store.sessions.cancel):
        assert NOT_FOUND == refusal(call, session.session_id, user_id=USER).public
    assert () == store.sessions.of_user(USER, limit=10).sessions


def test_a_session_that_has_ended_is_not_cancelled(store: SessionStore) -> None:
    """Cancelling is safe to repeat, and comes too late without harm."""
    session = store.start("a")
    store.work.finish(session.jobs[0], a_result(), seen=session)
    ended = store.read(session)

    assert ended == store.sessions.cancel(session.session_id, user_id=USER)

    assert ended == store.read(session)


def test_sessions_are_listed_newest_first_page_by_page(store: SessionStore) -> None:
    """Only the caller's; the last page has no cursor."""
    mine = [store.start("a").session_id for _ in range(5)]
    store.start("a", user_id="another user")

    pages, cursor = [], None
    for _ in range(3):
        page = store.sessions.of_user(USER, limit=2, cursor=cursor)
        pages.append([one.session_id for one in page.sessions])
        cursor = page.cursor

    assert [mine[:2:-1], mine[2:0:-1], mine[:1]] == pages
    assert None is cursor


def test_a_listed_session_shows_how_it_stands(store: SessionStore) -> None:
    """A summary: what was asked for, and how far it is."""
    session = store.start("a", "b")
    store.work.finish(session.jobs[0], a_result(), seen=session)

    [summary] = store.sessions.of_user(USER, limit=10).sessions

    now = store.read(session)
    assert (now.status, now.counters, now.operation, now.created_at) == (
        summary.status,
        summary.counters,
        summary.operation,
        summary.created_at,
    )


def test_a_cursor_leads_through_the_callers_own_list(store: SessionStore) -> None:
    """A cursor of another user is a position in the caller's own list, and shows nothing of the other user."""
    theirs = store.start("a", user_id="another user")
    mine = store.start("a")
    cursor = cursor_to(str(theirs.created_at + 10_000), theirs.session_id)

    page = store.sessions.of_user(USER, limit=10, cursor=cursor)

    assert [mine.session_id] == [one.session_id for one in page.sessions]


@pytest.mark.parametrize("cursor", ["x", "é", "AAAA", cursor_to("soon", "ses_1"), cursor_to("1 2", "ses_1"), "=" * 9])
def test_a_cursor_that_is_not_ours_is_refused(store: SessionStore, cursor: str) -> None:
    """With a word on what to do."""
    error = refusal(store.sessions.of_user, USER, limit=10, cursor=cursor)

    assert (EditCode.INVALID_INPUT, True) == (error.edit_code, "Leave it out" in error.public)


@pytest.mark.faults
def test_a_start_whose_answer_was_lost_is_found_done(store: SessionStore) -> None:
    """The second attempt finds the id in use."""
    session = a_session("a")
    store.dynamodb.faults["put_item"] = once(answer_lost)
    with pytest.raises(StoreUnavailable, match="dynamodb:PutItem"):
        store.sessions.create(session)

    assert not store.sessions.create(session)
    assert session == store.read(session)


@pytest.mark.faults
@pytest.mark.parametrize(("operation", "label"), [("put_item", "PutItem"), ("query", "Query"), ("get_item", "GetItem")])
def test_what_dynamodb_refuses_is_a_reason_to_try_again(store: SessionStore, operation: str, label: str) -> None:
    """Never an answer about sessions."""
    store.dynamodb.faults[operation] = refused("ThrottlingException")
    calls = {
        "put_item": lambda: store.sessions.create(a_session("a")),
        "query": lambda: store.sessions.of_user(USER, limit=1),
        "get_item": lambda: store.sessions.get("ses_1", user_id=USER),
    }

    with pytest.raises(StoreUnavailable, match=f"dynamodb:{label} darkroom-sessions"):
        calls[operation]()
