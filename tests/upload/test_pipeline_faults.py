"""Tests of failures around one upload: nothing is lost, nothing is done twice, the state converges."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, permutations

import pytest
from botocore.exceptions import EndpointConnectionError

from processor.budget import Budget
from processor.errors import LeaseHeld, OutOfTime, StoreUnavailable
from processor.events import ObjectEvent
from processor.recipe import Recipe, Size
from processor.upload.outcome import Result
from testkit.memory_stores import World
from tests.factories.darkroom import AMPLE, ORIGINALS, Darkroom, open_darkroom, with_recipe
from tests.factories.stores import Killed, Request, answer_lost, first, killed, once, refused
from tests.invariants import assert_settled, snapshot_of
from tests.upload.test_pipeline import assert_consistent

pytestmark = pytest.mark.faults
KEY, SIBLING = "wedding/IMG_1.jpg", "wedding/IMG_1.CR2"
Story = Callable[[World], ObjectEvent]


@pytest.fixture
def world() -> Iterator[World]:
    """Give empty stores; in the end nothing may be left that is not as it must be."""
    world = World()
    yield world
    assert [] == world.violations()


def delivered(world: World, event: ObjectEvent, recipe: Recipe | None = None) -> Result:
    """Deliver an event as a queue does: again after a failure, later while another worker holds the photo."""
    failures = 0
    while failures < 5:
        try:
            return world.process(event, recipe).result
        except LeaseHeld:
            world.lapse()
        except (StoreUnavailable, KeyboardInterrupt):
            failures += 1
    raise AssertionError("the event would have reached the dead-letter queue")


@pytest.mark.fault(1)
def test_an_event_that_comes_ten_times_changes_the_state_once(darkroom: Darkroom) -> None:
    """Fault 1: nine replays write nothing but the lease."""
    event = darkroom.upload(KEY)
    darkroom.process(event)
    state, writes = darkroom.state(), list(darkroom.s3.writes)

    results = {darkroom.process(event).result for _ in range(9)}

    assert {Result.UNCHANGED} == results
    assert (state, writes) == (darkroom.state(), darkroom.s3.writes)
    assert 1 == len(darkroom.renderer.rendered)


@pytest.mark.fault(1, 2)
def test_ten_deliveries_of_two_versions_at_once_make_one_photo_of_the_newer(darkroom: Darkroom) -> None:
    """Faults 1 and 2: in ten threads; one works, the others wait."""
    events = [darkroom.upload(KEY, b"old"), darkroom.upload(KEY, b"new")] * 5
    waits = count()

    def deliver(event: ObjectEvent) -> Result:
        while True:
            try:
                return darkroom.process(event).result
            except LeaseHeld:
                next(waits)
                threading.Event().wait(0.01)

    with ThreadPoolExecutor(10) as pool:
        results = list(pool.map(deliver, events))

    assert (1, 9) == (results.count(Result.RENDERED), results.count(Result.UNCHANGED))
    assert next(waits) > 0
    assert_consistent(darkroom, KEY)
    assert darkroom.versions[-1] == (darkroom.record(KEY) or {})["source_version"]


@pytest.mark.fault(2, 3, 4)
def test_every_order_of_delivery_ends_in_the_same_state() -> None:
    """Faults 2, 3 and 4: two versions, a deletion and a third, in every order and each of them twice."""
    endings: list[tuple[object, object]] = []
    for order in permutations(range(4)):
        world = World()
        events = [world.put(KEY, b"one"), world.put(KEY, b"two"), world.delete(KEY), world.put(KEY, b"three")]
        for index in (*order, *order):
            world.process(events[index])
        assert [] == world.violations()
        endings.append((world.records[KEY]["receipt"]["version"], {data for data, _ in world.renditions.values()}))

    assert [endings[0]] * len(endings) == endings
    assert {b"three"} == endings[0][1]


@pytest.mark.fault(2, 6)
@pytest.mark.parametrize(
    "call", ["s3:GetObject", "render", "s3:PutObject", "s3:HeadObject renditions", "dynamodb:PutItem"]
)
def test_a_version_that_is_overtaken_while_it_is_worked_on_leaves_no_pixel(world: World, call: str) -> None:
    """Faults 2 and 6: wherever the newer upload strikes; its own event finds it done."""
    event = world.put(KEY, b"old")
    newer: list[ObjectEvent] = []

    def strike(name: str) -> None:
        if name.startswith(call) and not newer:
            newer.append(world.put(KEY, b"new"))

    world.on_call = strike
    assert Result.RENDERED == world.process(event).result
    assert Result.UNCHANGED == world.process(newer[0]).result

    assert {b"new"} == {data for data, _ in world.renditions.values()}


@pytest.mark.fault(6)
def test_an_original_that_changes_all_the_time_is_left_to_a_retry(world: World) -> None:
    """Fault 6: no loop without an end."""
    event = world.put(KEY)
    world.on_call = lambda name: world.put(KEY) if name.startswith("render") else None  # type: ignore[assignment,return-value]

    with pytest.raises(StoreUnavailable, match="expected it to stay as it is for a moment, it changed 5 times"):
        world.process(event)

    world.on_call = lambda _: None
    world.process(event)


@pytest.mark.fault(4)
def test_a_late_create_does_not_resurrect_a_deleted_photo(world: World) -> None:
    """Fault 4: its version can still be read, but it is not the current one."""
    event = world.put(KEY)
    for late in (world.delete(KEY), event):
        world.process(late)

    assert ({}, {}) == (world.renditions, world.records), "there never was a record"


@pytest.mark.fault(5)
def test_an_original_that_is_gone_is_acknowledged(world: World) -> None:
    """Fault 5: no retries, no record, no claim, no item."""
    event = world.put(KEY)
    world.undo(KEY)

    assert Result.DELETED == world.process(event).result

    assert ({}, {}, {}) == (world.renditions, world.records, world.table)


def overwrite(world: World) -> ObjectEvent:
    """Replace a photo."""
    delivered(world, world.put(KEY, b"one"))
    return world.put(KEY, b"two")


def delete(world: World) -> ObjectEvent:
    """Delete a photo."""
    delivered(world, world.put(KEY, b"one"))
    return world.delete(KEY)


def sibling(world: World) -> ObjectEvent:
    """Upload a second original with the same stem."""
    delivered(world, world.put(KEY, b"one"))
    return world.put(SIBLING, b"two")


def upload_again(world: World) -> ObjectEvent:
    """Upload a photo that was deleted."""
    delivered(world, world.put(KEY, b"one"))
    delivered(world, world.delete(KEY))
    return world.put(KEY, b"two")


STORIES: list[Story] = [
    lambda world: world.put(KEY, b"one"),
    overwrite,
    delete,
    sibling,
    upload_again,
    lambda world: world.put("wedding/new.jpg", b"broken"),
]


@pytest.mark.fault(7, 8, 9)
@pytest.mark.parametrize("story", STORIES, ids=["upload", "overwrite", "delete", "sibling", "upload again", "broken"])
@pytest.mark.parametrize("end", ["refused", "answer lost", "killed before", "killed after"])
def test_any_call_of_aws_may_fail(story: Story, end: str) -> None:
    """Faults 7, 8 and 9: each call of each story is refused, loses its answer or is the process's last."""
    for at in count():
        world = World()
        event = story(world)
        calls = count()

        def strike(_: str, calls: Iterator[int] = calls, at: int = at) -> None:
            if next(calls) == at:
                raise KeyboardInterrupt if end.startswith("killed") else StoreUnavailable("503")

        if end in {"refused", "killed before"}:
            world.on_call = strike
        else:
            world.on_answer = strike
        assert delivered(world, event) in {Result.RENDERED, Result.UNCHANGED, Result.DELETED, Result.FAILED}
        world.lapse()
        delivered(world, event)

        assert [] == world.violations(), f"call {at}"
        if next(calls) < at:
            break


