"""The reconciler from end to end: whatever happened to records, items and queue, one run brings it back."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from processor.aws.objects import BucketListing
from processor.budget import Budget
from processor.errors import StoreUnavailable
from processor.handlers.reconciliation import STATE_KEY
from processor.keys import ObjectKey
from processor.ops.reconcile.state import PER_DAY
from processor.upload.outcome import Result
from tests.factories.darkroom import ITEMS, ORIGINALS, RENDITIONS, TABLE
from tests.factories.reconciling import HOUR_S, Gallery, open_gallery, reported
from tests.factories.stores import Killed, Request, after, first, killed, not_in_xml, once, refused
from tests.upload.test_pipeline import UUID, assert_consistent

pytestmark = pytest.mark.faults
KEY = "wedding/IMG_1.jpg"
BY_UUID = f"wedding/{UUID}.jpg"
ORPHAN = "renditions/wedding/IMG_2_small.jpg"


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

    assert reported(stuck=3, sent=6) == report
    # An overwritten and a lost record need no rendering.
    assert [Result.RENDERED] * 4 + [Result.UNCHANGED] * 2 == sorted(outcome.result for outcome in outcomes)
    for key in (*keys, BY_UUID):
        assert_consistent(gallery.darkroom, key)
    assert "The kiss" == (gallery.darkroom.record(keys[0]) or {})["title"]

    state = gallery.state()
    assert reported() == gallery.reconcile()
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

    assert reported() == report
    assert state == gallery.state()


def test_what_changed_a_moment_ago_is_not_stuck(gallery: Gallery) -> None:
    """The rendition function may be at work on it."""
    gallery.later = 0
    die_half_way(gallery, KEY)
    gallery.darkroom.upload("wedding/IMG_2.jpg")
    gallery.darkroom.put_record(id="wedding/IMG_2.jpg", status="pending")

    assert reported() == gallery.reconcile()


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

    assert reported() == gallery.reconcile()


def test_a_refused_message_is_sent_by_the_next_run(gallery: Gallery) -> None:
    """A key that was not sent is not recorded as sent."""
    gallery.darkroom.upload(KEY)
    gallery.darkroom.put_record(id=KEY, status="pending")
    gallery.sqs.faults["send_message_batch"] = refused("AWS.SimpleQueueService.NonExistentQueue")
    with pytest.raises(StoreUnavailable, match="sqs:SendMessageBatch"):
        gallery.reconcile()
    del gallery.sqs.faults["send_message_batch"]

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
    monkeypatch.setattr("processor.ops.reconcile.orphans.PAGE_KEYS", 2)
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
    for _ in range(len(PER_DAY) + 1):
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

    assert reported(finished=False) == report
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

    assert reported(orphans=4, sent=1) == gallery.reconcile()
    assert [Result.DELETED] == [outcome.result for outcome in gallery.process_queue()]

    assert ({STATE_KEY}, "deleted") == (set(gallery.darkroom.kept()), (gallery.darkroom.record(KEY) or {})["status"])
    gallery.later += 24 * HOUR_S
    assert 0 == gallery.reconcile()["orphans"]


def test_a_gallery_that_has_chosen_a_profile_is_at_rest(gallery: Gallery) -> None:
    """Its choice is an item of the table that no walk takes for an original."""
    gallery.rendered(KEY)
    item = {"id": {"S": "renditions/wedding"}, "key": {"S": "profile/"}, "profile": {"S": "proof"}}
    gallery.darkroom.dynamodb.client.put_item(TableName=ITEMS, Item=item)

    assert reported() == gallery.reconcile()


def test_renditions_that_no_original_can_have_made_are_orphans(gallery: Gallery) -> None:
    """They are removed, and what another claims or may claim stays."""
    for key in ("wedding/IMG_1.jpg", "wedding/IMG_10.jpg", "wedding/IMG_1.png"):
        gallery.rendered(key)
    for stem in ("IMG_1", "IMG_10"):
        address = {"id": {"S": f"renditions/wedding/{stem}"}, "key": {"S": "stem/"}}
        gallery.darkroom.dynamodb.client.delete_item(TableName=ITEMS, Key=address)
    orphan(gallery)
    kept = gallery.darkroom.kept().keys() - {STATE_KEY, ORPHAN}

    assert reported(removed=1) == gallery.reconcile(), "claims of the others are lost, but their originals are there"
    assert reported() == gallery.reconcile()
    assert kept == gallery.darkroom.kept().keys() - {STATE_KEY}
    assert [0, 0] == gallery.metric("OrphanRenditions")
    assert [ORPHAN] == gallery.warned("orphan removed")


def orphan(gallery: Gallery, key: str = ORPHAN) -> None:
    """Put a rendition that no original can have made."""
    gallery.darkroom.s3.client.put_object(
        Bucket=RENDITIONS, Key=key, Body=b"whose?", Metadata={"cache-tag": "photo:0123,gallery:4567"}
    )


def test_an_orphan_is_forgotten_by_the_cdn_before_it_is_removed(gallery: Gallery) -> None:
    """A refused invalidation leaves it for the next run, with a line in the log."""
    orphan(gallery)
    gallery.distribution_id = "E2EXAMPLE12345"
    asked: list[dict[str, Any]] = []

    def invalidation(arguments: dict[str, Any], send: Request) -> Any:
        asked.append(arguments)
        return refused("Throttling")(arguments, send) if len(asked) == 1 else {}

    gallery.darkroom.cloudfront.faults["create_invalidation"] = invalidation

    assert reported() == gallery.reconcile()
    assert ["renditions/wedding/IMG_2"] == gallery.warned("not checked")
    assert ORPHAN in gallery.darkroom.kept()

    assert 1 == gallery.reconcile()["removed"]
    assert ["#photo:0123"] == asked[1]["InvalidationBatch"]["Paths"]["Items"]
    assert {} == gallery.darkroom.items(), "its stem is free"


def test_an_orphan_of_a_moment_ago_is_left_alone(gallery: Gallery) -> None:
    """A worker of the release before may be at work; one old file beside a new one is no exception."""
    gallery.later = 0
    orphan(gallery)
    assert (reported(), True) == (gallery.reconcile(), ORPHAN in gallery.darkroom.kept())

    gallery.later = HOUR_S

    def with_a_new_one(arguments: dict[str, Any], send: Request) -> Any:
        answer = send()
        if arguments["Prefix"] == "renditions/wedding/IMG_2_":
            new = {"Key": "renditions/wedding/IMG_2_medium.jpg", "LastModified": datetime.now(UTC) + timedelta(hours=1)}
            answer["Contents"].append(new)
        return answer

    gallery.darkroom.s3.faults["list_objects_v2"] = with_a_new_one
    assert (1, True) == (gallery.reconcile()["orphans"], ORPHAN in gallery.darkroom.kept())


@pytest.mark.parametrize("key", ["wedding/IMG_2.jpg", "wedding/IMG_2", "wedding/IMG_2.tar.png"])
def test_an_original_that_comes_while_an_orphan_is_looked_at_keeps_its_files(gallery: Gallery, key: str) -> None:
    """Before the claim: the second look finds it. After the claim: it takes another stem."""
    stem = "IMG_2.tar" if "tar" in key else "IMG_2"
    orphan(gallery, f"renditions/wedding/{stem}_small.jpg")
    gallery.darkroom.dynamodb.faults["put_item"] = once(first(lambda: gallery.darkroom.upload(key)))

    assert 0 == gallery.reconcile()["removed"]
    gallery.darkroom.dynamodb.faults["put_item"] = once(first(lambda: gallery.rendered(key)))
    gallery.darkroom.s3.client.delete_object(Bucket=ORIGINALS, Key=key)
    gallery.later += 24 * HOUR_S
    gallery.reconcile()
    gallery.process_queue()

    assert_consistent(gallery.darkroom, key)


def test_an_original_that_comes_under_the_claim_takes_another_stem(gallery: Gallery) -> None:
    """Nothing that it writes is below the stem that is being cleared."""
    orphan(gallery)
    gallery.darkroom.s3.faults["delete_object"] = once(first(lambda: gallery.rendered("wedding/IMG_2.jpg")))

    assert 1 == gallery.reconcile()["removed"]

    assert "IMG_2.jpg" == (gallery.darkroom.record("wedding/IMG_2.jpg") or {})["stem"]
    written = gallery.darkroom.items()["wedding/IMG_2.jpg"]["photo"]["renditions"]
    assert len(written) == len([key for key in gallery.darkroom.kept() if key.startswith("renditions/wedding/IMG_2.")])


def test_a_sidecar_keeps_no_orphan_and_a_unique_stem_is_its_originals(gallery: Gallery) -> None:
    """`IMG_2.xmp` claims nothing; the third stem of an original does not begin with its key."""
    orphan(gallery)
    gallery.darkroom.upload("wedding/IMG_2.xmp")
    third = list(ObjectKey("wedding/IMG_3.jpg").stem_candidates())[2]
    orphan(gallery, f"renditions/wedding/{third}_small.jpg")
    gallery.darkroom.upload("wedding/IMG_3.jpg")
    others = ("readme.txt", "a_folder/", "a_folder/index.html", "IMG_9.jpg", "no-underscore")
    for name in others:
        gallery.darkroom.s3.client.put_object(Bucket=RENDITIONS, Key=f"renditions/{name}", Body=b"")

    assert 1 == gallery.reconcile()["removed"]

    assert f"renditions/wedding/{third}_small.jpg" in gallery.darkroom.kept()
    assert {f"renditions/{name}" for name in others} < gallery.darkroom.kept().keys()


def test_an_opaque_stem_is_its_original_s_whatever_its_code(gallery: Gallery) -> None:
    """The reconciler has no secret: only files without an original of that name are orphans."""
    code = "0a" * 12
    kept = f"renditions/wedding/IMG_3-{code}_small.jpg"
    orphan(gallery, kept)
    orphan(gallery, f"renditions/wedding/IMG_4-{code}_small.jpg")
    gallery.darkroom.upload("wedding/IMG_3.jpg")

    assert 1 == gallery.reconcile()["removed"]

    assert kept in gallery.darkroom.kept()
    assert not [key for key in gallery.darkroom.kept() if "IMG_4" in key]


def test_a_run_removes_so_many_orphans_and_no_more(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many are no leftovers: the alarm rings for the others."""
    monkeypatch.setattr("processor.ops.reconcile.orphans.MAX_REMOVED", 2)
    for number in range(5):
        orphan(gallery, f"renditions/wedding/X{number}_small.jpg")

    runs = [gallery.reconcile() for _ in range(3)]

    assert [(2, 3, 3), (2, 1, 1), (1, 0, 0)] == [(one["removed"], one["orphans"], one["unrepaired"]) for one in runs]


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

    assert reported(sent=1) == gallery.reconcile()
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


