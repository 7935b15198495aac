"""Sessions under their workers' hands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from processor.api.views import session_document
from processor.aws.item_changes import Changed, ItemChange, SessionChanges
from processor.aws.session_work import Ended, FoundJob, JobState
from processor.editing.session_check import SessionChecker
from processor.edits.job import ImageJob
from processor.edits.session import ImageFailure, ImageProgress, ImageStatus, Session, SessionStatus
from processor.errors import StoreUnavailable
from tests.factories.edits import SESSIONS, SessionStore, a_result, open_sessions
from tests.factories.stores import answer_lost, once, refused

FETCHING = ImageProgress(status=ImageStatus.FETCHING, percent=5, message="Fetching.")
ENCODING = ImageProgress(status=ImageStatus.ENCODING, percent=90, message="Encoding.")
ENDED_BY_US = Ended(applied=True, state=JobState.DONE)
ENDED_BEFORE = Ended(applied=False, state=JobState.DONE)
BROKEN = ImageFailure(code="SOURCE_FAILED", message="The address did not answer.")


@pytest.fixture
def store() -> Iterator[SessionStore]:
    """Return an empty table."""
    with open_sessions() as opened:
        yield opened


def events(session: Session) -> list[tuple[int, str, str]]:
    """Shorten a session's events."""
    return [(event.id, event.type, event.image_id) for event in session.events]


def test_a_picture_goes_its_way(store: SessionStore) -> None:
    """Each change is an event, and the last one ends the session in the same write."""
    session = store.start("a")
    [job] = session.jobs

    found = store.work.start(job, FETCHING)
    assert (JobState.OPEN, SessionStatus.PROCESSING) == (found.state, found.session and found.session.status)
    assert ENDED_BY_US == store.work.finish(job, a_result(), seen=session)

    ended = store.read(session)
    assert [(1, "progress", "a"), (2, "complete", "a"), (3, "session_complete", "")] == events(ended)
    assert (SessionStatus.COMPLETE, {"a": a_result()}, 1, 0, 0) == (
        ended.status,
        ended.results,
        ended.counters.processed,
        ended.counters.failed,
        ended.counters.remaining,
    )
    assert ImageProgress(status=ImageStatus.COMPLETE, percent=100, message="Done.") == ended.progress["a"]
    assert ended.completed_at == ended.updated_at == ended.events[-1].timestamp


@pytest.mark.parametrize(
    ("good", "status"),
    [
        ("abc", SessionStatus.COMPLETE),
        ("ac", SessionStatus.PARTIAL),
        ("c", SessionStatus.PARTIAL),
        ("a", SessionStatus.PARTIAL),
        ("", SessionStatus.ERROR),
    ],
)
def test_the_end_of_a_session_counts_all_pictures(store: SessionStore, good: str, status: SessionStatus) -> None:
    """Whichever picture is the last."""
    session = store.start("a", "b", "c")

    for job in session.jobs:
        if job.image_id in good:
            store.work.finish(job, a_result(job.image_id), seen=session)
        else:
            store.work.fail(job, BROKEN, seen=session)

    ended = store.read(session)
    assert (status, len(good), 3 - len(good)) == (ended.status, ended.counters.processed, ended.counters.failed)
    assert {
        "type": "session_complete",
        "sessionId": session.session_id,
        "timestamp": ended.completed_at,
        "status": status.value,
        "totalProcessed": len(good),
        "totalFailed": 3 - len(good),
    } == ended.data_of(ended.events[-1])


def test_progress_only_moves_forward(store: SessionStore) -> None:
    """A second worker on the same picture repeats no event."""
    session = store.start("a")
    [job] = session.jobs
    for progress in (FETCHING, ENCODING, FETCHING, ENCODING):
        assert JobState.OPEN == store.work.advance(job, progress)

    assert [5, 90] == [event.progress and event.progress.percent for event in store.read(session).events]


@pytest.mark.parametrize("before", [FETCHING, ENCODING])
def test_a_picture_that_is_further_is_taken_up_again(store: SessionStore, before: ImageProgress) -> None:
    """The worker after a killed one gets the session, and repeats no event."""
    session = store.start("a")
    [job] = session.jobs
    store.work.advance(job, before)
    left = store.read(session)

    assert FoundJob(state=JobState.OPEN, session=left) == store.work.start(job, FETCHING)
    assert left == store.read(session)


def test_a_picture_that_has_ended_is_not_taken_up(store: SessionStore) -> None:
    """The job is delivered once more; nothing is left to do."""
    session = store.start("a", "b")
    done, _ = session.jobs
    store.work.finish(done, a_result(), seen=session)
    left = store.read(session)

    assert FoundJob(state=JobState.DONE, session=left) == store.work.start(done, FETCHING)
    assert left == store.read(session)


