"""Tests of failures around one edit: one result, one event that ends the picture, one that ends the session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from moto.dynamodb.models.dynamo_type import LimitedSizeDict

from processor.aws.session_room import MAX_ITEM_BYTES, item_bytes
from processor.budget import Budget
from processor.editing.outcome import EditEnding
from processor.editing.pipeline import MAX_DELIVERIES, limits_in
from processor.edits.job import ImageJob
from processor.edits.names import slot_key
from processor.edits.operations.overlay import Watermark
from processor.edits.operations.size import Resize
from processor.edits.operations.turn import Flip, Rotate
from processor.edits.plan import Plan, plan_from_steps
from processor.edits.session import RETRYING, Session, SessionImage, SessionStatus
from processor.errors import EditCode, EditError, OutOfTime, StoreUnavailable
from processor.imaging.edit_model import EditLimits
from processor.source import Source
from tests.factories.darkroom import AMPLE, CDN_HOST
from tests.factories.edits import RESULTS, SESSIONS, USER, EditRoom, open_edit_room
from tests.factories.stores import Fault, Killed, after, answer_lost, first, killed, once, refused

pytestmark = pytest.mark.faults
ENDED = ("complete", "image_error", "session_complete")


@pytest.fixture
def room() -> Iterator[EditRoom]:
    """Return empty stores and an edit pipeline over them."""
    with open_edit_room() as opened:
        yield opened


def assert_edited_once(room: EditRoom, session: Session) -> None:
    """Every picture has one result, and every ending came once; ids have no gaps, progress no step back."""
    ended = room.read(session)
    kinds = Counter(event.type for event in ended.events)
    assert (SessionStatus.COMPLETE, len(session.images), 0, 1) == (
        ended.status,
        kinds["complete"],
        kinds["image_error"],
        kinds["session_complete"],
    )
    assert {image.id for image in session.images} == set(ended.results) == set(by_folder(room))
    assert "session_complete" == ended.events[-1].type
    for image in session.images:
        percents = [one.progress.percent for one in ended.events if one.progress and one.image_id == image.id]
        assert sorted(set(percents)) == percents


def by_folder(room: EditRoom) -> list[str]:
    """Name the pictures that have a stored result."""
    return [key.split("/")[2] for key in room.kept()]


def cancelled(room: EditRoom, session: Session) -> Callable[[], object]:
    """Cancel a session when called."""
    return lambda: room.sessions.cancel(session.session_id, user_id=session.user_id)


@pytest.mark.fault(1)
def test_a_job_that_comes_ten_times_is_done_once(room: EditRoom) -> None:
    """Nine replays change nothing, and edit nothing."""
    session = room.begin("a")
    room.process(session.jobs[0])
    ended, objects = room.read(session), list(room.s3.writes)

    endings = {room.process(session.jobs[0]).ending for _ in range(9)}

    assert {EditEnding.SETTLED} == endings
    assert (ended, objects, 1) == (room.read(session), room.s3.writes, len(room.editor.seen))


@pytest.mark.fault(1)
def test_a_job_that_comes_ten_times_at_once_is_done_once(room: EditRoom) -> None:
    """Ten workers: one ends the picture, the others find it ended."""
    session = room.begin("a")

    with ThreadPoolExecutor(10) as pool:
        endings = Counter(outcome.ending for outcome in pool.map(room.process, [*session.jobs] * 10))

    assert {EditEnding.EDITED: 1, EditEnding.SETTLED: 9} == endings
    assert_edited_once(room, session)


def test_a_batch_that_is_delivered_twice_to_many_workers_ends_once(room: EditRoom) -> None:
    """Six pictures, two deliveries of each, eight workers."""
    session = room.begin(*"abcdef")

    with ThreadPoolExecutor(8) as pool:
        endings = Counter(outcome.ending for outcome in pool.map(room.process, session.jobs * 2))

    assert 6 == endings[EditEnding.EDITED]
    assert_edited_once(room, session)


@pytest.mark.fault(20)
@pytest.mark.parametrize(
    ("client", "operation", "requests"),
    [("dynamodb", "update_item", range(4)), ("dynamodb", "get_item", range(1)), ("s3", "put_object", range(1))],
)
def test_a_worker_may_die_at_any_request(room: EditRoom, client: str, operation: str, requests: range) -> None:
    """Failures while starting, reporting, storing and ending: the next delivery completes the job."""
    for number in requests:
        session = room.begin("a")
        wire = getattr(room, client)
        wire.faults[operation] = after(number, killed)
        with pytest.raises(Killed):
            room.process(session.jobs[0])
        wire.faults.clear()

        assert EditEnding.EDITED == room.process(session.jobs[0]).ending

        events = [event.type for event in room.read(session).events if event.type in ENDED]
        assert ["complete", "session_complete"] == events


@pytest.mark.fault(20)
def test_a_worker_that_dies_after_storing_is_continued(room: EditRoom) -> None:
    """The result lies there already; its name and its id follow from the job."""
    session = room.begin("a")
    room.dynamodb.faults["update_item"] = after(3, killed)
    with pytest.raises(Killed):
        room.process(session.jobs[0])
    stored = list(room.kept())
    room.dynamodb.faults.clear()

    room.process(session.jobs[0])

    assert stored == list(room.kept())
    assert_edited_once(room, session)


@pytest.mark.fault(20)
def test_a_worker_that_dies_in_the_editor_is_continued(room: EditRoom) -> None:
    """Nothing was stored."""
    session = room.begin("a")

    def die() -> None:
        raise Killed

    room.editor.during[0] = die
    with pytest.raises(Killed):
        room.process(session.jobs[0])
    assert {} == room.kept()

    assert EditEnding.EDITED == room.process(session.jobs[0]).ending
    assert_edited_once(room, session)


@pytest.mark.fault(8, 9)
@pytest.mark.parametrize(
    "fault",
    [
        refused("ProvisionedThroughputExceededException"),
        refused("ThrottlingException"),
        refused("InternalServerError", 500),
        refused("AccessDeniedException"),
        answer_lost,
    ],
)
@pytest.mark.parametrize("number", [0, 3])
def test_what_dynamodb_does_not_take_is_left_to_the_next_delivery(room: EditRoom, fault: Fault, number: int) -> None:
    """Neither the taking up nor the end may get lost; a write whose answer was lost is found done."""
    session = room.begin("a")
    room.dynamodb.faults["update_item"] = after(number, fault)
    with pytest.raises(StoreUnavailable, match=f"dynamodb:UpdateItem {SESSIONS} ses_"):
        room.process(session.jobs[0])
    room.dynamodb.faults.clear()

    room.process(session.jobs[0])

    assert_edited_once(room, session)


@pytest.mark.parametrize(("operation", "number"), [("update_item", 1), ("update_item", 2), ("get_item", 0)])
def test_progress_that_gets_lost_does_not_cost_the_picture(room: EditRoom, operation: str, number: int) -> None:
    """It is counted, so that missing progress can be explained."""
    session = room.begin("a")
    room.dynamodb.faults[operation] = after(number, refused("ThrottlingException"))

    outcome = room.process(session.jobs[0])

    assert (EditEnding.EDITED, 1) == (outcome.ending, outcome.lost_reports)
    assert_edited_once(room, session)


@pytest.mark.parametrize("fault", [refused("SlowDown", 503), refused("AccessDenied", 403), answer_lost])
def test_a_result_that_s3_does_not_take_is_stored_by_the_next_delivery(room: EditRoom, fault: Fault) -> None:
    """No event announces a result that is not stored."""
    session = room.begin("a")
    room.s3.faults["put_object"] = once(fault)
    with pytest.raises(StoreUnavailable, match=r"s3:PutObject darkroom-results/edits/ses_"):
        room.process(session.jobs[0])
    assert {} == room.read(session).results

    room.process(session.jobs[0])

    assert_edited_once(room, session)


def test_a_source_that_s3_refuses_is_no_error_of_the_picture(room: EditRoom) -> None:
    """Permissions are an operator's matter."""
    session = room.begin(SessionImage(id="a", url="https://cdn.example.com/renditions/a.jpg"))
    room.s3.faults["get_object"] = refused("AccessDenied", 403)

    with pytest.raises(StoreUnavailable, match=r"s3:GetObject darkroom-renditions/renditions/a\.jpg"):
        room.process(session.jobs[0])

    assert {} == room.read(session).errors


