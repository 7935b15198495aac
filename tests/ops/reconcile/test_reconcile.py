"""The reconciler from end to end: whatever happened to records, items and queue, one run brings it back."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from processor.budget import Budget
from processor.errors import StoreUnavailable
from processor.handlers.reconciliation import STATE_KEY
from processor.ops.reconcile.state import PER_DAY
from processor.upload.outcome import Result
from tests.factories.darkroom import ITEMS, ORIGINALS, RENDITIONS, TABLE
from tests.factories.reconciling import HOUR_S, Gallery, open_gallery
from tests.factories.stores import Killed, after, first, killed, once, refused
from tests.upload.test_pipeline import UUID, assert_consistent

pytestmark = pytest.mark.faults
KEY = "wedding/IMG_1.jpg"
BY_UUID = f"wedding/{UUID}.jpg"


def forget_record(gallery: Gallery, photo_id: str) -> None:
    """Delete a record."""
    gallery.darkroom.dynamodb.client.delete_item(TableName=TABLE, Key={"id": {"S": photo_id}})


def die_half_way(gallery: Gallery, key: str) -> None:
    """Upload a photo whose renditions are written by three quarters when the process dies."""
    event = gallery.darkroom.upload(key)
    gallery.darkroom.s3.faults["put_object"] = after(3, killed)
    with pytest.raises(Killed):
        gallery.darkroom.process(event)
    del gallery.darkroom.s3.faults["put_object"]
    gallery.darkroom.lapse()


def test_one_run_brings_everything_back_and_a_second_changes_nothing(gallery: Gallery) -> None:
    """An overwritten record, a lost one, a half-written set, a lost rendition and two stuck photos, all at once."""
    keys = [f"wedding/IMG_{number}.jpg" for number in range(6)]
    for key in keys[:3]:
        gallery.rendered(key)
    gallery.rendered(keys[5])
    gallery.darkroom.put_record(id=keys[0], status="pending", title="The kiss")
    forget_record(gallery, keys[1])
    gallery.darkroom.s3.client.delete_object(Bucket=RENDITIONS, Key="renditions/wedding/IMG_2_small.jpg")
    die_half_way(gallery, keys[3])
    gallery.darkroom.upload(keys[4])
    gallery.darkroom.put_record(id=keys[4], status="processing")
    gallery.darkroom.upload(BY_UUID)
    gallery.darkroom.put_record(id=UUID, status="pending", gallery_id="wedding")

    report = gallery.reconcile()
    outcomes = gallery.process_queue()

    assert {"stuck": 3, "orphans": 0, "sent": 6, "finished": True} == report
    # An overwritten and a lost record need no rendering.
    assert [Result.RENDERED] * 4 + [Result.UNCHANGED] * 2 == sorted(outcome.result for outcome in outcomes)
    for key in (*keys, BY_UUID):
        assert_consistent(gallery.darkroom, key)
    assert "The kiss" == (gallery.darkroom.record(keys[0]) or {})["title"]

    state = gallery.state()
    assert {"stuck": 0, "orphans": 0, "sent": 0, "finished": True} == gallery.reconcile()
    assert (state, []) == (gallery.state(), gallery.process_queue())
    assert ([3, 0], [0, 0]) == (gallery.metric("StuckPhotos"), gallery.metric("OrphanRenditions"))


def test_a_healthy_gallery_is_left_alone(gallery: Gallery) -> None:
    """Rendered, approved, failed, deleted and skipped photos need nothing."""
    for key in ("wedding/a.jpg", "wedding/b.jpg", "wedding/c.jpg"):
        gallery.rendered(key)
    gallery.rendered("wedding/bad.jpg", b"broken")
    gallery.darkroom.process(gallery.darkroom.removal("wedding/c.jpg"))
    client = gallery.darkroom.dynamodb.client
    client.update_item(
        TableName=TABLE,
        Key={"id": {"S": "wedding/a.jpg"}},
        UpdateExpression="SET #s = :s",
        ExpressionAttributeNames={"#s": "status"},
        ExpressionAttributeValues={":s": {"S": "approved"}},
    )
    gallery.darkroom.upload("wedding/clip.mp4")
    state = gallery.state()

    report = gallery.reconcile()

    assert {"stuck": 0, "orphans": 0, "sent": 0, "finished": True} == report
    assert state == gallery.state()


def test_what_changed_a_moment_ago_is_not_stuck(gallery: Gallery) -> None:
    """The rendition function may be at work on it."""
    gallery.later = 0
    die_half_way(gallery, KEY)
    gallery.darkroom.upload("wedding/IMG_2.jpg")
    gallery.darkroom.put_record(id="wedding/IMG_2.jpg", status="pending")

    assert {"stuck": 0, "orphans": 0, "sent": 0, "finished": True} == gallery.reconcile()


def test_a_photo_that_settles_after_it_was_listed_is_looked_at_once(gallery: Gallery) -> None:
    """Sending it costs a look: the worker finds that nothing is to do."""
    event = gallery.darkroom.upload(KEY)
    gallery.darkroom.put_record(id=KEY, status="pending")
    gallery.darkroom.s3.faults["list_objects_v2"] = once(first(lambda: gallery.darkroom.process(event)))

    assert 1 == gallery.reconcile()["sent"]
    assert [Result.UNCHANGED] == [outcome.result for outcome in gallery.process_queue()]


@pytest.mark.parametrize("photo_id", [UUID, "wedding/none.jpg"])
def test_a_photo_that_was_never_uploaded_is_not_stuck(gallery: Gallery, photo_id: str) -> None:
    """The client asked for an upload and left."""
    gallery.darkroom.put_record(id=photo_id, status="pending", gallery_id="wedding")

    assert (0, 0) == ((report := gallery.reconcile())["stuck"], report["sent"])


def test_a_photo_is_sent_again_at_growing_intervals(gallery: Gallery) -> None:
    """A photo that never succeeds must not fill the queue: after 1 h, 4 h, 16 h; it stays on the alarm."""
    gallery.darkroom.upload(KEY)
    gallery.darkroom.put_record(id=KEY, status="pending")
    sent: list[int] = []
    for hours in (1, 1.5, 2.1, 3, 5.9, 6.2, 20):
        gallery.later = hours * HOUR_S
        report = gallery.reconcile()
        assert 1 == report["stuck"]
        sent.append(report["sent"])

    assert [1, 0, 1, 0, 0, 1, 0] == sent


def test_nothing_is_sent_while_the_lane_is_behind(gallery: Gallery) -> None:
    """A wedding of 2,000 photos makes the last one wait; sending them all again would double the wait."""
    gallery.darkroom.upload(KEY)
    gallery.darkroom.put_record(id=KEY, status="pending")
    for _ in range(101):
        gallery.sqs.client.send_message(QueueUrl=gallery.queue, MessageBody=json.dumps({"Records": []}))

    assert {"stuck": 0, "orphans": 0, "sent": 0, "finished": True} == gallery.reconcile()


def test_a_refused_message_is_sent_by_the_next_run(gallery: Gallery) -> None:
    """A key that was not sent is not recorded as sent."""
    gallery.darkroom.upload(KEY)
    gallery.darkroom.put_record(id=KEY, status="pending")
    gallery.sqs.faults["send_message_batch"] = once(refused("AWS.SimpleQueueService.NonExistentQueue"))
    with pytest.raises(StoreUnavailable, match="sqs:SendMessageBatch"):
        gallery.reconcile()

    assert 1 == gallery.reconcile()["sent"]
    assert [Result.RENDERED] == [outcome.result for outcome in gallery.process_queue()]


def test_a_message_that_sqs_does_not_take_is_an_error(gallery: Gallery) -> None:
    """SendMessageBatch answers 200 although it took nothing: success that is none."""
    gallery.darkroom.upload(KEY)
    gallery.darkroom.put_record(id=KEY, status="pending")
    answer = {"Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}]}
    gallery.sqs.faults["send_message_batch"] = once(lambda _, __: answer)

    with pytest.raises(StoreUnavailable, match="expected to take 1 messages, refused 1: InternalError"):
        gallery.reconcile()


def test_a_walk_goes_on_where_time_ran_out(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table and buckets that no single run gets through, two entries a page and one page a run."""
    monkeypatch.setattr("processor.ops.reconcile.walks.PAGE_ORIGINALS", 2)
    monkeypatch.setattr("processor.ops.reconcile.walks.PAGE_KEYS", 2)
    monkeypatch.setattr("processor.aws.photo_scans.PAGE_ITEMS", 2)
    monkeypatch.setattr("processor.aws.objects.PAGE_KEYS", 2)
    # None is due again meanwhile.
    monkeypatch.setattr("processor.ops.reconcile.run.PER_DAY", dict.fromkeys(PER_DAY, 1))
    for number in range(5):
        gallery.rendered(f"wedding/IMG_{number}.jpg")
        gallery.darkroom.put_record(id=f"wedding/IMG_{number}.jpg", status="pending")

    reports: list[dict[str, Any]] = []
    while not reports or not reports[-1]["finished"]:
        reports.append(one_page(gallery))

    gallery.process_queue()
    assert len(reports) > 10
    assert ["active"] * 5 == [(gallery.darkroom.record(f"wedding/IMG_{n}.jpg") or {})["status"] for n in range(5)]
    assert len(reports) == len(gallery.metric("StuckPhotos")), "the alarm rings when a run says nothing"


