"""Checks of sessions: whatever is lost on the way, a session ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import pytest

from processor.aws.clients import sqs_client
from processor.aws.queues import CHECK_AFTER_S, Jobs, Queue
from processor.aws.sessions import expiry
from processor.editing.progress import FETCHING
from processor.editing.session_check import Checked, SessionChecker
from processor.edits.job import ImageJob, SessionCheck, read_message
from processor.edits.session import LONGEST_S, Session, SessionStatus
from processor.errors import StoreUnavailable
from tests.factories.darkroom import session as aws_session
from tests.factories.edits import NOW_MS, SessionStore, a_result, open_sessions
from tests.factories.stores import Wire, after, refused


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The sessions table, the jobs queue, and the checks of both. *delays*: of the checks that were sent."""

    store: SessionStore
    sqs: Wire
    url: str
    delays: list[tuple[str, int]]

    def check(self, session: Session, *, after_s: float) -> Checked:
        """Check *session* so long after its start."""
        self.store.clock.ms = session.created_at + round(after_s * 1000)
        jobs = Jobs(queue=Queue(sqs=cast("Any", self.sqs), url=self.url))
        checker = SessionChecker(work=self.store.work, jobs=jobs, now_ms=self.store.clock)
        return checker.check(SessionCheck(session_id=session.session_id))

    def sent(self) -> list[str]:
        """Take the pictures out of the queue whose jobs were sent."""
        found: list[str] = []
        while messages := self.sqs.client.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages"):
            found += [json.loads(one["Body"])["imageId"] for one in messages]
        return found


@pytest.fixture
def desk() -> Iterator[Desk]:
    """Return empty stores."""
    delays: list[tuple[str, int]] = []

    def noted(arguments: dict[str, Any], _: Any) -> Any:
        delays.append((arguments["MessageBody"], arguments["DelaySeconds"]))

    with open_sessions() as store:
        sqs = Wire(sqs_client(aws_session()), faults={"send_message": noted})
        yield Desk(store=store, sqs=sqs, url=sqs.client.create_queue(QueueName="jobs")["QueueUrl"], delays=delays)


def next_check(session: Session) -> list[tuple[str, int]]:
    """Return the message of the next check, and its delay."""
    return [(SessionCheck(session_id=session.session_id).body(), CHECK_AFTER_S)]


def test_a_session_without_jobs_gets_them(desk: Desk) -> None:
    """Its request died right after it was stored."""
    session = desk.store.start(*"abc")

    assert Checked(resent=3) == desk.check(session, after_s=901)

    assert (["a", "b", "c"], next_check(session)) == (sorted(desk.sent()), desk.delays)


def test_pictures_that_have_ended_get_no_job_again(desk: Desk) -> None:
    """One is done, one began and its message is lost, one has never had a job."""
    session = desk.store.start(*"abc")
    done, begun, _ = session.jobs
    desk.store.work.finish(done, a_result(), seen=session)
    desk.store.work.start(begun, FETCHING)

    assert Checked(resent=2) == desk.check(session, after_s=1000)

    assert ["b", "c"] == sorted(desk.sent())


def test_a_session_that_is_worked_on_is_left_alone(desk: Desk) -> None:
    """Its pictures wait in a long queue: more messages would only make it longer. The next check follows."""
    session = desk.store.start(*"abc")
    desk.store.clock.ms = session.created_at + 600_000
    desk.store.work.start(session.jobs[0], FETCHING)

    assert Checked() == desk.check(session, after_s=900)

    assert ([], next_check(session)) == (desk.sent(), desk.delays)


@pytest.mark.parametrize("way", ["done", "cancelled", "gone"])
def test_a_session_that_has_ended_is_not_checked_again(desk: Desk, way: str) -> None:
    """Nothing is sent, nothing changed."""
    session = desk.store.start("a")
    match way:
        case "done":
            desk.store.work.finish(session.jobs[0], a_result(), seen=session)
        case "cancelled":
            desk.store.sessions.cancel(session.session_id, user_id=session.user_id)
        case _:
            desk.store.dynamodb.client.delete_item(
                TableName="darkroom-sessions", Key={"sessionId": {"S": session.session_id}}
            )
    before = desk.store.items()

    assert Checked() == desk.check(session, after_s=1000)

    assert ([], [], before) == (desk.sent(), desk.delays, desk.store.items())


@pytest.mark.parametrize(("ttl_h", "last_s"), [(24, LONGEST_S), (2, 5400), (1, 1800)])
def test_a_session_ends_when_its_time_is_over(desk: Desk, ttl_h: int, last_s: int) -> None:
    """After three hours, or before its record expires; a result that is there stays, and the reason is true."""
    session = desk.store.start(*"abc", expires_at=expiry(NOW_MS, ttl_h))
    desk.store.work.finish(session.jobs[0], a_result(), seen=session)
    assert Checked(resent=2) == desk.check(session, after_s=last_s - 10)

    assert Checked(expired=2) == desk.check(session, after_s=last_s + 10)

    ended = desk.store.read(session)
    assert (SessionStatus.PARTIAL, {"a"}, {"b", "c"}) == (ended.status, set(ended.results), set(ended.errors))
    assert {
        ("INTERNAL_ERROR", "The picture was not edited in time, because of a fault on our side. Start the edit again.")
    } == {(one.code, one.message) for one in ended.errors.values()}
    assert 1 == [event.type for event in ended.events].count("session_complete")
    assert 1 == len(desk.delays), "no check follows the last one"


def test_a_picture_that_ends_while_its_session_expires_has_ended(desk: Desk) -> None:
    """A worker comes through at the last moment."""
    session = desk.store.start(*"ab")

    def finish(_: dict[str, Any], send: Any) -> Any:
        desk.store.dynamodb.faults.clear()
        desk.store.work.finish(session.jobs[0], a_result(), seen=session)
        return send()

    desk.store.dynamodb.faults["get_item"] = after(1, finish)

    assert Checked(expired=1) == desk.check(session, after_s=LONGEST_S + 10)

    assert {"a"} == set(desk.store.read(session).results)


@pytest.mark.faults
@pytest.mark.parametrize("operation", ["get_item", "send_message_batch", "send_message"])
def test_a_check_that_fails_is_repeated(desk: Desk, operation: str) -> None:
    """Its message returns to the queue."""
    session = desk.store.start("a")
    wire = desk.store.dynamodb if operation == "get_item" else desk.sqs
    wire.faults[operation] = refused("ServiceUnavailable", 503)

    with pytest.raises(StoreUnavailable):
        desk.check(session, after_s=1000)


def test_messages_are_read_as_what_they_are() -> None:
    """A job, a check, or a sentence on what was expected."""
    for message in (ImageJob(session_id="ses_1", image_id="a"), SessionCheck(session_id="ses_1")):
        assert message == read_message(message.body())
    with pytest.raises(ValueError, match="expected a job with sessionId and imageId"):
        read_message('{"checkSession": 1}')
