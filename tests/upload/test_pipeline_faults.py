"""Tests of failures around one upload: nothing is lost, nothing is done twice, the state converges."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from processor.budget import Budget
from processor.errors import OutOfTime, PhotoError, StoreUnavailable, Verdict
from processor.events import ObjectEvent
from processor.upload.outcome import Result, UploadOutcome
from tests.factories.darkroom import AMPLE, ORIGINALS, RENDITIONS, Darkroom, open_darkroom
from tests.factories.stores import Fault, Killed, Request, after, answer_lost, first, killed, once, refused
from tests.invariants import assert_settled, snapshot_of
from tests.patience import HANG_S
from tests.upload.test_pipeline import assert_consistent

pytestmark = pytest.mark.faults
KEY = "wedding/IMG_1.jpg"


def uploads(darkroom: Darkroom, *contents: bytes) -> list[ObjectEvent]:
    """Upload one key several times."""
    return [darkroom.upload(KEY, content) for content in contents]


def pixels(darkroom: Darkroom) -> set[str]:
    """Return the sequencers of all stored renditions."""
    return {meta["sequencer"] for key, (_, meta) in darkroom.kept().items() if key.startswith("renditions/")}


def assert_only(darkroom: Darkroom, event: ObjectEvent) -> None:
    """Record, manifest and pixels are all of *event*, and there is nothing else."""
    assert_consistent(darkroom, KEY)
    assert_settled(snapshot_of(darkroom))
    assert {event.sequencer} == pixels(darkroom)
    assert event.sequencer == (darkroom.record(KEY) or {})["sequencer"]
    assert 5 == len(darkroom.kept())


@pytest.mark.fault(1)
def test_an_event_that_comes_ten_times_changes_the_state_once(darkroom: Darkroom) -> None:
    """Fault 1: nine replays write nothing, not even the same bytes again."""
    (event,) = uploads(darkroom, b"a photo")
    darkroom.process(event)
    state, writes = darkroom.state(), (list(darkroom.s3.writes), list(darkroom.dynamodb.writes))

    results = {darkroom.process(event).result for _ in range(9)}

    assert {Result.UNCHANGED} == results
    assert (state, writes) == (darkroom.state(), (darkroom.s3.writes, darkroom.dynamodb.writes))
    assert 1 == len(darkroom.renderer.rendered)


@pytest.mark.fault(1)
def test_an_event_that_comes_ten_times_at_once_makes_one_photo(darkroom: Darkroom) -> None:
    """Fault 1, concurrent: one stem, one set of renditions, one processed_at."""
    (event,) = uploads(darkroom, b"a photo")

    with ThreadPoolExecutor(10) as pool:
        results = [outcome.result for outcome in pool.map(darkroom.process, [event] * 10)]

    assert 1 == results.count(Result.RENDERED)
    assert {Result.RENDERED, Result.UNCHANGED} == set(results)
    assert_only(darkroom, event)
    assert 1 == len([write for write in darkroom.dynamodb.writes if write.startswith("update_item")])


@pytest.mark.fault(2, 4)
def test_every_order_of_delivery_ends_in_the_same_state() -> None:
    """Faults 2 and 4: two versions, a deletion and a third, in every order and each of them twice."""
    endings = []
    for order in permutations(range(4)):
        with open_darkroom() as darkroom:
            events = uploads(darkroom, b"one", b"two")
            events.append(darkroom.removal(KEY))
            events += uploads(darkroom, b"three")
            for index in (*order, *order):
                darkroom.process(events[index])
            assert_only(darkroom, events[3])
            endings.append((darkroom.record(KEY) or {})["receipt"]["version"])

    assert 1 == len(set(endings))


@pytest.mark.fault(2)
def test_a_newer_version_that_comes_first_stays(darkroom: Darkroom) -> None:
    """Fault 2: the older one is acknowledged and forgotten."""
    old, new = uploads(darkroom, b"old", b"new")
    darkroom.process(new)
    state = darkroom.state()

    assert Result.SUPERSEDED == darkroom.process(old).result

    assert state == darkroom.state()


@pytest.mark.fault(4)
def test_a_deletion_outlives_what_is_rendered_while_it_is_at_work(darkroom: Darkroom) -> None:
    """Fault 4: renditions that come after the deletion has removed what it found, and before its claim is gone."""
    (event,) = uploads(darkroom, b"a photo")
    removal = darkroom.removal(KEY)
    emptied, rendered = threading.Event(), threading.Event()

    def hold(_: dict[str, Any], send: Request) -> Any:
        emptied.set()
        rendered.wait(HANG_S)
        return send()

    darkroom.cloudfront.faults["create_invalidation"] = once(hold)
    with ThreadPoolExecutor(1) as pool:
        deletions: list[Future[UploadOutcome]] = []

        def delete() -> None:
            deletions.append(pool.submit(darkroom.process, removal))
            assert emptied.wait(HANG_S)

        darkroom.renderer.meanwhile = delete
        try:
            late = darkroom.process(event).result
        finally:
            rendered.set()

    assert (Result.SUPERSEDED, [Result.DELETED]) == (late, [one.result().result for one in deletions])
    assert ({}, "deleted") == (darkroom.kept(), (darkroom.record(KEY) or {})["status"])


@pytest.mark.fault(2)
def test_a_slow_old_version_never_overwrites_a_new_one(darkroom: Darkroom) -> None:
    """Fault 2: the newer event is applied as a whole while the older one renders."""
    old, new = uploads(darkroom, b"old", b"new")
    darkroom.renderer.meanwhile = lambda: darkroom.process(new)

    assert Result.SUPERSEDED == darkroom.process(old).result

    assert_only(darkroom, new)


@pytest.mark.fault(2)
@pytest.mark.parametrize("written", range(4))
def test_an_old_version_that_is_overtaken_between_its_uploads_leaves_no_pixel(darkroom: Darkroom, written: int) -> None:
    """Fault 2: wherever in its uploads the newer event strikes."""
    old, new = uploads(darkroom, b"old", b"new")
    # The first put is the claim; the renditions follow.
    darkroom.s3.faults["put_object"] = after(1 + written, first(lambda: darkroom.process(new)))

    assert Result.SUPERSEDED == darkroom.process(old).result

    assert_only(darkroom, new)


@pytest.mark.fault(2)
def test_a_photo_that_is_put_back_is_not_overwritten_by_the_one_in_between(darkroom: Darkroom) -> None:
    """Fault 2: what the slow one looked at is there again when it writes, pixel by pixel; yet it is another state."""
    before, between, back = uploads(darkroom, b"a photo", b"another photo", b"a photo")
    darkroom.process(before)
    put_back = once(first(lambda: darkroom.process(back)))

    def strike(arguments: dict[str, Any], send: Request) -> Any:
        is_replacing = "IfMatch" in arguments and arguments["Key"].startswith("renditions/")
        return put_back(arguments, send) if is_replacing else send()

    darkroom.s3.faults["put_object"] = strike

    assert Result.SUPERSEDED == darkroom.process(between).result

    assert_only(darkroom, back)


@pytest.mark.fault(2)
def test_a_version_that_is_overtaken_before_its_record_is_written_changes_nothing(darkroom: Darkroom) -> None:
    """Fault 2, at the last moment."""
    old, new = uploads(darkroom, b"old", b"new")
    darkroom.dynamodb.faults["update_item"] = once(first(lambda: darkroom.process(new)))

    assert Result.SUPERSEDED == darkroom.process(old).result

    assert_only(darkroom, new)


@pytest.mark.fault(3)
def test_sequencers_of_unequal_length_are_ordered_by_value(darkroom: Darkroom) -> None:
    """Fault 3: a shorter one can be newer."""
    old, new = uploads(darkroom, b"old", b"new")
    old, new = replace(old, sequencer="0055AED6DCD80281E5"), replace(new, sequencer="0055AED6DCD9")

    for event in (new, old):
        darkroom.process(event)

    assert_only(darkroom, new)


@pytest.mark.fault(4)
def test_a_late_create_does_not_resurrect_a_deleted_photo(darkroom: Darkroom) -> None:
    """Fault 4: the version can still be read, but the tombstone is newer."""
    (event,) = uploads(darkroom, b"a photo")
    removal = darkroom.removal(KEY)
    darkroom.process(removal)

    assert Result.SUPERSEDED == darkroom.process(event).result

    assert {} == darkroom.kept()
    assert ("deleted", removal.sequencer) == ((record := darkroom.record(KEY) or {})["status"], record["sequencer"])


@pytest.mark.fault(4)
@pytest.mark.parametrize("request_number", range(5))
def test_a_deletion_while_a_photo_is_uploaded_leaves_nothing(darkroom: Darkroom, request_number: int) -> None:
    """Fault 4: wherever it strikes, after at most one more delivery there is a tombstone and no orphan."""
    (event,) = uploads(darkroom, b"a photo")
    darkroom.s3.faults["put_object"] = after(1 + request_number, first(lambda: darkroom.process(darkroom.removal(KEY))))

    try:
        darkroom.process(event)
    except StoreUnavailable:
        assert Result.SUPERSEDED == darkroom.process(event).result

    assert {} == darkroom.kept()
    assert "deleted" == (darkroom.record(KEY) or {})["status"]


@pytest.mark.fault(4)
def test_a_deletion_that_dies_half_way_is_finished_by_its_replay(darkroom: Darkroom) -> None:
    """Fault 4: the record is deleted first, the rest may be repeated."""
    (event,) = uploads(darkroom, b"a photo")
    darkroom.process(event)
    removal = darkroom.removal(KEY)
    darkroom.s3.faults["delete_object"] = after(2, killed)
    with pytest.raises(Killed):
        darkroom.process(removal)
    assert "deleted" == (darkroom.record(KEY) or {})["status"]

    assert Result.DELETED == darkroom.process(removal).result

    assert {} == darkroom.kept()
    assert ["create_invalidation None"] == darkroom.cloudfront.writes


@pytest.mark.fault(5)
def test_an_original_that_is_gone_is_acknowledged(darkroom: Darkroom) -> None:
    """Fault 5: no retries, no record, no claim."""
    (event,) = uploads(darkroom, b"a photo")
    darkroom.removal(KEY, version_id=event.version_id)

    assert Result.SOURCE_GONE == darkroom.process(event).result

    assert ({}, None) == (darkroom.kept(), darkroom.record(KEY))


@pytest.mark.fault(6)
@pytest.mark.parametrize("versioned", [True, False])
def test_an_original_that_is_overwritten_before_it_is_read(versioned: bool) -> None:  # noqa: FBT001 - a parameter
    """Fault 6: its own version is read where there are versions; else it is left to the newer event."""
    with open_darkroom(versioned=versioned) as darkroom:
        old, new = uploads(darkroom, b"old", b"new")

        expected = Result.RENDERED if versioned else Result.SUPERSEDED
        assert expected == darkroom.process(old).result
        darkroom.process(new)

        assert_only(darkroom, new)


@pytest.mark.fault(7)
@pytest.mark.parametrize("done", range(5))
def test_a_process_that_dies_between_uploads_is_continued(darkroom: Darkroom, done: int) -> None:
    """Fault 7: never active too early, and what is in place is not written again."""
    (event,) = uploads(darkroom, b"a photo")
    darkroom.s3.faults["put_object"] = after(1 + done, killed)
    with pytest.raises(Killed):
        darkroom.process(event)
    assert None is darkroom.record(KEY)
    uploaded = {key for key in darkroom.kept() if key.startswith("renditions/")}
    darkroom.s3.writes.clear()

    assert Result.RENDERED == darkroom.process(event).result

    assert_only(darkroom, event)
    assert not uploaded & {write.removeprefix("put_object ") for write in darkroom.s3.writes}


@pytest.mark.fault(7)
def test_a_replay_repairs_a_rendition_that_was_lost(darkroom: Darkroom) -> None:
    """Fault 7: as long as the record is not active, everything is checked."""
    (event,) = uploads(darkroom, b"a photo")
    darkroom.dynamodb.faults["update_item"] = once(killed)
    with pytest.raises(Killed):
        darkroom.process(event)
    darkroom.s3.client.delete_object(Bucket=RENDITIONS, Key="renditions/wedding/IMG_1_small.jpg")

    darkroom.process(event)

    assert_only(darkroom, event)


@pytest.mark.fault(8)
@pytest.mark.parametrize(
    "fault",
    [
        refused("ProvisionedThroughputExceededException"),
        refused("ThrottlingException"),
        refused("InternalServerError", 500),
        refused("AccessDeniedException"),
    ],
)
def test_a_record_that_cannot_be_written_is_written_by_the_next_delivery(darkroom: Darkroom, fault: Fault) -> None:
    """Fault 8: the renditions stay, and are found in place."""
    (event,) = uploads(darkroom, b"a photo")
    darkroom.dynamodb.faults["update_item"] = once(fault)
    with pytest.raises(StoreUnavailable, match="dynamodb:UpdateItem"):
        darkroom.process(event)
    kept = darkroom.kept()

    assert Result.RENDERED == darkroom.process(event).result

    assert kept == darkroom.kept()
    assert_only(darkroom, event)


@pytest.mark.fault(9)
@pytest.mark.parametrize("request_number", range(6))
def test_an_answer_of_s3_that_is_lost_is_found_out_by_asking_again(darkroom: Darkroom, request_number: int) -> None:
    """Fault 9: claim, renditions and manifest were written; the next delivery finds its own work."""
    (event,) = uploads(darkroom, b"a photo")
    darkroom.s3.faults["put_object"] = after(request_number, answer_lost)

    with pytest.raises(StoreUnavailable, match="s3:PutObject"):
        darkroom.process(event)
    assert Result.RENDERED == darkroom.process(event).result

    assert_only(darkroom, event)


@pytest.mark.fault(9)
def test_an_answer_of_dynamodb_that_is_lost_changes_nothing(darkroom: Darkroom) -> None:
    """Fault 9: the record was written; the next delivery leaves it as it is."""
    (event,) = uploads(darkroom, b"a photo")
    darkroom.dynamodb.faults["update_item"] = once(answer_lost)
    with pytest.raises(StoreUnavailable):
        darkroom.process(event)
    state = darkroom.state()

    assert Result.UNCHANGED == darkroom.process(event).result

    assert state == darkroom.state()
    assert_only(darkroom, event)


@pytest.mark.fault(10, 11)
@pytest.mark.parametrize("looks", range(4))
def test_work_stops_before_the_invocation_ends(darkroom: Darkroom, looks: int) -> None:
    """Faults 10 and 11: with less than 15 s left no step begins, and the next delivery continues."""
    (event,) = uploads(darkroom, b"a photo")
    clock = iter([300.0] * looks + [14.9] * 10)
    budget = Budget(seconds_left=lambda: next(clock), memory_mib=3008)

    with pytest.raises(OutOfTime, match=r"expected at least 15 s left of the invocation, found 14\.9 s"):
        darkroom.process(event, budget)
    assert None is darkroom.record(KEY)

    assert Result.RENDERED == darkroom.process(event).result
    assert_only(darkroom, event)


@pytest.mark.fault(11)
def test_nothing_is_asked_of_aws_when_no_time_is_left(darkroom: Darkroom) -> None:
    """Fault 11."""
    (event,) = uploads(darkroom, b"a photo")

    with pytest.raises(OutOfTime):
        darkroom.process(event, Budget(seconds_left=lambda: 0.0, memory_mib=3008))

    assert ([], []) == (darkroom.s3.calls, darkroom.dynamodb.calls)


@pytest.mark.fault(15)
def test_a_message_that_becomes_visible_again_while_it_is_worked_on(darkroom: Darkroom) -> None:
    """Fault 15: the second delivery finishes first; the first finds everything done."""
    (event,) = uploads(darkroom, b"a photo")
    darkroom.renderer.meanwhile = lambda: darkroom.process(event)

    assert Result.UNCHANGED == darkroom.process(event).result

    assert_only(darkroom, event)
    assert "2025-11-21T15:30:01.000Z" == (darkroom.record(KEY) or {})["processed_at"]


@pytest.mark.fault(18)
@pytest.mark.parametrize("code", ["AccessDenied", "KMS.DisabledException", "SlowDown", "InvalidObjectState"])
def test_an_original_that_s3_refuses_is_never_recorded_as_failed(darkroom: Darkroom, code: str) -> None:
    """Fault 18: permissions and keys are an operator's matter; the queue retries until they are repaired."""
    (event,) = uploads(darkroom, b"a photo")

    def denied(arguments: dict[str, Any], send: Request) -> Any:
        return refused(code, 403)(arguments, send) if arguments["Bucket"] == ORIGINALS else send()

    darkroom.s3.faults["get_object"] = denied
    with pytest.raises(
        StoreUnavailable, match=f"s3:GetObject darkroom-originals/{KEY}: expected success, received {code}"
    ):
        darkroom.process(event)
    assert None is darkroom.record(KEY)
    darkroom.s3.faults.clear()

    darkroom.process(event)
    assert_only(darkroom, event)