def one_page(gallery: Gallery) -> dict[str, Any]:
    """Do a run that has time for one page."""
    seconds = iter([100.0, 0.0])
    return gallery.reconcile(Budget(seconds_left=lambda: next(seconds, 0.0), memory_mib=512))


def memory_of(gallery: Gallery) -> dict[str, Any]:
    """Read what the last run has left to the next one."""
    kept = gallery.darkroom.s3.client.get_object(Bucket=RENDITIONS, Key=STATE_KEY)
    return dict(json.loads(kept["Body"].read()))


def test_every_walk_has_its_turn(gallery: Gallery) -> None:
    """Runs that each have time for one page, so far apart that every walk is due again at each of them."""
    gallery.rendered(KEY)
    gallery.darkroom.put_record(id=KEY, status="pending")

    latest: list[str] = []
    for _ in range(5):
        gallery.later += 24 * HOUR_S
        one_page(gallery)
        walks = memory_of(gallery)
        latest.append(max(PER_DAY, key=lambda name: walks[name]["turn_at"]))

    assert [*PER_DAY, "records"] == latest


def test_a_run_without_time_changes_nothing(gallery: Gallery) -> None:
    """It still publishes its metric."""
    gallery.darkroom.upload(KEY)
    gallery.darkroom.put_record(id=KEY, status="pending")

    report = gallery.reconcile(Budget(seconds_left=lambda: 3.0, memory_mib=512))

    assert {"stuck": 0, "orphans": 0, "sent": 0, "finished": False} == report
    assert [0] == gallery.metric("StuckPhotos")


