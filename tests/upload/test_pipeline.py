"""The upload story: what an event leaves in the buckets and in the record."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal

import pytest
from PIL import Image

from processor.errors import ADVICE, RecordMissing, Verdict
from processor.keys import ObjectKey
from processor.recipe import OutputQuality, Recipe, Size
from processor.upload.outcome import Result
from tests.factories.darkroom import AMPLE, ORIGINALS, RENDITIONS, Darkroom, open_darkroom, with_recipe

UUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
SIZES = ["large", "medium", "small", "thumbnail"]


def shown(darkroom: Darkroom, photo_id: str) -> set[str]:
    """Return the versions in a record's addresses."""
    record = darkroom.record(photo_id) or {}
    return {value.rpartition("?v=")[2] for name, value in record.items() if name.endswith("_url")}


def assert_consistent(darkroom: Darkroom, key: str) -> None:
    """Active implies that every rendition exists, decodes, and is of the version that the record and the item name."""
    record, kept, name = darkroom.record(ObjectKey(key).photo_id), darkroom.kept(), ObjectKey(key)
    assert record is not None
    assert "active" == record["status"]
    assert {record["receipt"]["version"]} == shown(darkroom, name.photo_id)
    for size in SIZES:
        body, metadata = kept[f"renditions/{name.gallery}/{name.stem}_{size}.jpg"]
        assert (8, 8) == Image.open(io.BytesIO(body)).size
        assert (record["receipt"]["version"], record["source_version"]) == (
            metadata["version"],
            metadata["source-version"],
        )
    item = darkroom.items()[key]
    assert (item["version"], item["stem"]) == (record["source_version"], record["stem"])


def test_an_upload_becomes_renditions_an_item_and_an_active_record(darkroom: Darkroom) -> None:
    """The whole story once."""
    event = darkroom.upload("wedding/IMG_1.jpg")

    outcome = darkroom.process(event)

    assert Result.RENDERED == outcome.result
    assert [f"renditions/wedding/IMG_1_{size}.jpg" for size in SIZES] == list(darkroom.kept())
    assert {"wedding/IMG_1.jpg", "renditions/wedding/IMG_1"} == set(darkroom.items()), "the lease is released"
    assert_consistent(darkroom, event.key)


def test_a_record_holds_everything_that_readers_need(darkroom: Darkroom) -> None:
    """Addresses, sizes, facts of the photo and a short receipt; numbers are exact."""
    event = darkroom.upload(f"wedding/{UUID}_IMG 1.jpg")
    darkroom.put_record(id=UUID, status="pending", title="The kiss", gallery_id="g-1")

    darkroom.process(event)

    record = darkroom.record(UUID) or {}
    version = record["receipt"]["version"]
    assert f"https://cdn.example.com/renditions/wedding/{UUID}_IMG%201_small.jpg?v={version}" == record["small_url"]
    assert record["small_url"] == record["small_thumb_url"]
    assert (Decimal(8), Decimal(8)) == (record["small_width"], record["small_height"])
    assert record["small_bytes"] == len(darkroom.kept()[f"renditions/wedding/{UUID}_IMG 1_small.jpg"][0])
    assert ("active", "The kiss", "g-1") == (record["status"], record["title"], record["gallery_id"])
    assert "2025-11-21T15:30:01.000Z" == record["processed_at"]
    assert ("jpeg", Decimal(6000), Decimal(4000)) == (record["format"], record["width"], record["height"])
    assert {"make": "Nikon", "model": "D750", "exposure_s": Decimal("0.005")} == record["camera"]
    assert {"title": "First dance", "keywords": ["wedding", "dance"], "rating": 5} == record["embedded"]
    assert (darkroom.versions[-1], f"{UUID}_IMG 1") == (record["source_version"], record["stem"])
    assert record["receipt"]["cost_usd"] > 0


