"""The checks of edit sessions: each promise, and the text of its violation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lab.soak.check_sessions import check
from lab.soak.model import SessionLine, SessionSeen, StoredRendition
from testkit.simulated_user import ProgressEvent

ID = "ses_1"
RESULT = {"width": 40, "height": 30, "size": 5}
DONE = ProgressEvent(2, "complete", {"imageId": "i0", "result": RESULT})
REFUSED = ProgressEvent(3, "image_error", {"imageId": "i1", "error": {"code": "SOURCE_REFUSED"}})
END = ProgressEvent(4, "session_complete", {"status": "partial", "totalProcessed": 1, "totalFailed": 1})
EVENTS = (ProgressEvent(1, "progress", {"imageId": "i0", "progress": 10}), DONE, REFUSED, END)


def line(*events: ProgressEvent, **more: Any) -> SessionLine:
    """Write a session of two pictures, the second of which must be refused."""
    return replace(
        SessionLine(session_id=ID, user="ada", images={"i0": "", "i1": "SOURCE_REFUSED"}, events=events), **more
    )


def seen(session: SessionLine, **more: Any) -> SessionSeen:
    """See the same session again as it must be."""
    last = session.events[-1].data if session.events else {}
    return replace(
        SessionSeen(
            status=str(last.get("status")),
            counters={"processed": last.get("totalProcessed", 0), "failed": last.get("totalFailed", 0)},
            events=session.events,
            results={"i0": StoredRendition(size=(40, 30), stored_bytes=5)},
        ),
        **more,
    )


def found(session: SessionLine, again: SessionSeen | None = None) -> list[str]:
    """Say what is wrong."""
    return [str(one) for one in check({ID: session}, {ID: again or seen(session)})]


def ended(number: int, status: str, done: int, failed: int) -> ProgressEvent:
    """Write an end."""
    return ProgressEvent(number, "session_complete", {"status": status, "totalProcessed": done, "totalFailed": failed})


def test_a_session_that_went_as_it_must_is_well() -> None:
    """Nothing is held against it, with the same session for the same key."""
    assert [] == found(line(*EVENTS, repeats=(ID, ID)))


@pytest.mark.parametrize("ids", [(1, 3, 4, 5), (1, 2, 2, 3), (2, 1, 3, 4)], ids=["a gap", "a repeat", "out of order"])
def test_events_that_are_not_one_two_three_are_named(ids: tuple[int, ...]) -> None:
    """Resuming is only safe without gaps."""
    events = [one._replace(id=number) for one, number in zip(EVENTS, ids, strict=True)]

    assert [f"ses_1: expected events 1 to 4, found events {list(ids)}"] == found(line(*events))


def test_a_session_without_an_end_is_named() -> None:
    """The stream was over before the session was."""
    [told, *_] = found(line(*EVENTS[:3]))

    assert "ses_1: expected one session_complete, as the last event, found 0, and image_error as the last" == told


def test_a_session_that_ends_twice_is_named() -> None:
    """Exactly once, also when two workers were at its last pictures."""
    [told, *_] = found(line(*EVENTS, END._replace(id=5)))

    assert "ses_1: expected one session_complete, as the last event, found 2, and session_complete as the last" == told


@pytest.mark.parametrize(
    "end", [ended(4, "partial", 2, 1), ended(4, "partial", 1, 0), ended(4, "complete", 1, 1)], ids=str
)
def test_counters_that_do_not_sum_up_are_named(end: ProgressEvent) -> None:
    """Results, errors, and the status that follows from them."""
    [told] = found(line(*EVENTS[:3], end))

    assert told.startswith("ses_1: expected the end ('partial', 1, 1), found the end (")


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ((DONE, ended(3, "complete", 1, 0)), "ses_1, i1: expected one end, SOURCE_REFUSED, found []"),
        (
            (DONE, REFUSED, DONE._replace(id=4), ended(5, "partial", 2, 1)),
            "ses_1, i0: expected one end, a result, found ['', '']",
        ),
        (
            (REFUSED._replace(data={"imageId": "i0", "error": {"code": "INTERNAL_ERROR"}}), REFUSED),
            "ses_1, i0: expected one end, a result, found ['INTERNAL_ERROR']",
        ),
    ],
    ids=["never", "twice", "wrongly"],
)
def test_a_picture_that_does_not_end_once_as_it_must_is_named(events: tuple[ProgressEvent, ...], told: str) -> None:
    """Every picture comes to its one end."""
    assert told in found(line(*events))


def test_a_cancelled_session_may_leave_pictures_without_an_end() -> None:
    """But it says that it was cancelled, and no picture ends in another way."""
    short = (EVENTS[0], DONE, ended(3, "cancelled", 1, 0))

    assert [] == found(line(*short, cancelled=True))
    assert found(line(*short))
    assert ["ses_1: expected the end ('cancelled', 1, 1), found the end ('partial', 1, 1)"] == found(
        line(*EVENTS, cancelled=True)
    )


def test_another_session_for_the_same_key_is_named() -> None:
    """A repeated request starts nothing."""
    told = found(line(*EVENTS, repeats=(ID, "ses_2")))

    assert ["ses_1: expected the same session for the same key, found ses_2"] == told


def test_what_is_told_otherwise_later_is_named() -> None:
    """Events, status and counters of an ended session do not change."""
    session = line(*EVENTS)

    assert ["ses_1: expected the same 4 events again, found 3 other events"] == found(
        session, seen(session, events=EVENTS[:3])
    )
    assert ["ses_1: expected a session that says ('partial', 1, 1), found ('processing', 1, 1)"] == found(
        session, seen(session, status="processing")
    )


@pytest.mark.parametrize(
    "results",
    [
        {},
        {"i0": StoredRendition(size=None, stored_bytes=5)},
        {"i0": StoredRendition(size=(41, 30), stored_bytes=5)},
        {"i0": StoredRendition(size=(40, 30), stored_bytes=6)},
    ],
    ids=["gone", "undecodable", "another size", "another length"],
)
def test_a_result_that_is_not_what_was_told_is_named(results: dict[str, StoredRendition]) -> None:
    """The size and length of what the CDN shows are those of the event."""
    session = line(*EVENTS)

    [told] = found(session, seen(session, results=results))

    assert told.startswith("ses_1, i0: expected a result of ((40, 30), 5), found ")
