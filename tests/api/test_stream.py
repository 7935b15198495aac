"""Progress as it happens, over a real server: in order, without gap or repeat, with exactly one end."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import anyio
import httpx
import pytest
from pydantic import TypeAdapter
from sse_starlette import ServerSentEvent
from starlette.types import Message

from processor.api.documents import SessionEvent
from processor.api.stream import EventStream, resume_point
from processor.aws.user_limits import hashed
from processor.edits.job import ImageJob
from processor.edits.session import ImageFailure, ImageProgress, ImageStatus, Session
from processor.errors import EditError
from tests.factories.api import ADA, Api, Stage, bearer, open_api
from tests.factories.edits import a_result, a_session
from tests.factories.servers import Server, serve
from tests.factories.stores import refused
from tests.patience import HANG_S

Frame = dict[str, str]


@contextmanager
def served(stage: Stage | None = None) -> Generator[tuple[Api, Server]]:
    """Serve the whole application."""
    with open_api(stage) as api, serve(api.client.app) as server:
        yield api, server


def frames(lines: Iterator[str]) -> Iterator[Frame]:
    """Read a stream as a browser does, but for keeping comments and retry hints."""
    frame: Frame = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            frame[name] = value
        elif frame:
            yield frame
            frame = {}


@contextmanager
def streaming(server: Server, session_id: str, **headers: str) -> Generator[Iterator[Frame]]:
    """Open a stream."""
    path = f"/image-edit/progress/{session_id}"
    with server.client.stream("GET", path, headers=bearer() | headers) as answer:
        assert 200 == answer.status_code
        yield frames(answer.iter_lines())


def read_all(server: Server, session_id: str, last: int | None = None) -> list[Frame]:
    """Read a stream to its end."""
    headers = {} if last is None else {"Last-Event-ID": str(last)}
    with streaming(server, session_id, **headers) as events:
        return list(events)


def started(api: Api, *names: str) -> str:
    """Start a session."""
    images = [{"id": name, "url": f"https://example.com/{name}.jpg"} for name in names or ("a",)]
    return api.start(images=images).json()["sessionId"]


def at(percent: int) -> ImageProgress:
    """Be so far."""
    return ImageProgress(status=ImageStatus.PROCESSING, percent=percent, step="resize", message="Resizing.")


def work_on(api: Api, session_id: str, name: str, *, fails: bool = False) -> None:
    """Do what a worker does, without pixels."""
    job = ImageJob(session_id=session_id, image_id=name)
    for percent in (10, 40, 80):
        api.work.advance(job, at(percent))
    seen = api.store.sessions.get(session_id, user_id=ADA)
    failure = ImageFailure(code="CORRUPT", message="The photo is damaged.")
    ended = api.work.fail(job, failure, seen=seen) if fails else api.work.finish(job, a_result(name), seen=seen)
    assert ended.applied


def ids_of(events: list[Frame]) -> list[int]:
    """Return the ids of what happened, without heartbeats."""
    return [int(one["id"]) for one in events if "id" in one and one.get("event") != "heartbeat"]


def named(events: list[Frame], name: str) -> list[dict[str, Any]]:
    """Return the data of all events of one name."""
    return [json.loads(one["data"]) for one in events if one.get("event") == name]


def hints(events: list[Frame]) -> list[tuple[str | None, str | None]]:
    """Return comment and retry of blocks, each of which carries an event."""
    assert all(one["event"] == json.loads(one["data"])["type"] for one in events)
    return [(one.get(""), one.get("retry")) for one in events]


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for a condition; the limit is a hang guard, not a measurement."""
    deadline = time.monotonic() + HANG_S
    while not condition():
        assert time.monotonic() < deadline, "expected it to happen"
        time.sleep(0.01)