def test_renditions_carry_metadata_for_the_cdn_and_operators(darkroom: Darkroom) -> None:
    """Type, a year of caching, and ASCII metadata whatever the key."""
    darkroom.process(darkroom.upload("hochzeit/Übung 😀.jpg"))

    answer = darkroom.s3.client.head_object(Bucket=RENDITIONS, Key="renditions/hochzeit/Übung 😀_small.jpg")
    assert "image/jpeg" == answer["ContentType"]
    assert "public, max-age=31536000, immutable" == answer["CacheControl"]
    assert {"cache-tag", "source-version", "recipe", "version"} == set(answer["Metadata"])
    assert all(value.isascii() for value in answer["Metadata"].values())


def test_a_missing_record_is_created_complete(darkroom: Darkroom) -> None:
    """missing_record: create."""
    darkroom.process(darkroom.upload("wedding/IMG_1.jpg"))
    darkroom.process(darkroom.upload("loose.jpg"))

    record, loose = darkroom.record("wedding/IMG_1.jpg") or {}, darkroom.record("loose.jpg") or {}
    assert ("wedding", "wedding/IMG_1.jpg") == (record["gallery_id"], record["original_key"])
    assert record["processed_at"] == record["created_at"]
    assert "gallery_id" not in loose, "an empty text cannot be an index key"


def test_a_required_record_is_waited_for() -> None:
    """missing_record: require. Nothing is written until the backend has spoken."""
    with open_darkroom(missing_record="require") as darkroom:
        event = darkroom.upload(f"wedding/{UUID}.jpg")

        with pytest.raises(RecordMissing, match="expected the backend to have written it"):
            darkroom.process(event)
        assert {} == darkroom.kept()
        darkroom.put_record(id=UUID, status="pending")

        assert Result.RENDERED == darkroom.process(event).result
        assert_consistent(darkroom, event.key)


def test_a_required_record_of_a_deleted_original_is_not_waited_for() -> None:
    """The record will never be written, so retries would only fill the dead-letter queue."""
    with open_darkroom(missing_record="require") as darkroom:
        event = darkroom.upload("wedding/IMG_1.jpg")
        darkroom.removal(event.key)

        assert Result.DELETED == darkroom.process(event).result
        assert None is darkroom.record(event.key)


def test_a_required_record_that_the_backend_removed_meanwhile_is_not_written_again() -> None:
    """No phantom records."""
    with open_darkroom(missing_record="require") as darkroom:
        event = darkroom.upload("wedding/IMG_1.jpg")
        darkroom.put_record(id=event.key, status="pending")
        darkroom.renderer.meanwhile = lambda: darkroom.dynamodb.client.delete_item(
            TableName="darkroom-photos", Key={"id": {"S": event.key}}
        )

        with pytest.raises(RecordMissing, match="expected the backend to have written it"):
            darkroom.process(event)
        assert None is darkroom.record(event.key)


@pytest.mark.parametrize("status", ["approved", "hidden"])
def test_a_state_of_the_backends_own_is_never_overwritten(darkroom: Darkroom, status: str) -> None:
    """Everything else is updated all the same."""
    event = darkroom.upload("wedding/IMG_1.jpg")
    darkroom.put_record(id=event.key, status=status)

    darkroom.process(event)
    darkroom.process(darkroom.upload(event.key, b"broken"))

    record = darkroom.record(event.key) or {}
    assert status == record["status"]
    assert "small_url" not in record, "of a version that is no longer there"
    assert "CORRUPT" == record["error"]["code"]


def test_an_approval_while_the_photo_is_rendered_is_kept(darkroom: Darkroom) -> None:
    """The record is read again when another writer changed it."""
    event = darkroom.upload("wedding/IMG_1.jpg")
    darkroom.put_record(id=event.key, status="pending")
    darkroom.renderer.meanwhile = lambda: darkroom.put_record(id=event.key, status="approved")

    assert Result.RENDERED == darkroom.process(event).result

    record = darkroom.record(event.key) or {}
    assert ("approved", darkroom.versions[-1]) == (record["status"], record["source_version"])