def test_a_look_changes_nothing_and_returns_the_state(store: SessionStore) -> None:
    """Open, done, cancelled, or gone: with its session, unless that is over."""
    session = store.start("a", "b")
    done, other = session.jobs
    store.work.finish(done, a_result(), seen=session)
    running = store.read(session)

    assert FoundJob(state=JobState.DONE, session=running) == store.work.look(done)
    assert FoundJob(state=JobState.OPEN, session=running) == store.work.look(other)
    unknown = ImageJob(session_id=session.session_id, image_id="c")
    assert FoundJob(state=JobState.GONE, session=running) == store.work.look(unknown)

    cancelled = store.sessions.cancel(session.session_id, user_id=session.user_id)
    assert FoundJob(state=JobState.CANCELLED, session=cancelled) == store.work.look(other)
    assert cancelled == store.read(session)


@pytest.mark.parametrize(("early_ms", "standing"), [(1_000, JobState.OPEN), (0, JobState.GONE)])
def test_a_session_is_open_until_its_second_comes(store: SessionStore, early_ms: int, standing: JobState) -> None:
    """Its time is over with the second that it names."""
    session = store.start("a")
    [job] = session.jobs
    store.clock.ms = session.expires_at * 1000 - early_ms

    found = store.work.look(job)
    assert (standing, standing is JobState.OPEN) == (found.state, found.session is not None)


def test_an_ending_that_is_refused_without_a_reason_is_tried_again_later(store: SessionStore) -> None:
    """A second refusal of an open picture cannot be; if it were, the job would come back and not be forgotten."""
    session = store.start("a")
    [job] = session.jobs
    calls: list[str] = []

    class Refusing(SessionChanges):
        def apply(self, key: str, change: ItemChange, *, return_item: bool = True) -> Changed:
            calls.append(key)
            item = super().apply(
                key, replace(change, condition="attribute_not_exists(sessionId)"), return_item=return_item
            )
            return Changed(applied=False, item=item.item)

    work = replace(store.work, changes=Refusing(dynamodb=store.work.changes.dynamodb, table=SESSIONS))
    with pytest.raises(StoreUnavailable, match="expected to end 'a' in 2 attempts, could not"):
        work.finish(job, a_result(), seen=session)

    assert 2 == len(calls)
    assert session == store.read(session)


def test_a_picture_ends_once(store: SessionStore) -> None:
    """An ended picture stays as it is, whatever a later delivery brings."""
    session = store.start("a", "b")
    job, _ = session.jobs
    store.work.finish(job, a_result(), seen=session)
    before = store.read(session)

    assert ENDED_BEFORE == store.work.fail(job, BROKEN, seen=session)
    assert ENDED_BEFORE == store.work.finish(job, a_result(name="other.jpg"), seen=session)
    assert JobState.DONE == store.work.advance(job, ENCODING)

    assert before == store.read(session)


def test_twenty_pictures_that_end_at_once_end_the_session_once(store: SessionStore) -> None:
    """No gap, no repeat, no second end: ten workers, each job delivered twice."""
    session = store.start(*(f"image-{number}" for number in range(20)))

    def deliver(job: ImageJob) -> Ended:
        store.work.advance(job, FETCHING)
        failing = job.image_id.endswith("7")
        if failing:
            return store.work.fail(job, BROKEN, seen=session)
        return store.work.finish(job, a_result(job.image_id), seen=session)

    with ThreadPoolExecutor(10) as pool:
        endings = list(pool.map(deliver, session.jobs * 2))

    ended = store.read(session)
    assert {ENDED_BY_US: 20, ENDED_BEFORE: 20} == Counter(endings)
    assert (SessionStatus.PARTIAL, 18, 2, 0) == (
        ended.status,
        ended.counters.processed,
        ended.counters.failed,
        ended.counters.remaining,
    )
    kinds = [event.type for event in ended.events]
    assert (18, 2, 1) == tuple(map(kinds.count, ("complete", "image_error", "session_complete")))
    assert "session_complete" == kinds[-1]
    assert list(range(1, len(kinds) + 1)) == [event.id for event in ended.events]


@pytest.mark.parametrize("number", [1, 2])
def test_a_cancelled_session_takes_nothing_more(store: SessionStore, number: int) -> None:
    """Not even the result of a picture that was at work; what was done before stays."""
    session = store.start("a", "b", "c")
    done, running, queued = session.jobs
    store.work.finish(done, a_result(), seen=session)
    store.work.advance(running, FETCHING)
    cancelled = [store.sessions.cancel(session.session_id, user_id=session.user_id) for _ in range(number)][-1]

    assert Ended(applied=False, state=JobState.CANCELLED) == store.work.finish(running, a_result("b"), seen=session)
    assert Ended(applied=False, state=JobState.CANCELLED) == store.work.fail(queued, BROKEN, seen=session)
    assert JobState.CANCELLED == store.work.advance(queued, FETCHING)
    assert JobState.DONE == store.work.advance(done, FETCHING)

    assert cancelled == store.read(session)
    assert [(1, "complete", "a"), (2, "progress", "b"), (3, "session_complete", "")] == events(cancelled)
    assert {"status": "cancelled", "totalProcessed": 1, "totalFailed": 0}.items() <= cancelled.data_of(
        cancelled.events[-1]
    ).items()
    assert [ImageStatus.COMPLETE, ImageStatus.CANCELLED, ImageStatus.CANCELLED] == [
        cancelled.progress_of(one).status for one in "abc"
    ]


