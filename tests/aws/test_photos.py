"""Photo records: a write holds only while the record is as it was read."""

from __future__ import annotations

from typing import Any

import pytest

from processor.aws.photos import PhotoRecord, PhotoRecords
from processor.errors import StoreUnavailable
from tests.factories.darkroom import Darkroom
from tests.factories.stores import refused


@pytest.fixture
def photos(darkroom: Darkroom) -> PhotoRecords:
    """Return the empty photos table."""
    return darkroom.line.records.photos


def test_a_record_that_is_not_there_is_none(photos: PhotoRecords) -> None:
    """Not an empty one."""
    assert None is photos.read("none")


def test_a_write_sets_removes_and_leaves_alone(darkroom: Darkroom, photos: PhotoRecords) -> None:
    """Attributes of other writers stay."""
    darkroom.put_record(id="p", status="pending", title="The kiss", error={"code": "CORRUPT"})

    assert photos.write("p", {"status": "active", "error": None, "width": 3}, seen=photos.read("p"))

    assert {"id": "p", "status": "active", "title": "The kiss", "width": 3} == darkroom.record("p")


@pytest.mark.parametrize(
    "meanwhile",
    [{"status": "approved"}, {"processed_at": "now"}, {"original_key": "another"}],
)
def test_a_write_does_not_hold_when_the_record_has_changed(
    darkroom: Darkroom, photos: PhotoRecords, meanwhile: dict[str, Any]
) -> None:
    """Everything that a decision is based on is watched."""
    darkroom.put_record(id="p", status="pending")
    seen = photos.read("p")
    changed = {"id": "p", "status": "pending"} | meanwhile
    darkroom.put_record(**changed)

    assert not photos.write("p", {"status": "active"}, seen=seen)

    assert changed == darkroom.record("p")


def test_a_record_is_created_only_when_there_is_none(darkroom: Darkroom, photos: PhotoRecords) -> None:
    """The second writer reads again."""
    assert photos.write("p", {"status": "active"}, seen=None)
    assert not photos.write("p", {"status": "failed"}, seen=None)

    assert {"id": "p", "status": "active"} == darkroom.record("p")


def test_a_record_that_was_removed_is_not_brought_back(darkroom: Darkroom, photos: PhotoRecords) -> None:
    """No phantom records."""
    assert not photos.write("p", {"status": "active"}, seen=PhotoRecord(id="p", item={"id": "p"}))

    assert None is darkroom.record("p")


def test_the_sizes_of_a_record_are_those_that_we_wrote() -> None:
    """Other fields may end in ``_url`` too, and a backend may copy one of ours."""
    small = "https://cdn.example.com/renditions/wedding/IMG%201_small.jpg?v=2"
    ours = {"small_url": small, "x-large_url": small.replace("_small", "_x-large"), "small_thumb_url": small}
    item = ours | {"small_bytes": 1, "author_url": "…", "avatar_url": small, "video_url": 7, "original_url": "…"}

    assert ("small", "x-large") == PhotoRecord(id="p", item=item).sizes


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"s3_key": "w/a.mov"}, True),
        ({"original_key": "w/a.mov"}, True),
        ({"s3_key": "w/a.heic"}, False),
        ({"tags": ["w/a.mov"]}, False),
    ],
)
def test_a_record_is_made_for_the_original_that_it_names(item: dict[str, Any], *, expected: bool) -> None:
    """By its id, or by an attribute of any name."""
    assert PhotoRecord(id="w/a.mov", item={}).is_for("w/a.mov")
    assert expected is PhotoRecord(id="p", item=item).is_for("w/a.mov")


def test_other_types_than_ours_are_no_receipt_and_no_error() -> None:
    """Adopted tables hold texts where we write maps."""
    record = PhotoRecord(id="p", item={"receipt": "paid", "error": "upload timed out"})

    assert ({}, None) == (record.receipt, record.error)


@pytest.mark.fault(8)
@pytest.mark.faults
def test_any_other_refusal_names_the_call_and_is_transient(darkroom: Darkroom, photos: PhotoRecords) -> None:
    """Fault 8: the queue tries again."""
    darkroom.dynamodb.faults["update_item"] = refused("ThrottlingException")

    with pytest.raises(StoreUnavailable) as refusal:
        photos.write("p", {"status": "active"}, seen=None)

    assert "dynamodb:UpdateItem darkroom-photos p: expected success, received ThrottlingException (HTTP 400)." == str(
        refusal.value
    )