def test_keys_that_few_expect_stop_no_page(gallery: Gallery) -> None:
    """B6: U+FFFE and U+FFFF; a UUID in capitals beside a record in small letters; `../`; spaces, quotes, a newline."""
    gallery.sqs.faults["send_message_batch"] = not_in_xml
    names = ("a\uffff.jpg", "b\ufffe.jpg", "../x.jpg", "../../y.jpg", "c +%.jpg", "d\n\"'.jpg", "e.jpg")
    keys = [*(f"wedding/{name}" for name in names), "../z.jpg"]
    for key in keys:
        gallery.darkroom.upload(key)
        gallery.darkroom.put_record(id=key, status="pending")
    gallery.darkroom.upload(f"wedding/{UUID.upper()}.jpg")
    gallery.darkroom.put_record(id=UUID, status="pending", gallery_id="wedding")

    assert len(keys) + 1 == gallery.reconcile()["sent"]
    gallery.process_queue()

    records = [gallery.darkroom.record(photo_id) or {} for photo_id in (*keys, UUID)]
    assert [*keys, f"wedding/{UUID.upper()}.jpg"] == [one["original_key"] for one in records]
    assert {"active"} == {one["status"] for one in records}
    gallery.later += 24 * HOUR_S
    assert reported() == gallery.reconcile(), "every rendition is where its item says"