@pytest.mark.fault(13)
@pytest.mark.faults
def test_a_bad_photo_gets_one_verdict_and_no_retries(darkroom: Darkroom) -> None:
    """It is recorded and acknowledged; saying it again changes nothing."""
    event = darkroom.upload("wedding/IMG_1.jpg", b"broken", attempts=2)

    outcome = darkroom.process(event)
    first = darkroom.state()
    again = darkroom.process(replace(event, attempts=3))

    assert (Result.FAILED, "CORRUPT") == (outcome.result, outcome.code) == (again.result, again.code)
    assert first == darkroom.state()
    assert ({}, {event.key}) == (darkroom.kept(), set(darkroom.items())), "nothing was made, so nothing is claimed"
    record = darkroom.record(event.key) or {}
    assert "failed" == record["status"]
    assert {
        "code": "CORRUPT",
        "message": f"The photo is damaged. {ADVICE[Verdict.CORRUPT]}",
        "attempts": Decimal(2),
        "at": "2025-11-21T15:30:01.000Z",
    } == record["error"]


def test_an_original_above_the_limit_is_refused_before_it_is_read() -> None:
    """The limit and what was received are named."""
    recipe = Recipe.model_validate({"limits": {"max_bytes": 10}})
    with open_darkroom(recipe=recipe) as darkroom:
        event = darkroom.upload("wedding/IMG_1.jpg", b"eleven byte")

        outcome = darkroom.process(event)

        assert (Result.FAILED, "IMAGE_TOO_LARGE") == (outcome.result, outcome.code)
        assert "The file is too large: expected at most 10 bytes, received 11 bytes." == outcome.detail


def test_a_failed_photo_that_is_uploaded_again_becomes_active(darkroom: Darkroom) -> None:
    """The error goes with what caused it."""
    darkroom.process(darkroom.upload("wedding/IMG_1.jpg", b"broken"))

    darkroom.process(darkroom.upload("wedding/IMG_1.jpg", b"mended"))

    assert_consistent(darkroom, "wedding/IMG_1.jpg")
    assert "error" not in (darkroom.record("wedding/IMG_1.jpg") or {})


def test_another_recipe_is_another_version(darkroom: Darkroom) -> None:
    """The version follows content and recipe, nothing else."""
    event = darkroom.upload("wedding/IMG_1.jpg")
    darkroom.process(event)
    (before,) = shown(darkroom, event.key)

    copy = darkroom.upload("wedding/IMG_1.jpg")
    darkroom.process(copy)
    assert {before} == shown(darkroom, event.key), "the same bytes again"
    other = Recipe(sizes=Recipe().sizes, quality=OutputQuality(jpeg=80))
    with_recipe(darkroom.line, other).process(copy, AMPLE)

    assert {before} != shown(darkroom, event.key)
    assert_consistent(darkroom, event.key)


def test_a_size_that_the_recipe_dropped_disappears(darkroom: Darkroom) -> None:
    """Its rendition and its fields go; a new size comes."""
    event = darkroom.upload("wedding/IMG_1.jpg")
    darkroom.process(event)
    recipe = Recipe(sizes={"small": Size(width=800, height=600), "huge": Size(width=8000, height=8000)})

    with_recipe(darkroom.line, recipe).process(event, AMPLE)

    record = darkroom.record(event.key) or {}
    assert {"small_url", "small_thumb_url", "huge_url"} == {name for name in record if name.endswith("_url")}
    assert not [name for name in record if name.startswith(("large_", "medium_", "thumbnail_"))]
    renditions = [key for key in darkroom.kept() if key.startswith("renditions/")]
    assert ["renditions/wedding/IMG_1_huge.jpg", "renditions/wedding/IMG_1_small.jpg"] == renditions


def test_every_configured_format_is_stored_and_jpeg_is_what_the_record_names() -> None:
    """WebP and AVIF are negotiated by the CDN."""
    recipe = Recipe(sizes={"small": Size(width=800, height=600)}, formats=("jpeg", "webp"))
    with open_darkroom(recipe=recipe) as darkroom:
        darkroom.process(darkroom.upload("wedding/IMG_1.jpg"))

        assert ["renditions/wedding/IMG_1_small.jpg", "renditions/wedding/IMG_1_small.webp"] == list(darkroom.kept())
        assert "IMG_1_small.jpg?v=" in (darkroom.record("wedding/IMG_1.jpg") or {})["small_url"]