@pytest.mark.parametrize("part", [-1, 0, 1, 2, 3])
def test_a_running_picture_stops_at_the_next_step(room: EditRoom, part: int) -> None:
    """Wherever it is when its session is cancelled; nothing more is written."""
    plan = Plan(steps=(Resize(width=8), Rotate(degrees=90), Flip(direction="horizontal")))
    session = room.begin("a", "b", plan=plan)
    room.editor.during[part] = cancelled(room, session)

    outcome = room.process(session.jobs[0])

    after_it = room.read(session)
    assert (EditEnding.CANCELLED, SessionStatus.CANCELLED) == (outcome.ending, after_it.status)
    assert part - 1 == (room.editor.parts[-1][0] if room.editor.parts else -2)
    assert ({}, {}, {}) == (room.kept(), after_it.results, after_it.errors)
    assert "session_complete" == after_it.events[-1].type


def test_a_queued_picture_of_a_cancelled_session_never_starts(room: EditRoom) -> None:
    """Its source is not even looked at."""
    session = room.begin("a")
    cancelled(room, session)()
    before = room.read(session)

    assert EditEnding.CANCELLED == room.process(session.jobs[0]).ending

    assert ([], [], before) == (room.fetched, room.editor.seen, room.read(session))


def test_a_cancellation_between_the_last_step_and_the_end_wins(room: EditRoom) -> None:
    """The session is cancelled, and no result appears in it."""
    session = room.begin("a")
    room.s3.faults["put_object"] = first(cancelled(room, session))

    assert EditEnding.CANCELLED == room.process(session.jobs[0]).ending

    assert ({}, 1) == (
        room.read(session).results,
        [event.type for event in room.read(session).events].count("session_complete"),
    )