@pytest.mark.fault(18)
def test_a_network_that_is_down_is_a_reason_to_try_again(darkroom: Darkroom) -> None:
    """Fault 18: so is everything else that is no answer."""
    (event,) = uploads(darkroom, b"a photo")

    def down(*_: object) -> object:
        raise EndpointConnectionError(endpoint_url="https://dynamodb.us-east-1.amazonaws.com")

    darkroom.dynamodb.faults["get_item"] = down
    with pytest.raises(StoreUnavailable, match="expected an answer, received EndpointConnectionError"):
        darkroom.process(event)


def test_a_verdict_that_a_duplicate_contradicts_does_no_harm(darkroom: Darkroom) -> None:
    """One delivery times out in the decoder, the other succeeds: the photo ends active and complete."""
    (event,) = uploads(darkroom, b"a photo")
    verdicts = {"given": False}
    honest = darkroom.renderer.render

    def flaky(*arguments: object, **more: object) -> object:
        if not verdicts["given"]:
            verdicts["given"] = True
            darkroom.process(event)
            raise PhotoError(Verdict.DECODE_TIMEOUT, "The photo took too long.")
        return honest(*arguments, **more)  # type: ignore[arg-type]

    darkroom.renderer.render = flaky  # type: ignore[method-assign]

    assert Result.UNCHANGED == darkroom.process(event).result
    assert_only(darkroom, event)


