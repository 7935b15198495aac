"""Claims: one stem, one original; the newest state of it decides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from processor.aws.manifests import Manifests, same_photo
from processor.errors import StoreUnavailable
from processor.events import Overtaken
from processor.keys import ObjectKey
from processor.manifest import Manifest, Photo
from tests.factories.darkroom import RENDITIONS, Darkroom
from tests.factories.stores import first, once, refused

RAW, JPEG = ObjectKey("wedding/IMG_1.CR2"), ObjectKey("wedding/IMG_1.JPG")


PHOTO = Photo(
    version="v1",
    source_version="s1",
    processed_at="2025-11-21T15:30:00.000Z",
    format="jpeg",
    width=3,
    height=2,
    placeholder="",
    dominant_color="#000000",
    taken_at=None,
    camera={},
    renditions=(),
)


@pytest.fixture
def manifests(darkroom: Darkroom) -> Manifests:
    """Return an empty renditions bucket."""
    return darkroom.line.maker.manifests


def planned(stem: str) -> tuple[str, ...]:
    """Plan one rendition."""
    return (f"renditions/wedding/{stem}_small.jpg",)


def test_the_first_claim_gets_the_plain_stem(manifests: Manifests) -> None:
    """And what it may write is on record."""
    held = manifests.claim(RAW, "1", planned)

    assert ("IMG_1", "manifests/wedding/IMG_1.json") == (held.stem, held.address)
    assert Manifest(key=RAW.key, sequencer="1", objects=planned("IMG_1")) == held.manifest
    assert held == manifests.find(RAW)


def test_a_claim_costs_a_look_at_each_stem_and_one_write(darkroom: Darkroom, manifests: Manifests) -> None:
    """So does taking it over; nothing that was written is read again. The object is JSON."""
    manifests.claim(RAW, "1", planned)
    first_time, _ = list(darkroom.s3.calls), darkroom.s3.calls.clear()
    manifests.claim(RAW, "2", planned)

    assert (["get_object"] * 3 + ["put_object"], ["get_object", "put_object"]) == (first_time, darkroom.s3.calls)
    stored = darkroom.s3.client.head_object(Bucket=RENDITIONS, Key="manifests/wedding/IMG_1.json")
    assert "application/json" == stored["ContentType"]


def test_a_claim_that_is_held_is_found_again_without_a_write(darkroom: Darkroom, manifests: Manifests) -> None:
    """A replay changes nothing."""
    held = manifests.claim(RAW, "1", planned)
    writes = list(darkroom.s3.writes)

    assert held == manifests.claim(RAW, "1", planned)
    assert writes == darkroom.s3.writes


def test_a_stem_belongs_to_one_original(manifests: Manifests) -> None:
    """Another original of the same stem neither finds the claim nor gets it."""
    first_one = manifests.claim(RAW, "1", planned)
    assert None is manifests.find(JPEG)

    other = manifests.claim(JPEG, "1", planned)

    assert ("IMG_1", "IMG_1.JPG") == (first_one.stem, other.stem)
    assert (first_one, other) == (manifests.find(RAW), manifests.find(JPEG))


def test_a_stem_is_kept_though_a_plainer_one_becomes_free(manifests: Manifests) -> None:
    """Addresses stay true."""
    taken = manifests.claim(RAW, "1", planned)
    manifests.claim(JPEG, "1", planned)
    manifests.delete(taken)

    assert "IMG_1.JPG" == manifests.claim(JPEG, "2", planned).stem


@pytest.mark.faults
def test_a_stem_that_is_given_back_while_it_is_looked_at_is_tried_again(
    darkroom: Darkroom, manifests: Manifests
) -> None:
    """S3 reports that the stem is taken, and then finds no manifest."""
    darkroom.s3.faults["put_object"] = once(refused("PreconditionFailed", 412))

    assert "IMG_1" == manifests.claim(RAW, "1", planned).stem


def test_a_newer_state_takes_the_claim_over_and_an_older_one_is_turned_away(manifests: Manifests) -> None:
    """The stem stays the same."""
    manifests.claim(RAW, "1", planned)

    assert ("IMG_1", "2") == ((held := manifests.claim(RAW, "2", planned)).stem, held.manifest.sequencer)
    with pytest.raises(Overtaken, match="is claimed by a newer state \\(2 > 1\\)"):
        manifests.claim(RAW, "1", planned)


def test_an_event_for_the_current_content_joins_the_newest_claim(manifests: Manifests) -> None:
    """A backfill has no sequencer of its own."""
    manifests.claim(RAW, "2", planned)

    assert "2" == manifests.claim(RAW, "", planned, newest=True).manifest.sequencer


def test_what_an_older_claim_may_have_written_is_not_forgotten(manifests: Manifests) -> None:
    """Another recipe plans other objects; a deletion must find them all."""
    manifests.claim(RAW, "1", planned)

    held = manifests.claim(RAW, "2", lambda stem: (f"renditions/wedding/{stem}_huge.jpg",))

    assert ("renditions/wedding/IMG_1_small.jpg", "renditions/wedding/IMG_1_huge.jpg") == held.manifest.objects


@pytest.mark.fault(1)
@pytest.mark.faults
def test_two_duplicates_that_claim_at_once_get_one_stem(darkroom: Darkroom, manifests: Manifests) -> None:
    """Fault 1: the second must not take the next free name."""
    darkroom.s3.faults["put_object"] = once(first(lambda: manifests.claim(RAW, "1", planned)))

    assert "IMG_1" == manifests.claim(RAW, "1", planned).stem
    assert ["manifests/wedding/IMG_1.json"] == list(darkroom.kept())


@pytest.mark.faults
def test_two_originals_that_claim_at_once_get_two_stems(darkroom: Darkroom, manifests: Manifests) -> None:
    """S3 decides who was first."""
    darkroom.s3.faults["put_object"] = once(first(lambda: manifests.claim(JPEG, "1", planned)))

    assert "IMG_1.CR2" == manifests.claim(RAW, "1", planned).stem


@pytest.mark.faults
def test_a_claim_that_is_lost_again_and_again_is_tried_later(darkroom: Darkroom, manifests: Manifests) -> None:
    """No loop without an end."""
    manifests.claim(RAW, "1", planned)
    darkroom.s3.faults["put_object"] = refused("PreconditionFailed", 412)

    with pytest.raises(StoreUnavailable, match="expected to claim one in 5 attempts, lost every race"):
        manifests.claim(RAW, "2", planned)


def test_what_a_duplicate_has_completed_is_taken_for_ours(darkroom: Darkroom, manifests: Manifests) -> None:
    """The same content by the same recipe: the first one's word stands, and nothing is written again."""
    held = manifests.claim(RAW, "1", planned)
    ours = replace(held.manifest, photo=PHOTO)
    later = replace(ours, photo=replace(PHOTO, processed_at="2025-11-21T15:31:00.000Z"))
    assert ours == manifests.complete(held, ours)
    writes = list(darkroom.s3.writes)
    again = manifests.claim(RAW, "1", planned)

    assert ours == manifests.complete(again, later)
    assert writes == darkroom.s3.writes
    assert ours == manifests.complete(held, later)