def test_two_originals_with_one_stem_never_overwrite_each_other(darkroom: Darkroom) -> None:
    """The first has the plain name, the second its whole file name, on every replay."""
    raw, jpeg = darkroom.upload("wedding/IMG_1.CR2", b"raw"), darkroom.upload("wedding/IMG_1.JPG", b"jpeg")

    for event in (raw, jpeg):
        darkroom.process(event)
    stems = [(darkroom.record(event.key) or {})["stem"] for event in (raw, jpeg)]
    kept = darkroom.kept()
    darkroom.put_record(id=jpeg.key, status="pending")  # a whole-item put by the backend
    for event in (jpeg, raw, jpeg):
        darkroom.process(event)

    assert ["IMG_1", "IMG_1.JPG"] == stems
    assert kept.keys() == darkroom.kept().keys()
    assert "renditions/wedding/IMG_1.JPG_small.jpg" in kept
    assert kept["renditions/wedding/IMG_1_small.jpg"][0] != kept["renditions/wedding/IMG_1.JPG_small.jpg"][0]


@pytest.mark.fault(28)
@pytest.mark.faults
@pytest.mark.parametrize(
    "key",
    [
        "my gallery/a photo.jpg",
        "g/1+1=2.jpg",
        "g/100%25 sure.jpg",
        "g/#1?.jpg",
        "g/😀 Übergrößenträger é.jpg",
        "g/" + "é" * 509 + ".jp",
        "😀" * 200 + "/" + "x" * 216 + ".jpg",
        "../../etc/passwd.jpg",
        "g/./a.jpg",
        "/leading.jpg",
        "a//b.jpg",
        'g/"quoted" & <b>.jpg',
    ],
)
def test_hostile_keys_are_rendered_like_any_other(darkroom: Darkroom, key: str) -> None:
    """Every key that S3 accepts is accepted."""
    event = darkroom.upload(key)

    assert Result.RENDERED == darkroom.process(event).result

    assert "active" == (darkroom.record(key) or {})["status"]
    assert 4 == len(darkroom.kept())
    darkroom.process(darkroom.removal(key))
    assert ({}, {key}) == (darkroom.kept(), set(darkroom.items()))


@pytest.mark.fault(29)
@pytest.mark.faults
def test_renditions_never_become_originals(darkroom: Darkroom) -> None:
    """Neither by their prefix nor by their bucket: no loop, no bill."""
    event = darkroom.upload("renditions/wedding/IMG_1_small.jpg")
    calls = len(darkroom.s3.calls)

    assert (Result.SKIPPED, "reserved") == ((out := darkroom.process(event)).result, out.code)
    refused = darkroom.process(replace(event, bucket=RENDITIONS, key="wedding/IMG_1.jpg"))
    assert (Result.REFUSED, "WRONG_BUCKET") == (refused.result, refused.code)
    assert "expected an object of darkroom-originals, received one of darkroom-renditions" == refused.detail
    assert calls == len(darkroom.s3.calls), "not one request was made"


def test_an_event_for_a_photo_that_is_current_downloads_nothing(darkroom: Darkroom) -> None:
    """A backfill that is run twice does nothing the second time."""
    event = darkroom.upload("wedding/IMG_1.jpg")
    darkroom.process(event)
    before, rendered = darkroom.state(), len(darkroom.renderer.rendered)

    assert Result.UNCHANGED == darkroom.process(event).result

    assert (before, rendered) == (darkroom.state(), len(darkroom.renderer.rendered))


def test_a_deletion_removes_everything_and_leaves_a_tombstone(darkroom: Darkroom) -> None:
    """Renditions, stem, addresses and what they showed; the backend's own fields stay."""
    event = darkroom.upload("wedding/IMG_1.jpg")
    darkroom.put_record(id=event.key, status="approved", title="The kiss")
    darkroom.process(event)
    removal = darkroom.removal(event.key)

    assert Result.DELETED == darkroom.process(removal).result

    assert {} == darkroom.kept()
    assert {
        "id": event.key,
        "original_key": event.key,
        "status": "deleted",
        "status_before": "approved",
        "title": "The kiss",
        "deleted_at": darkroom.items()[event.key]["gone_at"],
    } == darkroom.record(event.key)
    assert {event.key} == set(darkroom.items())