def test_a_far_key_does_not_make_a_page_list_everything(gallery: Gallery) -> None:
    """D3: `../x.jpg` is the first original, and the files of a bucket lie between its own and the next one's."""
    for number in range(30):
        orphan(gallery, f"renditions/0{number:02}/x_small.jpg")
    for key in ("../x.jpg", "00/IMG_1.jpg", "a/IMG_1.jpg"):
        gallery.rendered(key)
    listing = BucketListing(s3=cast("Any", gallery.darkroom.s3), bucket=RENDITIONS)
    near = [key for key in gallery.darkroom.kept() if not key.startswith("renditions/0")]
    gallery.darkroom.s3.calls.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("processor.aws.objects.PAGE_KEYS", 4)
        assert listing.near(near) >= set(near)

    assert gallery.darkroom.s3.calls.count("list_objects_v2") <= 4


@pytest.mark.parametrize("odd", [["a", 1], frozenset({"x"}), b"x", 7, None, {"code": ["x"]}, "", "Nikon D750"])
def test_odd_attributes_of_adopted_records_are_repaired_or_left(gallery: Gallery, odd: object) -> None:
    """B5: other types than ours, in every attribute that is read; one run repairs them and their neighbours."""
    names = ("camera", "error", "format", "receipt", "small_url", "stem", "width", "s3_key", "gallery_id", "title")
    for key in (KEY, "wedding/IMG_2.jpg"):
        gallery.rendered(key)
    ours = gallery.darkroom.record(KEY) or {}
    for status in ("pending", odd):
        gallery.darkroom.put_record(**ours | dict.fromkeys(names, odd) | {"id": KEY, "status": status})
        gallery.darkroom.put_record(id="wedding/IMG_2.jpg", status="pending")
        gallery.later += 24 * HOUR_S
        gallery.reconcile()
        gallery.process_queue()

        record = gallery.darkroom.record(KEY) or {}
        assert {name: ours.get(name) for name in names[:7]} == {name: record.get(name) for name in names[:7]}
        assert odd == record["title"]
        assert "active" == (gallery.darkroom.record("wedding/IMG_2.jpg") or {})["status"]