def test_an_error_that_comes_after_a_cancellation_is_not_recorded(room: EditRoom) -> None:
    """As little as a result is."""
    session = room.begin("a")
    room.web[session.images[0].url] = b"broken"
    # Taken up, decoding, encoding; the next change would be the end.
    room.dynamodb.faults["update_item"] = after(3, first(cancelled(room, session)))

    assert EditEnding.CANCELLED == room.process(session.jobs[0]).ending

    assert {} == room.read(session).errors


@pytest.mark.fault(15)
def test_a_second_worker_that_finishes_first_has_finished(room: EditRoom) -> None:
    """The message became visible again while it was worked on."""
    session = room.begin("a")
    room.editor.during[0] = lambda: room.process(session.jobs[0])

    assert EditEnding.SETTLED == room.process(session.jobs[0]).ending

    assert_edited_once(room, session)


def test_an_error_after_a_result_changes_nothing(room: EditRoom) -> None:
    """One worker finds the source gone which the other has edited."""
    session = room.begin("a")

    def other_worker(url: str) -> Source:
        assert EditEnding.EDITED == room.process(session.jobs[0]).ending
        raise EditError(EditCode.SOURCE_FAILED, f"{url} is gone")

    line = replace(room.line, sources=replace(room.sources, fetch=other_worker))

    assert EditEnding.SETTLED == line.process(session.jobs[0], AMPLE).ending
    assert_edited_once(room, session)


@pytest.mark.fault(10)
@pytest.mark.parametrize("looks", range(4))
def test_work_stops_before_the_invocation_ends(room: EditRoom, looks: int) -> None:
    """With less than 15 s left nothing begins, and the next delivery does it all."""
    session = room.begin("a")
    clock = iter([300.0] * looks + [14.9] * 10)
    budget = Budget(seconds_left=lambda: next(clock), memory_mib=2048)
    with pytest.raises(OutOfTime, match=r"expected at least 15 s left of the invocation, found 14\.9 s"):
        room.process(session.jobs[0], budget)
    assert {} == room.kept()

    assert EditEnding.EDITED == room.process(session.jobs[0]).ending
    assert_edited_once(room, session)