def test_a_session_is_followed_from_its_first_event_to_its_last() -> None:
    """Every event once and in order, with its name and data; the stream ends with session_complete."""
    with served() as (api, server):
        session_id = started(api, "a", "b")
        with streaming(server, session_id) as stream:
            opening = next(stream)
            assert ("1000", "heartbeat", "0") == (opening["retry"], opening["event"], opening["id"])
            work_on(api, session_id, "a")
            first = next(stream)
            work_on(api, session_id, "b", fails=True)
            events = [first, *stream]

    assert list(range(1, len(events) + 1)) == ids_of(events)
    assert "session_complete" == events[-1]["event"]
    assert [("partial", 1, 1)] == [
        (one["status"], one["totalProcessed"], one["totalFailed"]) for one in named(events, "session_complete")
    ]
    [complete], [failed] = named(events, "complete"), named(events, "image_error")
    assert ("a", a_result("a").model_dump(mode="json")) == (complete["imageId"], complete["result"])
    assert ("b", {"code": "CORRUPT", "message": "The photo is damaged."}) == (failed["imageId"], failed["error"])
    progress = named(events, "progress")[0]
    assert {"type", "sessionId", "timestamp", "imageId", "status", "progress", "step", "message"} == set(progress)
    assert {session_id} == {json.loads(one["data"])["sessionId"] for one in events}
    assert [one["event"] for one in events] == [json.loads(one["data"])["type"] for one in events]
    described = TypeAdapter(SessionEvent)
    assert all(described.validate_json(one["data"]) for one in [opening, *events])


def test_a_session_that_ended_long_ago_streams_all_its_events() -> None:
    """Opened late: all events, then the end, then the stream closes."""
    with served() as (api, server):
        session_id = started(api)
        work_on(api, session_id, "a")
        events = read_all(server, session_id)[1:]

    assert [1, 2, 3, 4, 5] == ids_of(events)
    assert ["progress"] * 3 + ["complete", "session_complete"] == [one["event"] for one in events]


@pytest.mark.fault(23)
def test_a_client_that_comes_back_misses_nothing_and_hears_nothing_twice() -> None:
    """Dropped after any event, resumed with its id: together the streams are the story, whole."""
    with served() as (api, server):
        session_id = started(api, "a", "b")
        work_on(api, session_id, "a")
        heard: list[Frame] = []
        with streaming(server, session_id) as stream:
            next(stream)
            heard += [next(stream) for _ in range(2)]
        work_on(api, session_id, "b")
        heard += read_all(server, session_id, last=int(heard[-1]["id"]))[1:]
        whole = read_all(server, session_id)[1:]

    assert whole == heard
    assert 1 == len(named(heard, "session_complete"))


def test_lines_end_in_a_line_feed() -> None:
    """As documented; CR LF is allowed by the standard, and one byte more a line."""
    with served() as (api, server):
        session_id = started(api)
        work_on(api, session_id, "a")
        answer = server.client.get(f"/image-edit/progress/{session_id}", headers=bearer())

    assert b"\r" not in answer.content
    assert answer.content.endswith(b"\n\n")


def test_a_client_that_knows_the_end_is_sent_away() -> None:
    """204 makes an EventSource stop, so that the end comes exactly once."""
    with served() as (api, server):
        session_id = started(api)
        work_on(api, session_id, "a")
        answer = server.client.get(f"/image-edit/progress/{session_id}", headers=bearer() | {"Last-Event-ID": "5"})

    assert (204, b"") == (answer.status_code, answer.content)


@pytest.mark.parametrize("last", ["6", "-1", "x", "1.0", "٣", "9" * 4000])
def test_an_event_that_never_was_is_refused_before_any_stream(api: Api, last: str) -> None:
    """A real status, and words about which ids there are."""
    session = a_session(events=())
    with pytest.raises(EditError) as caught:
        resume_point(session, last)

    assert 400 == caught.value.status
    assert "expected the id of an event of this session (0 to 0)" in caught.value.public


def test_heartbeats_show_that_a_quiet_stream_is_alive() -> None:
    """With the id of the event before, so that they never change where a client resumes."""
    with served(Stage(heartbeat_s=0.05)) as (api, server):
        session_id = started(api)
        with streaming(server, session_id) as stream:
            next(stream)
            silent = next(stream)
            api.work.advance(ImageJob(session_id=session_id, image_id="a"), at(10))
            later = [next(stream) for _ in range(6)]

    assert ("heartbeat", "0") == (silent["event"], silent["id"])
    assert {"type": "heartbeat", "sessionId": session_id} == {
        name: value for name, value in json.loads(silent["data"]).items() if name != "timestamp"
    }
    place = [one["event"] for one in later].index("progress")
    assert {"heartbeat"} == {one["event"] for one in later[:place] + later[place + 1 :]}
    assert {"1"} == {one["id"] for one in later[place:]}