@pytest.mark.fault(30)
def test_clocks_do_not_decide_the_order_of_events(darkroom: Darkroom) -> None:
    """Fault 30: the second photo is processed with a clock that is a year behind."""
    old, new = uploads(darkroom, b"old", b"new")
    clock = darkroom.line.maker.now
    darkroom.process(old)
    clock.time = clock.time.replace(year=2024)  # type: ignore[attr-defined]

    darkroom.process(new)

    assert_only(darkroom, new)
    assert str((darkroom.record(KEY) or {})["processed_at"]).startswith("2024-")


def delivered(darkroom: Darkroom, event: ObjectEvent) -> Result:
    """Deliver an event as a queue does: again, when it failed."""
    for _ in range(5):
        try:
            return darkroom.process(event).result
        except StoreUnavailable:
            continue
    raise AssertionError("the event would have reached the dead-letter queue")


@pytest.mark.fault(1, 2)
@pytest.mark.parametrize("attempt", range(3))
def test_two_versions_that_are_delivered_at_once_end_in_the_newer_one(darkroom: Darkroom, attempt: int) -> None:
    """Faults 1 and 2 together: ten deliveries in ten threads."""
    old, new = uploads(darkroom, b"old", b"new")

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda event: delivered(darkroom, event), [old, new] * 5))

    assert_only(darkroom, new)