def nothing(_: EditRoom, __: Session) -> None:
    """Let the picture wait: no delivery has ever got as far as the store."""


def die(room: EditRoom, session: Session) -> None:
    """Kill a worker in the middle of the picture."""
    room.dynamodb.faults["update_item"] = after(1, killed)
    with pytest.raises(Killed):
        room.process(session.jobs[0])


def run_out_of_time(room: EditRoom, session: Session) -> None:
    """Let the invocation end before the edit does."""
    clock = iter([300.0, 300.0, 300.0, 14.0])
    with pytest.raises(OutOfTime):
        room.process(session.jobs[0], Budget(seconds_left=lambda: next(clock), memory_mib=2048))


def lose_the_store(room: EditRoom, session: Session) -> None:
    """Let S3 refuse the result."""
    room.s3.faults["put_object"] = refused("SlowDown", 503)
    with pytest.raises(StoreUnavailable):
        room.process(session.jobs[0])


OURS = "The picture could not be edited because of a fault on our side. Try again later."
BROKEN_OFF = (
    "The edit broke off several times without a result. Try again; if it breaks off again, use a smaller picture or "
    "fewer steps."
)
CAUSES = {
    "never begun": ([nothing], "INTERNAL_ERROR", OURS),
    "died": (
        [die],
        "INTERNAL_ERROR",
        BROKEN_OFF,
    ),
    "out of time": (
        [run_out_of_time],
        "PROCESSING_TIMEOUT",
        "The picture could not be edited in the time there is. Use a smaller picture or fewer steps.",
    ),
    "no store": ([lose_the_store], "INTERNAL_ERROR", OURS),
    "the last counts": ([lose_the_store, run_out_of_time, lose_the_store], "INTERNAL_ERROR", OURS),
}


@pytest.mark.parametrize("cause", CAUSES)
def test_the_last_delivery_records_the_true_reason(room: EditRoom, cause: str) -> None:
    """It makes no further attempt, which could die too; the picture is blamed only for what depends on it."""
    session = room.begin("a")
    deliveries, code, message = CAUSES[cause]
    for deliver in deliveries:
        deliver(room, session)
        room.s3.faults.clear()
        room.dynamodb.faults.clear()
    edits = len(room.editor.seen)

    outcome = room.process(session.jobs[0], attempts=MAX_DELIVERIES)

    ended = room.read(session)
    assert (EditEnding.GAVE_UP, code, SessionStatus.ERROR) == (outcome.ending, outcome.code, ended.status)
    assert (code, message) == (ended.errors["a"].code, ended.errors["a"].message)
    assert message == ended.progress_of("a").message
    assert ["image_error", "session_complete"] == [event.type for event in ended.events if event.type in ENDED]
    assert edits == len(room.editor.seen)


@pytest.mark.parametrize("cause", ["no store", "out of time"])
def test_a_picture_that_was_set_back_says_so_until_it_is_edited(room: EditRoom, cause: str) -> None:
    """A person who polls sees that it is tried again."""
    session = room.begin("a")
    CAUSES[cause][0][0](room, session)
    assert RETRYING == room.read(session).progress_of("a").message
    room.s3.faults.clear()

    room.process(session.jobs[0])

    assert "Done." == room.read(session).progress_of("a").message
    assert_edited_once(room, session)


KEYS_THAT_CANNOT_BE = {
    "photo": (f"photo://{chr(0x1F600) * 1024}", "dynamodb", "get_item", "ValidationException"),
    "result": (f"https://{CDN_HOST}/edits/{'x' * 1500}", "s3", "get_object", "KeyTooLongError"),
    "rendition": (f"https://{CDN_HOST}/renditions/%00", "s3", "get_object", "InvalidURI"),
}