@pytest.mark.parametrize("job", [ImageJob(session_id="ses_none", image_id="a")])
def test_a_job_of_no_session_is_gone(store: SessionStore, job: ImageJob) -> None:
    """Nothing is made where nothing was."""
    assert JobState.GONE == store.work.advance(job, FETCHING)
    assert [] == store.items()


def test_a_job_for_a_picture_that_the_session_lacks_is_gone(store: SessionStore) -> None:
    """Not a reason to invent one."""
    session = store.start("a")
    job = ImageJob(session_id=session.session_id, image_id="b")

    assert JobState.GONE == store.work.advance(job, FETCHING)
    assert session == store.read(session)


def test_an_expired_session_is_gone_though_dynamodb_still_has_it(store: SessionStore) -> None:
    """DynamoDB takes up to two days to delete it."""
    session = store.start("a")
    [job] = session.jobs
    store.clock.ms = session.expires_at * 1000

    assert JobState.GONE == store.work.advance(job, FETCHING)
    assert Ended(applied=False, state=JobState.GONE) == store.work.finish(job, a_result(), seen=session)


@pytest.mark.faults
def test_an_ending_whose_answer_is_lost_is_found_done(store: SessionStore) -> None:
    """The write was applied: the next delivery sees it and changes nothing."""
    session = store.start("a")
    [job] = session.jobs
    store.dynamodb.faults["update_item"] = once(answer_lost)
    with pytest.raises(StoreUnavailable):
        store.work.finish(job, a_result(), seen=session)
    ended = store.read(session)

    assert ENDED_BEFORE == store.work.finish(job, a_result(), seen=session)

    assert ended == store.read(session)
    assert [(1, "complete", "a"), (2, "session_complete", "")] == events(ended)


@pytest.mark.faults
def test_an_ending_that_dynamodb_refuses_is_a_reason_to_try_again(store: SessionStore) -> None:
    """Throttled: nothing was changed."""
    session = store.start("a")
    [job] = session.jobs
    store.dynamodb.faults["update_item"] = once(refused("ProvisionedThroughputExceededException"))

    with pytest.raises(StoreUnavailable, match="dynamodb:UpdateItem darkroom-sessions ses_"):
        store.work.finish(job, a_result(), seen=session)

    assert session == store.read(session)


RANKS = {SessionStatus.PENDING: 0, SessionStatus.PROCESSING: 1}
DONE = 2
NO_JOBS = cast("Any", None)  # nothing is sent
MOVES = st.tuples(
    st.sampled_from(["start", "advance", "set back", "finish", "fail", "cancel", "expire", "look"]),
    st.sampled_from("abc"),
    st.integers(1, 99),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(MOVES, max_size=14))
def test_a_status_only_goes_forward(store: SessionStore, moves: list[tuple[str, str, int]]) -> None:
    """Whatever workers, owners and checks do in whatever order: stored and shown statuses never go back.

    A status that ended never changes, a picture's ending neither, and events are only appended.
    """
    session = store.start("a", "b", "c")
    before = session
    shown = [SessionStatus.PROCESSING]  # the answer to the request

    for name, image_id, percent in moves:
        move(store, session, name, ImageJob(session_id=session.session_id, image_id=image_id), percent)
        now = store.read(session)

        assert RANKS.get(now.status, DONE) >= RANKS.get(before.status, DONE)
        assert now.status is before.status or not before.status.ended
        assert before.events == now.events[: len(before.events)]
        assert before.results.items() <= now.results.items()
        assert before.errors.items() <= now.errors.items()
        assert all(now.progress[one].percent >= before.progress[one].percent for one in "abc")
        assert int(now.status.ended) == [event.type for event in now.events].count("session_complete")
        shown.append(session_document(now, "ticket").status)
        before = now

    assert sorted(shown, key=lambda one: one.ended) == shown
    assert SessionStatus.PENDING not in shown


def move(store: SessionStore, session: Session, name: str, job: ImageJob, percent: int) -> None:
    """Let a worker, the owner or a check do one thing to *session*."""
    at = ImageProgress(status=ImageStatus.PROCESSING, percent=percent, message="At work.")
    match name:
        case "start":
            store.work.start(job, FETCHING)
        case "advance":
            store.work.advance(job, at)
        case "set back":
            store.work.set_back(job, "STORE_UNAVAILABLE")
        case "finish":
            store.work.finish(job, a_result(job.image_id), seen=session)
        case "fail":
            store.work.fail(job, BROKEN, seen=session)
        case "cancel":
            store.sessions.cancel(session.session_id, user_id=session.user_id)
        case "expire":
            SessionChecker(work=store.work, jobs=NO_JOBS, now_ms=store.clock).expire(job)
        case _:
            store.work.look(job)