def test_one_object_that_cannot_be_read_does_not_stop_the_run(gallery: Gallery) -> None:
    """Forbidden ones get a line, vanished ones a tombstone; those with a customer's key and archived ones a verdict."""
    broken = [f"wedding/{name}.jpg" for name in ("forbidden", "vanished", "sealed", "archived", "stuck")]
    for key in broken[:2]:
        gallery.rendered(key)
    gallery.darkroom.removal(broken[1])
    for key in broken[2:]:
        gallery.darkroom.upload(key)
        gallery.darkroom.put_record(id=key, status="pending")
    client = gallery.darkroom.s3.client
    client.put_object(Bucket=ORIGINALS, Key=broken[3], Body=b"x", StorageClass="DEEP_ARCHIVE")
    answers = {broken[0]: refused("403", 403), broken[2]: refused("400", 400)}
    gallery.darkroom.s3.faults["head_object"] = lambda arguments, send: answers.get(
        arguments["Key"], lambda _, send: send()
    )(arguments, send)
    gallery.darkroom.s3.faults["get_object"] = lambda arguments, send: (
        refused("InvalidObjectState", 403)(arguments, send) if arguments["Key"] == broken[3] else send()
    )

    report = gallery.reconcile()
    gallery.process_queue()

    assert (3, 4, True) == (report["stuck"], report["sent"], report["finished"])
    [said] = [fields for message, fields in gallery.warnings if message == "not checked"]
    assert broken[0] == said["key"]
    assert said["reason"].endswith("expected success, received 403 (HTTP 403).")
    records = [gallery.darkroom.record(key) or {} for key in broken]
    found = [(record["status"], (record.get("error") or {}).get("code")) for record in records]
    verdicts = [("failed", "ENCRYPTED_WITH_CUSTOMER_KEY"), ("failed", "ARCHIVED")]
    assert [("active", None), ("deleted", None), *verdicts, ("active", None)] == found
    for hours in (2, 7, 24):
        gallery.later += hours * HOUR_S
        assert gallery.reconcile()["finished"]
    assert [0, 0, 0, 1] == gallery.metric("UnrepairedPhotos"), "after it could not be read three times"