@pytest.mark.parametrize("kind", KEYS_THAT_CANNOT_BE)
def test_a_key_that_cannot_be_is_the_users_error_at_once(room: EditRoom, kind: str) -> None:
    """AWS refuses it every time: no retry, no dead letter, no alarm."""
    url, client, operation, code = KEYS_THAT_CANNOT_BE[kind]
    session = room.begin(SessionImage(id="a", url=url))
    getattr(room, client).faults[operation] = once(refused(code))

    outcome = room.process(session.jobs[0])

    assert (EditEnding.FAILED, "SOURCE_FAILED") == (outcome.ending, outcome.code)
    assert SessionStatus.ERROR == room.read(session).status


@pytest.mark.parametrize(("code", "status"), [("InvalidObjectState", 403), ("InvalidRequest", 400)])
def test_an_object_that_can_never_be_read_is_no_reason_to_retry(room: EditRoom, code: str, status: int) -> None:
    """It is archived, or encrypted with a key that only its uploader has; the user is told so."""
    session = room.begin(SessionImage(id="a", url=f"https://{CDN_HOST}/renditions/a.jpg"))
    room.s3.faults["get_object"] = refused(code, status)

    room.process(session.jobs[0])

    failure = room.read(session).errors["a"]
    assert ("SOURCE_FAILED", True) == (failure.code, "archived or encrypted" in failure.message)