@pytest.mark.fault(7)
def test_nothing_is_active_before_all_of_it_is_stored(world: World) -> None:
    """Fault 7: a process dies after the third of four renditions, and after the fourth."""
    event = world.put(KEY)
    for last in (3, 4):
        puts = count(1)

        def strike(name: str, puts: Iterator[int] = puts, last: int = last) -> None:
            if name.startswith("s3:PutObject") and next(puts) == last:
                raise KeyboardInterrupt

        world.on_answer = strike
        with pytest.raises(KeyboardInterrupt):
            world.process(event)
        assert {} == world.records
        world.lapse()
    world.on_answer = lambda _: None

    assert Result.RENDERED == world.process(event).result


@pytest.mark.fault(7)
def test_an_event_of_another_original_finishes_what_a_dead_worker_left(world: World) -> None:
    """Fault 7: the lease names the key in doubt; the next holder does that key first."""
    uuid = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
    one, two = f"a/{uuid}.jpg", f"b/{uuid}.jpg"
    lost = world.put(one)
    world.on_answer = lambda name: killing(name, "s3:PutObject")
    with pytest.raises(KeyboardInterrupt):
        world.process(lost)
    world.on_answer = lambda _: None

    world.delete(one)  # and neither of its messages ever comes
    world.lapse()
    world.process(world.put(two))

    assert all(key.startswith("renditions/b/") for key in world.renditions)