def test_a_stream_ends_before_lambda_would_cut_it() -> None:
    """With a hint to come again, and without an end that is none."""
    with served(Stage(lifetime_s=0.1)) as (api, server):
        session_id = started(api)
        events = read_all(server, session_id)
        again = read_all(server, session_id)

    assert [(None, "1000"), ("resume", "1000")] == hints(events) == hints(again)


@pytest.mark.fault(23)
def test_a_client_that_leaves_changes_nothing() -> None:
    """Its session goes on, and the last to leave ends the reading."""
    with served() as (api, server):
        session_id = started(api)
        feeds = api.parts.streams.feeds
        with streaming(server, session_id) as stream:
            next(stream)
            assert [session_id] == list(feeds.followed)
        wait_until(lambda: not feeds.followed)
        before = api.store.sessions.get(session_id, user_id=ADA)
        calls = len(api.store.dynamodb.calls)
        work_on(api, session_id, "a")
        after = api.store.sessions.get(session_id, user_id=ADA)

    assert ("pending", "complete") == (before.status.value, after.status.value)
    assert calls


def test_the_streams_of_a_user_are_limited_and_closed_ones_make_room() -> None:
    """Twenty readers of three sessions: twelve get a stream, the others 429 before any stream."""
    with served() as (api, server):
        ids = [started(api) for _ in range(3)]
        with ExitStack() as opened:
            statuses = [opened.enter_context(asked(api, server, ids[number % 3])).status_code for number in range(20)]
        wait_until(lambda: "open" not in (api.store.item(f"streams#{hashed(ADA)}") or {}))
        with streaming(server, ids[0]) as stream:
            again = next(stream)["event"]

    assert {200: 12, 429: 8} == {status: statuses.count(status) for status in set(statuses)}
    assert "heartbeat" == again


@contextmanager
def asked(api: Api, server: Server, session_id: str) -> Generator[httpx.Response]:
    """Open a stream by ticket, or be refused."""
    path = f"/image-edit/progress/{session_id}?ticket={api.parts.tickets.issue(session_id)}"
    with server.client.stream("GET", path) as answer:
        yield answer


def test_many_readers_of_a_session_cost_one_reading() -> None:
    """Ten streams share one feed and get the same events."""
    with served() as (api, server):
        session_id = started(api)
        heard: list[list[Frame]] = []
        readers = [
            threading.Thread(target=lambda: heard.append(read_all(server, session_id)[1:]), daemon=True)
            for _ in range(10)
        ]
        for reader in readers:
            reader.start()
        feeds = api.parts.streams.feeds
        wait_until(lambda: sum(feed.readers for feed in feeds.followed.values()) == len(readers))
        assert 1 == len(feeds.followed)
        work_on(api, session_id, "a")
        for reader in readers:
            reader.join(HANG_S)

    assert 10 == len(heard)
    assert {json.dumps(heard[0])} == {json.dumps(one) for one in heard}


@pytest.mark.fault(24)
def test_a_reader_that_takes_nothing_costs_no_memory_and_delays_no_other() -> None:
    """It keeps its place in a list that all share; others hear the end meanwhile."""
    with served() as (api, server):
        session_id = started(api, "a", "b")
        with streaming(server, session_id) as slow:
            next(slow)
            work_on(api, session_id, "a")
            work_on(api, session_id, "b")
            fast = read_all(server, session_id)[1:]
            assert fast == list(slow)


@pytest.mark.fault(24)
def test_a_reader_that_is_stuck_is_let_go() -> None:
    """Its stream is closed, and a warning is logged; it can resume."""
    logged: list[str] = []
    closed: list[bool] = []

    async def endless() -> AsyncGenerator[ServerSentEvent]:
        try:
            while True:
                yield ServerSentEvent(retry=1)
        finally:
            closed.append(True)

    async def receive() -> Message:
        await anyio.sleep_forever()
        raise AssertionError("never")

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            await anyio.sleep_forever()

    async def stream() -> None:
        with anyio.fail_after(HANG_S):
            answer = EventStream(endless(), stuck=lambda: logged.append("stuck"), patience_s=0.01)
            await answer({"type": "http", "method": "GET"}, receive, send)

    anyio.run(stream)
    assert (["stuck"], [True]) == (logged, closed)