def test_a_fault_does_not_undo_what_was_done(gallery: Gallery) -> None:
    """The next run does not requeue the keys that were sent before the failure."""
    gallery.darkroom.upload(KEY)
    gallery.darkroom.put_record(id=KEY, status="pending")
    gallery.darkroom.s3.faults["list_objects_v2"] = after(2, refused("SlowDown", 503))

    with pytest.raises(StoreUnavailable, match="s3:ListObjectsV2"):
        gallery.reconcile()
    assert 0 == gallery.reconcile()["sent"]

    assert [Result.RENDERED] == [outcome.result for outcome in gallery.process_queue()]


def test_two_runs_at_once_do_not_overwrite_each_others_memory(gallery: Gallery) -> None:
    """The slower one fails, and is repeated."""
    gallery.reconcile()
    gallery.darkroom.s3.faults["put_object"] = once(refused("PreconditionFailed", 412))

    with pytest.raises(StoreUnavailable, match="expected to be the only run"):
        gallery.reconcile()


def test_an_original_that_is_gone_is_not_shown_again(gallery: Gallery) -> None:
    """B4: its removal was never announced; its renditions are counted until the worker has removed them."""
    gallery.rendered(KEY)
    gallery.darkroom.removal(KEY)

    assert {"stuck": 0, "orphans": 4, "sent": 1, "finished": True} == gallery.reconcile()
    assert [Result.DELETED] == [outcome.result for outcome in gallery.process_queue()]

    assert ({STATE_KEY}, "deleted") == (set(gallery.darkroom.kept()), (gallery.darkroom.record(KEY) or {})["status"])
    gallery.later += 24 * HOUR_S
    assert 0 == gallery.reconcile()["orphans"]


def test_renditions_that_no_original_can_have_made_are_orphans(gallery: Gallery) -> None:
    """Counted on the dashboard."""
    for key in ("wedding/IMG_1.jpg", "wedding/IMG_10.jpg", "wedding/IMG_1.png"):
        gallery.rendered(key)
    for stem in ("IMG_1", "IMG_10"):
        address = {"id": {"S": f"renditions/wedding/{stem}"}, "key": {"S": "stem/"}}
        gallery.darkroom.dynamodb.client.delete_item(TableName=ITEMS, Key=address)
    gallery.darkroom.s3.client.put_object(Bucket=RENDITIONS, Key="renditions/wedding/IMG_2_small.jpg", Body=b"whose?")

    assert 1 == gallery.reconcile()["orphans"], "claims of the others are lost, but their originals are there"
    assert 1 == gallery.reconcile()["orphans"], "they stay on the dashboard"
    assert [1, 1] == gallery.metric("OrphanRenditions")


