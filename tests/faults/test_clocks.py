"""Clocks of workers, clients and AWS disagree: order follows versions and event ids alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from processor.budget import Budget
from processor.editing.pipeline import EditPipeline
from processor.edits.session import SessionStatus
from processor.upload.outcome import Result
from tests.factories.darkroom import AMPLE, Darkroom
from tests.factories.edits import EditRoom, Ticking, open_edit_room
from tests.invariants import assert_follows, assert_settled, snapshot_of

KEY = "wedding/IMG_1.jpg"
HOUR_MS = 3_600_000
LAST_YEAR, NEXT_YEAR = datetime(2024, 1, 1, tzinfo=UTC), datetime(2034, 1, 1, tzinfo=UTC)


def at(darkroom: Darkroom, when: datetime) -> Callable[..., object]:
    """Give the line of a worker whose clock stands at *when*."""

    def clock() -> datetime:
        return when

    line = darkroom.line
    renderer = replace(line.converger.renderer, now=clock)
    return replace(line, converger=replace(line.converger, renderer=renderer)).process


@pytest.mark.fault(30)
def test_a_worker_whose_clock_is_years_behind_records_the_newest_state(darkroom: Darkroom) -> None:
    """An older version that was rendered in the future does not stand in its way, in whatever order they come."""
    old = darkroom.upload(KEY, b"old")
    at(darkroom, NEXT_YEAR)(old, AMPLE)
    before = snapshot_of(darkroom)
    new = darkroom.upload(KEY, b"new")

    at(darkroom, LAST_YEAR)(new, AMPLE)

    after = snapshot_of(darkroom)
    assert ("2024-01-01T00:00:00.000Z", darkroom.versions[-1]) == (
        after.records[KEY]["processed_at"],
        after.records[KEY]["source_version"],
    )
    assert_settled(after)
    assert_follows(after, before)
    assert Result.UNCHANGED == darkroom.process(old).result
    assert after == snapshot_of(darkroom)


@pytest.mark.fault(30)
def test_a_deletion_by_a_clock_that_is_behind_is_final(darkroom: Darkroom) -> None:
    """The tombstone is older than the photo by its clock; there is no version any longer."""
    event = darkroom.upload(KEY, b"a photo")
    at(darkroom, NEXT_YEAR)(event, AMPLE)

    at(darkroom, LAST_YEAR)(darkroom.removal(KEY), AMPLE)

    assert Result.UNCHANGED == darkroom.process(event).result
    assert ("deleted", {}) == ((darkroom.record(KEY) or {})["status"], darkroom.kept())


@pytest.mark.fault(30)
def test_workers_whose_clocks_are_hours_apart_end_a_session_once() -> None:
    """Events are numbered by their place; a stream that is resumed by id misses nothing of either worker."""
    with open_edit_room() as room:
        session = room.begin("a", "b")
        for job, skew_ms in zip(session.jobs, (HOUR_MS, -HOUR_MS), strict=True):
            skewed(room, skew_ms).process(job, Budget(seconds_left=lambda: 300.0, memory_mib=2048))

        ended = room.read(session)
        times = [event.timestamp for event in ended.events]
        assert SessionStatus.COMPLETE is ended.status
        assert list(range(1, len(times) + 1)) == [event.id for event in ended.events]
        assert max(times) - min(times) > HOUR_MS
        assert ["session_complete"] == [event.type for event in ended.events_after(len(times) - 1)]


def skewed(room: EditRoom, skew_ms: int) -> EditPipeline:
    """Give the line of a worker whose clock is *skew_ms* ahead."""
    clock = Ticking(ms=room.clock.ms + skew_ms)
    return replace(room.line, work=replace(room.work, now_ms=clock))
