"""A session followed to its end, over streams as the API writes them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from bench.load.session_follower import MOST_STREAMS, NotDone, follow_session

RESULT = {"type": "complete", "result": {"url": "https://cdn.example/r.jpg"}}


def said(number: int, **data: object) -> list[str]:
    """Write an event."""
    return [f"id: {number}", f"event: {data['type']}", f"data: {json.dumps(data)}", ""]


def end(status: str = "complete", processed: int = 1) -> dict[str, object]:
    """Write the last event's data."""
    return {"type": "session_complete", "status": status, "totalProcessed": processed, "totalFailed": 0}


def test_a_session_is_done_when_its_stream_says_so() -> None:
    """Hints, comments and progress are passed over; the results are what the test then fetches."""
    lines = ["retry: 1000", "", ": comment", "", *said(1, type="progress"), *said(2, **RESULT), *said(3, **end())]

    assert ("https://cdn.example/r.jpg",) == follow_session(lambda _: lines)


def test_a_stream_that_breaks_is_taken_up_behind_its_last_event() -> None:
    """As browsers do; an event that came in half is not counted."""
    asked: list[str] = []
    streams: Iterator[list[str]] = iter([[*said(1, **RESULT), "id: 2", "data: {"], said(2, **end())])

    def open_stream(last_id: str) -> list[str]:
        asked.append(last_id)
        return next(streams)

    assert ("https://cdn.example/r.jpg",) == follow_session(open_stream)
    assert ["", "1"] == asked


@pytest.mark.parametrize(
    ("last", "text"),
    [
        (end("partial"), "received {'status': 'partial', 'totalProcessed': 1, 'totalFailed': 0}"),
        (end(processed=2), "expected a complete session with 1 results"),
    ],
)
def test_an_end_that_is_not_complete_is_none(last: dict[str, object], text: str) -> None:
    """Accepted, even ended, is not yet done."""
    with pytest.raises(NotDone, match=text):
        follow_session(lambda _: [*said(1, **RESULT), *said(2, **last)])


def test_a_stream_without_an_end_is_given_up() -> None:
    """Not for ever."""
    with pytest.raises(NotDone, match=f"the stream ended {MOST_STREAMS} times without it"):
        follow_session(lambda _: [])