@pytest.mark.faults
def test_a_claim_that_was_given_back_cannot_be_completed(manifests: Manifests) -> None:
    """The writer that released it may have removed our renditions: everything starts again."""
    held = manifests.claim(RAW, "1", planned)
    manifests.delete(held)

    with pytest.raises(StoreUnavailable, match="expected our claim, found none"):
        manifests.complete(held, held.manifest)


@pytest.mark.faults
def test_a_claim_that_another_original_has_now_is_not_overwritten(manifests: Manifests) -> None:
    """It was released, and another original claimed it first: the stem is theirs."""
    held = manifests.claim(RAW, "1", planned)
    manifests.delete(held)
    theirs = manifests.claim(JPEG, "1", planned)

    with pytest.raises(StoreUnavailable, match="expected our claim, found none"):
        manifests.complete(held, held.manifest)
    assert ("IMG_1", theirs) == (theirs.stem, manifests.find(JPEG))


@pytest.mark.faults
def test_a_manifest_that_changes_again_and_again_is_written_later(darkroom: Darkroom, manifests: Manifests) -> None:
    """No loop without an end, and no success without a write."""
    held = manifests.claim(RAW, "1", planned)
    darkroom.s3.faults["put_object"] = refused("PreconditionFailed", 412)

    with pytest.raises(StoreUnavailable, match=r"IMG_1\.json: expected to write it in 5 attempts, lost every race"):
        manifests.complete(held, held.manifest)