def test_an_original_that_was_replaced_without_an_event_is_rendered(gallery: Gallery) -> None:
    """B4: its event is lost, whatever the record says."""
    gallery.rendered(KEY)
    time.sleep(1.1)  # the second is a part of what tells two uploads from each other, as their ETags are
    gallery.darkroom.upload(KEY, b"another photo")

    assert 1 == gallery.reconcile()["sent"]
    gallery.process_queue()

    current = gallery.darkroom.s3.client.head_object(Bucket=ORIGINALS, Key=KEY)["VersionId"]
    assert current == (gallery.darkroom.record(KEY) or {})["source_version"]


def test_a_re_upload_that_stopped_half_way_is_rendered(gallery: Gallery) -> None:
    """The record still shows the version before; the lease was never released."""
    gallery.rendered(KEY)
    die_half_way(gallery, KEY)

    assert {"stuck": 0, "orphans": 0, "sent": 1, "finished": True} == gallery.reconcile()
    gallery.process_queue()

    assert_consistent(gallery.darkroom, KEY)
    assert 0 == gallery.reconcile()["sent"]


def test_a_lost_record_that_the_backend_must_write_stays_lost() -> None:
    """missing_record: require. A deleted record stays deleted."""
    with open_gallery(missing_record="require") as gallery:
        gallery.darkroom.put_record(id=KEY, status="pending")
        gallery.rendered(KEY)
        forget_record(gallery, KEY)

        assert 0 == gallery.reconcile()["sent"]
        assert None is gallery.darkroom.record(KEY)


def test_a_record_that_changes_meanwhile_keeps_what_the_backend_wrote(gallery: Gallery) -> None:
    """The backend is faster by a moment: nothing it wrote is lost."""
    gallery.rendered(KEY)
    gallery.darkroom.put_record(id=KEY, status="pending")

    def meanwhile(_: Any, send: Any) -> Any:
        gallery.darkroom.put_record(id=KEY, status="approved", title="The kiss")
        return send()

    gallery.reconcile()
    gallery.darkroom.dynamodb.faults["update_item"] = after(1, meanwhile)
    gallery.process_queue()

    record = gallery.darkroom.record(KEY) or {}
    assert ("approved", "The kiss") == (record["status"], record["title"])
    assert record["small_url"]


@pytest.mark.parametrize("photo_id", ["wedding/a.jpg", UUID])
def test_a_move_that_lost_its_events_is_repaired(gallery: Gallery, photo_id: str) -> None:
    """A1, A2: no event of the copy and none of the deletion."""
    name = "a.jpg" if photo_id != UUID else f"{UUID}.jpg"
    gallery.rendered(f"wedding/{name}")
    gallery.darkroom.upload(f"party/{name}")
    gallery.darkroom.removal(f"wedding/{name}")

    gallery.reconcile()
    gallery.process_queue()

    assert_consistent(gallery.darkroom, f"party/{name}")
    assert not [key for key in gallery.darkroom.kept() if key.startswith("renditions/wedding/")]


def test_an_active_record_without_item_and_renditions_is_repaired(gallery: Gallery) -> None:
    """C4: all that is left is what the record says."""
    gallery.rendered(KEY)
    for key in gallery.darkroom.kept():
        gallery.darkroom.s3.client.delete_object(Bucket=RENDITIONS, Key=key)
    for one in gallery.darkroom.dynamodb.client.scan(TableName=ITEMS)["Items"]:
        address = {"id": one["id"], "key": one["key"]}
        gallery.darkroom.dynamodb.client.delete_item(TableName=ITEMS, Key=address)

    gallery.reconcile()
    gallery.process_queue()

    assert_consistent(gallery.darkroom, KEY)


def test_a_failed_photo_that_the_backend_calls_pending_is_repaired(gallery: Gallery) -> None:
    """B2: one run, and it is no longer stuck."""
    gallery.rendered(KEY, b"broken")
    gallery.darkroom.put_record(**(gallery.darkroom.record(KEY) or {}) | {"status": "pending"})

    assert 1 == gallery.reconcile()["stuck"]
    gallery.process_queue()

    assert "failed" == (gallery.darkroom.record(KEY) or {})["status"]
    assert 0 == gallery.reconcile()["stuck"]


def test_a_pending_record_of_a_file_that_is_no_photo_fails(gallery: Gallery) -> None:
    """Clients 4: its event came before the record."""
    gallery.darkroom.process(gallery.darkroom.upload("wedding/clip.mp4"))
    gallery.darkroom.put_record(id="wedding/clip.mp4", status="pending")

    gallery.reconcile()
    gallery.process_queue()

    record = gallery.darkroom.record("wedding/clip.mp4") or {}
    assert ("failed", "SKIPPED_VIDEO") == (record["status"], record["error"]["code"])