def killing(name: str, call: str) -> None:
    """Kill the process at a call."""
    if name.startswith(call):
        raise KeyboardInterrupt


@pytest.mark.fault(10, 11)
@pytest.mark.parametrize("looks", range(4))
def test_work_stops_before_the_invocation_ends(darkroom: Darkroom, looks: int) -> None:
    """Faults 10 and 11: with less than 15 s left no step begins, and the next delivery continues."""
    event = darkroom.upload(KEY)
    clock = iter([300.0] * looks + [14.9] * 10)
    budget = Budget(seconds_left=lambda: next(clock), memory_mib=3008)

    with pytest.raises(OutOfTime, match=r"expected at least 15 s left of the invocation, found 14\.9 s"):
        darkroom.process(event, budget)
    assert None is darkroom.record(KEY)

    assert Result.RENDERED == darkroom.process(event).result
    assert_consistent(darkroom, KEY)


@pytest.mark.fault(11)
def test_nothing_is_asked_of_aws_when_no_time_is_left(darkroom: Darkroom) -> None:
    """Fault 11."""
    event = darkroom.upload(KEY)

    with pytest.raises(OutOfTime):
        darkroom.process(event, Budget(seconds_left=lambda: 0.0, memory_mib=3008))

    assert ([], []) == (darkroom.s3.calls, darkroom.dynamodb.calls)


@pytest.mark.fault(15)
def test_a_message_that_becomes_visible_again_while_it_is_worked_on_waits(darkroom: Darkroom) -> None:
    """Fault 15: the second delivery does nothing until the first has ended."""
    event = darkroom.upload(KEY)
    waited: list[str] = []

    def again() -> None:
        with pytest.raises(LeaseHeld) as held:
            darkroom.process(event)
        waited.append(str(held.value))

    darkroom.renderer.meanwhile = again
    assert Result.RENDERED == darkroom.process(event).result
    assert [f"photo {KEY}: expected its lease to be free, another invocation holds it."] == waited

    assert Result.UNCHANGED == darkroom.process(event).result
    assert_consistent(darkroom, KEY)


@pytest.mark.fault(7)
def test_a_lease_of_a_killed_process_ends_with_its_invocation(darkroom: Darkroom) -> None:
    """Fault 7, over DynamoDB's own conditions: not before, and then all is done again."""
    event = darkroom.upload(KEY)
    darkroom.dynamodb.faults["put_item"] = once(killed)
    with pytest.raises(Killed):
        darkroom.process(event)
    with pytest.raises(LeaseHeld):
        darkroom.process(event)

    darkroom.lapse()

    assert Result.RENDERED == darkroom.process(event).result
    assert_consistent(darkroom, KEY)
    assert_settled(snapshot_of(darkroom))


@pytest.mark.fault(8, 9)
@pytest.mark.parametrize("fault", [refused("ThrottlingException"), refused("AccessDeniedException"), answer_lost])
@pytest.mark.parametrize("operation", ["update_item", "put_item", "query", "delete_item"])
def test_what_dynamodb_refuses_is_made_up_for(darkroom: Darkroom, operation: str, fault: object) -> None:
    """Faults 8 and 9: the next delivery, or the one after the lease has ended."""
    event = darkroom.upload(KEY)
    darkroom.dynamodb.faults[operation] = once(fault)  # type: ignore[arg-type]
    with pytest.raises(StoreUnavailable, match="dynamodb:"):
        darkroom.process(event)

    darkroom.lapse()
    darkroom.process(event)

    assert_consistent(darkroom, KEY)
    assert_settled(snapshot_of(darkroom))