@pytest.mark.faults
def test_a_store_that_fails_for_a_moment_interrupts_nothing() -> None:
    """Two failed reads: the stream goes on as if nothing had been."""
    with served() as (api, server):
        session_id = started(api)
        with streaming(server, session_id) as stream:
            next(stream)
            api.store.dynamodb.faults["get_item"] = refused("ThrottlingException")
            calls = len(api.store.dynamodb.calls)
            wait_until(lambda: len(api.store.dynamodb.calls) >= calls + 2)
            api.store.dynamodb.faults.clear()
            work_on(api, session_id, "a")
            events = list(stream)

    assert [1, 2, 3, 4, 5] == ids_of(events)


@pytest.mark.faults
def test_a_store_that_stays_away_ends_streams_with_a_hint_to_come_again() -> None:
    """A stream ends when its session cannot be read."""
    with served() as (api, server):
        session_id = started(api)
        with streaming(server, session_id) as stream:
            next(stream)
            api.store.dynamodb.faults["get_item"] = refused("ThrottlingException")
            events = list(stream)

    assert [("resume", "1000")] == hints(events)


def test_a_session_that_expires_while_followed_ends_the_stream() -> None:
    """The client reconnects and gets 404."""
    with served() as (api, server):
        session_id = started(api)
        with streaming(server, session_id) as stream:
            next(stream)
            api.store.dynamodb.client.delete_item(
                TableName=api.store.sessions.table, Key={"sessionId": {"S": session_id}}
            )
            events = list(stream)
        again = server.client.get(f"/image-edit/progress/{session_id}", headers=bearer())

    assert ([("resume", "1000")], 404) == (hints(events), again.status_code)


@pytest.mark.faults
def test_a_defect_while_reading_is_logged_and_ends_the_streams(caplog: pytest.LogCaptureFixture) -> None:
    """No code awaits the reading task, so it must log its failure."""
    with served() as (api, server):
        session_id = started(api)
        with streaming(server, session_id) as stream:
            next(stream)

            def broken(_: str) -> Session | None:
                raise RuntimeError("a defect")

            api.parts.streams.feeds.read = broken
            events = list(stream)

    assert [("resume", "1000")] == hints(events)
    assert "Session not followed" in caplog.text


def test_real_statuses_come_before_any_stream() -> None:
    """401 and 404 as JSON, not as a stream that begins well."""
    with served() as (_, server):
        path = "/image-edit/progress/ses_AAAAAAAAAAAAAAAAAAAAAAAA"
        answers = [
            server.client.get(path, headers={"Accept": "text/event-stream"}),
            server.client.get(path, headers=bearer() | {"Accept": "text/event-stream"}),
        ]

    assert [401, 404] == [one.status_code for one in answers]
    assert {"application/json"} == {one.headers["content-type"] for one in answers}


def test_fifty_streams_on_one_process_all_hear_the_end() -> None:
    """Each its own session: readings share a few threads, streams none."""

    async def follow_all(origin: str, ids: list[str], begun: threading.Event) -> list[str]:
        limits = httpx.Limits(max_connections=None)
        heard: list[str] = []
        opened = 0
        async with httpx.AsyncClient(base_url=origin, timeout=HANG_S, limits=limits, trust_env=False) as client:

            async def follow(session_id: str, ticket: str) -> None:
                nonlocal opened
                path = f"/image-edit/progress/{session_id}?ticket={ticket}"
                async with client.stream("GET", path) as answer:
                    opened += 1
                    if opened == len(ids):
                        begun.set()
                    heard.append([line async for line in answer.aiter_lines() if line.startswith("event: ")][-1])

            async with anyio.create_task_group() as tasks:
                for session_id in ids:
                    tasks.start_soon(follow, session_id, api.parts.tickets.issue(session_id))
        return heard

    with served() as (api, server):
        ids = [api.store.start("a", user_id=f"user-{number}").session_id for number in range(50)]
        begun, heard = threading.Event(), list[str]()
        reader = threading.Thread(target=lambda: heard.extend(anyio.run(follow_all, server.origin, ids, begun)))
        reader.start()
        assert begun.wait(HANG_S)
        for number, session_id in enumerate(ids):
            api.store.sessions.cancel(session_id, user_id=f"user-{number}")
        reader.join(HANG_S)

    assert ["event: session_complete"] * 50 == heard