def test_a_photo_that_messages_do_not_repair_is_for_a_person(gallery: Gallery) -> None:
    """All of its messages are lost: the alarm rings after the third."""
    gallery.darkroom.upload(KEY)
    for hours in (1, 2.1, 6.2, 23):
        gallery.later = hours * HOUR_S
        gallery.reconcile()

    assert [0, 0, 0, 1] == gallery.metric("UnrepairedPhotos")


def test_a_walk_that_cannot_go_on_does_not_stop_the_others(gallery: Gallery) -> None:
    """The figures are published, and then the run fails, so that the alarm of errors rings."""
    gallery.darkroom.upload(KEY)
    gallery.darkroom.put_record(id=KEY, status="pending")
    orphan(gallery)
    gallery.darkroom.dynamodb.faults["batch_get_item"] = once(refused("AccessDenied", 403))

    with pytest.raises(StoreUnavailable, match="dynamodb:BatchGetItem"):
        gallery.reconcile()

    assert ([1], True) == (gallery.metric("StuckPhotos"), ORPHAN not in gallery.darkroom.kept())
    assert [Result.RENDERED] == [outcome.result for outcome in gallery.process_queue()]
    gallery.later += 24 * HOUR_S
    assert reported() == gallery.reconcile()


def test_a_record_of_a_deleted_original_without_an_item_is_a_tombstone(gallery: Gallery) -> None:
    """A release before the originals table wrote it, and the event of the deletion was lost; others are left alone."""
    gallery.rendered(KEY)
    gallery.rendered(BY_UUID)
    shown = gallery.darkroom.record(KEY) or {}
    gallery.darkroom.put_record(**shown | {"id": "wedding/other.jpg"})
    gallery.darkroom.put_record(**shown | {"id": "wedding/soft.jpg", "original_key": "k" * 1030})
    gallery.darkroom.put_record(id="wedding/waits.jpg", status="pending", original_key="wedding/waits.jpg")
    for key in (KEY, BY_UUID):
        gallery.darkroom.removal(key)
    for one in gallery.darkroom.dynamodb.client.scan(TableName=ITEMS)["Items"]:
        gallery.darkroom.dynamodb.client.delete_item(TableName=ITEMS, Key={"id": one["id"], "key": one["key"]})

    assert 2 == gallery.reconcile()["sent"]
    gallery.process_queue()

    assert ["deleted"] * 2 == [(gallery.darkroom.record(one) or {})["status"] for one in (KEY, UUID)]
    assert [] == [key for key in gallery.darkroom.kept() if key.startswith("renditions/")]
    assert "pending" == (gallery.darkroom.record("wedding/waits.jpg") or {})["status"]
    gallery.later += 24 * HOUR_S
    assert 0 == gallery.reconcile()["sent"]