def test_pictures_end_although_their_progress_fills_the_item(room: EditRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty slow steps of long words, long ids and addresses: progress stops, and every picture ends."""
    # moto counts the old and the new value of an attribute that is replaced.
    monkeypatch.setattr(LimitedSizeDict, "__setitem__", dict.__setitem__)
    plan = plan_from_steps([{"op": "text", "text": chr(0x1F600) * 99}] * 20)
    where = f"https://example.com/{'x' * 175_000}"
    images = [SessionImage(id=chr(0x1F600) * 126 + f"{n:02d}", url=f"{where}{n}.jpg") for n in range(2)]
    session = room.begin(*images, plan=plan)
    ticks = iter(range(10**9))
    line = replace(room.line, clock=lambda: next(ticks) * 1.1)

    endings = Counter(line.process(job, AMPLE).ending for job in session.jobs)

    ended = room.read(session)
    kinds = Counter(event.type for event in ended.events)
    assert ({EditEnding.EDITED: 2}, SessionStatus.COMPLETE) == (endings, ended.status)
    assert (2, 1) == (kinds["complete"], kinds["session_complete"])
    assert 23 < kinds["progress"] < 2 * 23
    [stored] = room.items()
    assert MAX_ITEM_BYTES - 20_000 < item_bytes(stored) <= MAX_ITEM_BYTES


@pytest.mark.parametrize("way", ["done", "cancelled", "gone"])
def test_the_last_delivery_of_what_has_ended_is_like_any_other(room: EditRoom, way: str) -> None:
    """A picture that has ended is not given up."""
    session = room.begin("a")
    job = session.jobs[0]
    match way:
        case "done":
            room.process(job)
        case "cancelled":
            cancelled(room, session)()
        case _:
            job = ImageJob(session_id="ses_none", image_id="a")

    expected = {"done": EditEnding.SETTLED, "cancelled": EditEnding.CANCELLED, "gone": EditEnding.DROPPED}[way]
    assert expected == room.process(job, attempts=MAX_DELIVERIES).ending


def test_a_picture_that_ends_while_it_is_given_up_has_ended(room: EditRoom) -> None:
    """A slow fourth worker comes through at the last moment."""
    session = room.begin("a")
    room.dynamodb.faults["update_item"] = once(first(lambda: room.process(session.jobs[0])))

    assert EditEnding.SETTLED == room.process(session.jobs[0], attempts=MAX_DELIVERIES).ending

    assert_edited_once(room, session)


def test_a_job_whose_session_was_deleted_is_dropped(room: EditRoom) -> None:
    """Before it is taken up, and while it is worked on."""
    session = room.begin("a")

    def delete() -> None:
        room.dynamodb.client.delete_item(TableName=SESSIONS, Key={"sessionId": {"S": session.session_id}})

    room.editor.during[0] = delete
    assert [EditEnding.DROPPED, EditEnding.DROPPED] == [room.process(session.jobs[0]).ending for _ in range(2)]

    assert ([], {}) == (room.items(), room.kept())


def test_a_picture_that_its_worker_died_of_is_edited_in_isolation(room: EditRoom) -> None:
    """The next delivery works where it can be stopped, and only there."""
    session = room.begin("a", "b")
    die(room, session)
    room.dynamodb.faults.clear()

    room.process(session.jobs[0], attempts=2)
    room.process(session.jobs[1], attempts=1)

    assert [True, False] == room.editor.isolated[-2:]


def test_a_picture_that_breaks_off_in_isolation_too_is_given_up(room: EditRoom) -> None:
    """The third delivery does not try again, so that the user hears within two minutes, not after two hours."""
    session = room.begin("a")
    for attempts in (1, 2):
        room.dynamodb.faults["update_item"] = after(2, killed)
        with pytest.raises(Killed):
            room.process(session.jobs[0], attempts=attempts)
        room.dynamodb.faults.clear()
    edits = len(room.editor.seen)

    outcome = room.process(session.jobs[0], attempts=3)

    assert (EditEnding.GAVE_UP, edits) == (outcome.ending, len(room.editor.seen))
    assert BROKEN_OFF == room.read(session).errors["a"].message


@pytest.mark.parametrize(("worked_s", "ends"), [(59, False), (61, True)])
def test_an_edit_that_outlasts_an_invocation_is_not_repeated(room: EditRoom, worked_s: float, *, ends: bool) -> None:
    """After a minute of work the next invocation would not be long enough either."""
    session = room.begin("a")

    def work() -> None:
        room.seconds[0] += worked_s
        raise OutOfTime("the invocation has no time left for this photo")

    room.editor.during[0] = work
    if not ends:
        with pytest.raises(OutOfTime):
            room.process(session.jobs[0])
        return

    assert (EditEnding.FAILED, "PROCESSING_TIMEOUT") == (
        (outcome := room.process(session.jobs[0])).ending,
        outcome.code,
    )


@pytest.mark.parametrize(
    ("memory_mib", "picture_mib", "left"), [(2048, 1, 1600), (1769, 1, 1417), (1769, 40, 1385), (512, 1, 160)]
)
def test_a_child_gets_the_memory_that_the_function_leaves(memory_mib: int, picture_mib: int, left: int) -> None:
    """A child beyond it would have the whole function killed; in steps, so that a child serves many pictures."""
    budget = Budget(seconds_left=lambda: 300.0, memory_mib=memory_mib)
    with Source.from_bytes(bytes(picture_mib << 20)) as source:
        assert left == limits_in(EditLimits(), budget, [source]).memory_mib


def marks(count: int) -> Plan:
    """Plan so many different watermarks."""
    return plan_from_steps([{"op": "watermark", "image": f"upload://slot-{k:020d}"} for k in range(count)])


@pytest.mark.parametrize(("count", "code"), [(20, "SOURCE_FAILED"), (21, "INVALID_INPUT")])
def test_too_many_watermarks_are_refused_before_one_is_read(room: EditRoom, count: int, code: str) -> None:
    """Each of them is held in memory."""
    session = room.begin("a", plan=marks(count))

    outcome = room.process(session.jobs[0])

    assert (EditEnding.FAILED, code) == (outcome.ending, outcome.code)
    assert (count <= 20) == bool(room.fetched)


def test_watermarks_with_too_many_bytes_are_refused_while_they_are_read(room: EditRoom) -> None:
    """The sum counts, that of the picture included; the rest is not read any more."""
    session = room.begin("a", plan=marks(5))
    for step in session.plan.steps:
        assert isinstance(step, Watermark)
        room.put(RESULTS, slot_key(USER, step.image.removeprefix("upload://")), bytes(900))
    line = replace(room.line, limits=EditLimits(max_input_bytes=2000))

    outcome = line.process(session.jobs[0], AMPLE)

    assert "IMAGE_TOO_LARGE" == outcome.code
    assert 3 == room.s3.calls.count("get_object")
    assert room.read(session).errors["a"].message == (
        "The picture and its watermarks are too large together: expected at most 2,000 bytes, received at least 2,709. "
        "Use smaller watermarks, or fewer."
    )