def test_a_deletion_is_queued_for_the_cdn_once(darkroom: Darkroom) -> None:
    """By the tags that its renditions have; a replay of it costs nothing."""
    event = darkroom.upload("wedding/IMG_1.jpg")
    darkroom.process(event)
    assert [] == darkroom.purged
    removal = darkroom.removal(event.key)

    for _ in range(3):
        darkroom.process(removal)

    assert [ObjectKey(event.key).cache_tags()] == darkroom.purged


def test_a_deletion_of_one_key_leaves_others_of_its_stem_alone(darkroom: Darkroom) -> None:
    """Records and renditions are only touched for the key itself."""
    raw, jpeg = darkroom.upload("wedding/IMG_1.CR2", b"raw"), darkroom.upload("wedding/IMG_1.JPG", b"jpeg")
    for event in (raw, jpeg):
        darkroom.process(event)
    darkroom.process(darkroom.removal(jpeg.key))

    assert_consistent(darkroom, raw.key)
    assert "deleted" == (darkroom.record(jpeg.key) or {})["status"]
    assert 4 == len(darkroom.kept())


def test_a_deletion_spares_a_record_that_shows_another_original(darkroom: Darkroom) -> None:
    """A photo that was moved keeps its id, and the old key's removal may come last."""
    old = darkroom.upload(f"drafts/{UUID}.jpg")
    darkroom.process(old)
    new = darkroom.upload(f"wedding/{UUID}.jpg")
    darkroom.process(new)

    darkroom.process(darkroom.removal(old.key))

    assert_consistent(darkroom, new.key)
    assert 4 == len(darkroom.kept())


def test_an_old_version_that_expires_leaves_the_photo_alone(darkroom: Darkroom) -> None:
    """Noncurrent versions are deleted by a lifecycle rule all the time."""
    old, new = (darkroom.upload("wedding/IMG_1.jpg", content) for content in (b"old", b"new"))
    for event in (old, new):
        darkroom.process(event)
    before = darkroom.state()

    assert Result.UNCHANGED == darkroom.process(darkroom.removal(old.key, version_id=darkroom.versions[0])).result

    assert before == darkroom.state()


def test_the_version_below_a_deleted_one_is_shown_again(darkroom: Darkroom) -> None:
    """Deleting the newest version for good makes the one before current again; no other event reports that."""
    old = darkroom.upload("wedding/IMG_1.jpg", b"old")
    darkroom.process(old)
    before = shown(darkroom, old.key)
    new = darkroom.upload("wedding/IMG_1.jpg", b"new")
    darkroom.process(new)

    darkroom.process(darkroom.removal(new.key, version_id=darkroom.versions[1]))

    assert before == shown(darkroom, old.key)
    assert darkroom.versions[0] == (darkroom.record(old.key) or {})["source_version"]
    assert_consistent(darkroom, old.key)


def test_an_upload_after_a_deletion_is_shown(darkroom: Darkroom) -> None:
    """A tombstone only stops what came before it."""
    first = darkroom.upload("wedding/IMG_1.jpg")
    for event in (first, darkroom.removal(first.key), darkroom.upload(first.key, b"again")):
        darkroom.process(event)

    assert_consistent(darkroom, first.key)
    assert "deleted_at" not in (darkroom.record(first.key) or {})


def test_originals_are_never_modified(darkroom: Darkroom) -> None:
    """Whatever happens to them, we only read."""
    events = [darkroom.upload("wedding/IMG_1.jpg"), darkroom.upload("wedding/IMG_2.jpg", b"broken")]

    for event in events:
        darkroom.process(event)

    listed = darkroom.s3.client.list_object_versions(Bucket=ORIGINALS)
    assert 2 == len(listed["Versions"])
    assert not [write for write in darkroom.s3.writes if write.endswith(("IMG_1.jpg", "IMG_2.jpg"))]


def test_an_unversioned_bucket_works_by_etag() -> None:
    """Adopted buckets may keep no versions."""
    with open_darkroom(versioned=False) as darkroom:
        event = darkroom.upload("wedding/IMG_1.jpg")

        assert Result.RENDERED == darkroom.process(event).result

        assert darkroom.versions == [(darkroom.record(event.key) or {})["source_version"]]
        assert_consistent(darkroom, event.key)