@pytest.mark.fault(18)
@pytest.mark.parametrize("code", ["AccessDenied", "KMS.DisabledException", "SlowDown"])
def test_an_original_that_s3_refuses_is_never_recorded_as_failed(darkroom: Darkroom, code: str) -> None:
    """Fault 18: permissions and keys are an operator's matter; the queue retries until they are repaired."""
    event = darkroom.upload(KEY)

    def denied(arguments: dict[str, object], send: Request) -> object:
        return refused(code, 403)(arguments, send) if arguments["Bucket"] == ORIGINALS else send()

    darkroom.s3.faults["get_object"] = denied
    with pytest.raises(
        StoreUnavailable, match=f"s3:GetObject darkroom-originals/{KEY}: expected success, received {code}"
    ):
        darkroom.process(event)
    assert None is darkroom.record(KEY)
    darkroom.s3.faults.clear()

    darkroom.process(event)
    assert_consistent(darkroom, KEY)


@pytest.mark.fault(18)
def test_a_network_that_is_down_is_a_reason_to_try_again(darkroom: Darkroom) -> None:
    """Fault 18: so is everything else that is no answer."""
    event = darkroom.upload(KEY)

    def down(*_: object) -> object:
        raise EndpointConnectionError(endpoint_url="https://dynamodb.us-east-1.amazonaws.com")

    darkroom.dynamodb.faults["get_item"] = down
    with pytest.raises(StoreUnavailable, match="expected an answer, received EndpointConnectionError"):
        darkroom.process(event)


@pytest.mark.parametrize(
    ("code", "status", "verdict"),
    [("InvalidObjectState", 403, "ARCHIVED"), ("customer key", 400, "ENCRYPTED_WITH_CUSTOMER_KEY")],
)
def test_an_original_that_cannot_be_read_gets_its_verdict(
    darkroom: Darkroom, code: str, status: int, verdict: str
) -> None:
    """Clients 3: in GLACIER, or with a key that only the client has; S3 answers a HEAD of that with 400 alone."""
    event = darkroom.upload(KEY)
    operation, answered = ("head_object", "400") if status == 400 else ("get_object", code)
    darkroom.s3.faults[operation] = lambda arguments, send: (
        refused(answered, status)(arguments, send) if arguments["Bucket"] == ORIGINALS else send()
    )

    outcome = darkroom.process(event)

    assert (Result.FAILED, verdict) == (outcome.result, outcome.code)
    record = darkroom.record(KEY) or {}
    assert ("failed", verdict) == (record["status"], record["error"]["code"])


def test_a_photo_that_is_archived_after_it_was_rendered_stays_as_it_is(darkroom: Darkroom) -> None:
    """A lifecycle rule of the customer, and later another recipe: the original cannot be read, its renditions can."""
    event = darkroom.upload(KEY)
    darkroom.process(event)
    before = darkroom.state()
    darkroom.s3.faults["get_object"] = refused("InvalidObjectState", 403)

    outcome = with_recipe(darkroom.line, Recipe(sizes={"tiny": Size(width=9, height=9)})).process(event, AMPLE)

    assert (Result.FAILED, "ARCHIVED") == (outcome.result, outcome.code)
    assert before == darkroom.state()


@pytest.mark.fault(30)
def test_clocks_of_workers_do_not_decide_what_is_shown(world: World) -> None:
    """Fault 30: the second photo is processed with a clock that is a year behind."""
    world.process(world.put(KEY, b"old"))
    world.clock -= 365 * 86_400

    world.process(world.put(KEY, b"new"))

    assert "v2" == world.records[KEY]["source_version"]


def test_a_record_that_changes_all_the_time_is_left_to_a_retry(darkroom: Darkroom) -> None:
    """No loop without an end."""
    event = darkroom.upload(KEY)
    darkroom.dynamodb.faults["update_item"] = lambda arguments, send: (
        refused("ConditionalCheckFailedException")(arguments, send)
        if arguments["TableName"] == "darkroom-photos"
        else send()
    )

    with pytest.raises(StoreUnavailable, match="expected to write it in 8 attempts, lost every race"):
        darkroom.process(event)


def test_an_unversioned_bucket_renders_what_is_there_when_it_is_read() -> None:
    """Fault 6, by ETag: the version that was looked at is replaced before it is opened."""
    with open_darkroom(versioned=False) as darkroom:
        event = darkroom.upload(KEY, b"old")
        darkroom.s3.faults["get_object"] = once(first(lambda: darkroom.upload(KEY, b"new")))

        assert Result.RENDERED == darkroom.process(event).result

        assert darkroom.versions[-1] == (darkroom.record(KEY) or {})["source_version"]
        assert_consistent(darkroom, KEY)