@pytest.mark.fault(18)
@pytest.mark.parametrize(
    ("operation", "label"),
    [("get_object", "GetObject"), ("put_object", "PutObject"), ("delete_object", "DeleteObject")],
)
def test_a_refusal_of_s3_is_described_by_call_and_key(
    darkroom: Darkroom, manifests: Manifests, operation: str, label: str
) -> None:
    """Never taken for "there is none"."""
    held = manifests.claim(RAW, "1", planned)
    darkroom.s3.faults[operation] = refused("AccessDenied", 403)

    with pytest.raises(StoreUnavailable, match=f"s3:{label} {RENDITIONS}/manifests/wedding/IMG_1"):
        manifests.delete(held) if operation == "delete_object" else manifests.claim(RAW, "2", planned)


@pytest.mark.faults
def test_a_claim_that_a_newer_state_took_cannot_be_completed(manifests: Manifests) -> None:
    """It is no longer ours."""
    held = manifests.claim(RAW, "1", planned)
    manifests.claim(RAW, "2", planned)

    with pytest.raises(Overtaken, match=r"manifests/wedding/IMG_1\.json is claimed by a newer state"):
        manifests.complete(held, held.manifest)


@pytest.mark.faults
def test_a_manifest_that_changed_is_not_deleted(manifests: Manifests) -> None:
    """A newer state has it."""
    held = manifests.claim(RAW, "1", planned)
    newer = manifests.claim(RAW, "2", planned)

    assert not manifests.delete(held)
    assert newer == manifests.find(RAW)


def test_a_stem_that_was_given_back_is_free(manifests: Manifests) -> None:
    """The release succeeds; the caller then removes the renditions below it."""
    held = manifests.claim(RAW, "1", planned)

    assert True is manifests.delete(held)

    assert None is manifests.find(RAW)


@pytest.mark.parametrize(
    ("sequencer", "photo", "same"),
    [
        ("1", PHOTO, True),
        ("1", replace(PHOTO, processed_at="later", width=9), True),
        ("2", PHOTO, False),
        ("1", replace(PHOTO, source_version="s2"), False),
        ("1", replace(PHOTO, version="v2"), False),
    ],
)
def test_a_photo_is_the_same_by_state_content_and_pixels(sequencer: str, photo: Photo, same: bool) -> None:  # noqa: FBT001
    """However and whenever it was made; a mere claim is no photo."""
    ours = Manifest(key=RAW.key, sequencer="1", photo=PHOTO)

    assert same is same_photo(Manifest(key=RAW.key, sequencer=sequencer, photo=photo), ours)
    assert False is same_photo(Manifest(key=RAW.key, sequencer="1"), ours)


def test_a_manifest_of_another_schema_is_refused(darkroom: Darkroom, manifests: Manifests) -> None:
    """Rather than misread."""
    darkroom.s3.client.put_object(Bucket=RENDITIONS, Key="manifests/wedding/IMG_1.json", Body=b'{"schema": 2}')

    with pytest.raises(ValueError, match="expected a manifest of schema 1, received"):
        manifests.find(RAW)


def test_a_mere_claim_has_no_finished_photo() -> None:
    """Only a complete manifest has one."""
    claim = Manifest(key=RAW.key, sequencer="1")
    with pytest.raises(ValueError, match=r"expected a complete manifest of wedding/IMG_1\.CR2, received a mere claim"):
        _ = claim.finished

    assert PHOTO == replace(claim, photo=PHOTO).finished