@pytest.mark.fault(1, 4)
def test_an_upload_and_its_deletion_that_are_delivered_at_once_end_in_a_tombstone(darkroom: Darkroom) -> None:
    """Faults 1 and 4 together: no orphan, in any order."""
    (event,) = uploads(darkroom, b"a photo")
    removal = darkroom.removal(KEY)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda one: delivered(darkroom, one), [event, removal] * 3))
    delivered(darkroom, removal)

    assert {} == darkroom.kept()
    assert "deleted" == (darkroom.record(KEY) or {})["status"]


@pytest.mark.fault(2)
def test_a_verdict_on_an_old_version_does_not_affect_the_new_one(darkroom: Darkroom) -> None:
    """Fault 2: the newer upload is rendered while the older one turns out to be broken."""
    old, new = uploads(darkroom, b"broken", b"new")
    darkroom.renderer.meanwhile = lambda: darkroom.process(new)

    assert Result.SUPERSEDED == darkroom.process(old).result

    assert_only(darkroom, new)
    assert "error" not in (darkroom.record(KEY) or {})


@pytest.mark.fault(7)
def test_an_old_event_waits_for_a_newer_one_that_died_half_way(darkroom: Darkroom) -> None:
    """Fault 7: the newer event holds the claim; its own next delivery finishes it."""
    old, new = uploads(darkroom, b"old", b"new")
    darkroom.s3.faults["put_object"] = after(3, killed)
    with pytest.raises(Killed):
        darkroom.process(new)

    assert Result.SUPERSEDED == darkroom.process(old).result
    assert Result.RENDERED == darkroom.process(new).result

    assert_only(darkroom, new)


