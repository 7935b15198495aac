"""Tests of the events and counters of a session."""

from __future__ import annotations

from dataclasses import astuple, replace

import pytest
from pydantic import ValidationError

from processor.edits.session import (
    Counters,
    EditResult,
    Event,
    EventType,
    ImageFailure,
    ImageProgress,
    ImageStatus,
    ResultMetadata,
    Session,
    SessionImage,
    SessionStatus,
)
from tests.factories.edits import a_result, a_session

FETCHING = ImageProgress(status=ImageStatus.FETCHING, percent=5, step="fetch", message="Fetching the picture.")


def ended() -> Session:
    """Make a session of which one picture was edited and one was not."""
    kinds: list[tuple[EventType, str]] = [
        ("progress", "a"),
        ("complete", "a"),
        ("image_error", "b"),
        ("session_complete", ""),
    ]
    return replace(
        a_session("a", "b", session_id="ses_1"),
        status=SessionStatus.PARTIAL,
        progress={"a": FETCHING, "b": FETCHING},
        results={"a": a_result()},
        errors={"b": ImageFailure(code="SOURCE_FAILED", message="No answer.")},
        counters=Counters(total=2, processed=1, failed=1, remaining=0),
        events=tuple(
            Event(id=number, type=kind, timestamp=number, image_id=image, progress=None if number > 1 else FETCHING)
            for number, (kind, image) in enumerate(kinds, 1)
        ),
    )


def test_events_are_written_as_the_contract_says() -> None:
    """Results and errors are joined again; they are stored once."""
    session = ended()

    assert [
        {
            "type": "progress",
            "sessionId": "ses_1",
            "timestamp": 1,
            "imageId": "a",
            "status": "fetching",
            "progress": 5,
            "step": "fetch",
            "message": "Fetching the picture.",
        },
        {
            "type": "complete",
            "sessionId": "ses_1",
            "timestamp": 2,
            "imageId": "a",
            "result": a_result().model_dump(mode="json"),
        },
        {
            "type": "image_error",
            "sessionId": "ses_1",
            "timestamp": 3,
            "imageId": "b",
            "error": {"code": "SOURCE_FAILED", "message": "No answer."},
        },
        {
            "type": "session_complete",
            "sessionId": "ses_1",
            "timestamp": 4,
            "status": "partial",
            "totalProcessed": 1,
            "totalFailed": 1,
        },
    ] == [session.data_of(event) for event in session.events]


@pytest.mark.parametrize(("last", "ids"), [(0, [1, 2, 3, 4]), (-1, [1, 2, 3, 4]), (2, [3, 4]), (4, []), (99, [])])
def test_a_stream_goes_on_behind_the_last_event(last: int, ids: list[int]) -> None:
    """Neither gap nor repeat."""
    assert ids == [event.id for event in ended().events_after(last)]


def test_jobs_wait_until_a_worker_reports_and_are_open_until_they_end() -> None:
    """A job that no worker reported on may have got lost; one that ended, or whose session did, is never sent again."""
    session = a_session("a", "b", "c")
    at_work = replace(
        session,
        status=SessionStatus.PROCESSING,
        progress={"a": FETCHING, "b": FETCHING, "c": ImageProgress()},
        results={"a": a_result()},
    )

    assert session.jobs == session.open_jobs == session.waiting_jobs
    assert (["b", "c"], ["c"]) == (
        [job.image_id for job in at_work.open_jobs],
        [job.image_id for job in at_work.waiting_jobs],
    )
    for status in (one for one in SessionStatus if one.ended):
        ended_now = replace(at_work, status=status)
        assert ((), ()) == (ended_now.open_jobs, ended_now.waiting_jobs)


@pytest.mark.parametrize("status", list(SessionStatus))
def test_two_statuses_are_not_the_end(status: SessionStatus) -> None:
    """Pending and processing."""
    assert (status not in {SessionStatus.PENDING, SessionStatus.PROCESSING}) == status.ended


def test_statuses_are_the_words_of_the_contract() -> None:
    """Clients and the page compare them."""
    assert ["pending", "processing", "complete", "partial", "error", "cancelled"] == [
        one.value for one in SessionStatus
    ]
    assert ["queued", "fetching", "processing", "encoding", "complete", "error", "cancelled"] == [
        one.value for one in ImageStatus
    ]


def test_a_picture_that_no_worker_has_taken_up_is_queued_at_zero() -> None:
    """Before any progress."""
    assert (ImageStatus.QUEUED, 0, "", "", "") == astuple(ImageProgress())
    assert ("", ()) == astuple(SessionImage(id="a", url="u"))[2:]
    assert (0, 0) == astuple(Counters(total=1, remaining=1))[1:3]


def test_only_a_cancelled_session_cancels_its_pictures() -> None:
    """A picture at work stays at work until then; one that has ended has ended."""
    running = replace(a_session("a"), status=SessionStatus.PROCESSING, progress={"a": FETCHING})
    cancelled = replace(running, status=SessionStatus.CANCELLED)

    assert FETCHING == running.progress_of("a")
    assert ImageProgress(status=ImageStatus.CANCELLED, percent=5, message="Cancelled.") == cancelled.progress_of("a")
    assert FETCHING == replace(cancelled, results={"a": a_result()}).progress_of("a")


def test_the_message_of_a_failed_picture_is_its_error() -> None:
    """Not the step at which it failed."""
    failed = replace(
        a_session("a", "b"),
        status=SessionStatus.PROCESSING,
        progress={"a": FETCHING, "b": FETCHING},
        errors={"a": ImageFailure(code="SOURCE_FAILED", message="The address did not answer.")},
    )

    assert ImageProgress(
        status=ImageStatus.ERROR, percent=5, step=FETCHING.step, message="The address did not answer."
    ) == failed.progress_of("a")


def test_a_picture_that_was_set_back_says_that_it_is_tried_again() -> None:
    """Until it ends."""
    set_back = replace(FETCHING, setback="STORE_UNAVAILABLE")
    session = replace(a_session("a"), status=SessionStatus.PROCESSING, progress={"a": set_back})

    assert (
        "The edit was interrupted by a fault on our side. It is tried again soon." == session.progress_of("a").message
    )
    assert FETCHING.message == replace(session, results={"a": a_result()}).progress_of("a").message


@pytest.mark.parametrize("field", ["width", "height", "size"])
def test_a_result_has_a_size(field: str) -> None:
    """One pixel and one byte are the least; nothing is none."""
    facts = a_result().model_dump()

    assert 1 == getattr(EditResult.model_validate(facts | {field: 1}), field)
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        EditResult.model_validate(facts | {field: 0})


def test_a_result_may_take_no_time_at_all_but_not_less() -> None:
    """Clocks are coarse, and never run backwards."""
    facts = a_result().metadata.model_dump()

    assert 0 == ResultMetadata.model_validate(facts | {"processing_time_ms": 0}).processing_time_ms
    with pytest.raises(ValidationError, match="greater than or equal to 0"):
        ResultMetadata.model_validate(facts | {"processing_time_ms": -1})


def test_a_result_does_not_change() -> None:
    """A past event never changes."""
    result = a_result()
    with pytest.raises(ValidationError, match="frozen"):
        result.width = 9  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(ValidationError, match="frozen"):
        result.metadata.notes = ("other",)  # pyright: ignore[reportAttributeAccessIssue]