@pytest.mark.fault(4)
def test_an_old_deletion_does_not_touch_a_newer_tombstone(darkroom: Darkroom) -> None:
    """Fault 4: deleted, uploaded, deleted again, and the first deletion once more."""
    uploads(darkroom, b"one")
    first_removal = darkroom.removal(KEY)
    (second,) = uploads(darkroom, b"two")
    for event in (second, darkroom.removal(KEY)):
        darkroom.process(event)
    state = darkroom.state()

    assert Result.SUPERSEDED == darkroom.process(first_removal).result

    assert state == darkroom.state()


def test_a_record_that_changes_all_the_time_is_left_to_a_retry(darkroom: Darkroom) -> None:
    """No loop without an end."""
    (event,) = uploads(darkroom, b"a photo")
    darkroom.dynamodb.faults["update_item"] = refused("ConditionalCheckFailedException")

    with pytest.raises(StoreUnavailable, match="expected to write it in 8 attempts, lost every race"):
        darkroom.process(event)


def test_a_batch_task_that_names_an_old_version_renders_the_newest(darkroom: Darkroom) -> None:
    """A job's manifest is as old as the inventory that it was made from."""
    old, new = uploads(darkroom, b"old", b"new")
    darkroom.process(new)
    maker = replace(darkroom.line.maker, recipe_hash="another")
    task = replace(old, sequencer="", etag=None, size=None)

    assert Result.RENDERED == replace(darkroom.line, maker=maker).process(task, AMPLE).result

    assert_only(darkroom, new)
    assert new.version_id == (darkroom.record(KEY) or {})["source_version"]
