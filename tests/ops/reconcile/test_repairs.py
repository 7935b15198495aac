"""Tests of the repair that a record needs, given its manifest."""

from __future__ import annotations

from typing import Any

import pytest

from processor.aws.photos import PhotoRecord
from processor.manifest import Manifest, Photo, StoredRendition
from processor.ops.reconcile.repairs import Remedy, remedy_of

KEY = "wedding/IMG_1.jpg"
SMALL = StoredRendition(
    size="small", format="jpeg", key="renditions/wedding/IMG_1_small.jpg", width=8, height=8, bytes=9
)
PHOTO = Photo(
    version="v2",
    source_version="s2",
    processed_at="2025-11-21T15:30:00.000Z",
    format="jpeg",
    width=8,
    height=8,
    placeholder="",
    dominant_color="#000000",
    taken_at=None,
    camera={},
    renditions=(SMALL,),
)
COMPLETE = Manifest(key=KEY, sequencer="5", objects=(SMALL.key,), photo=PHOTO, receipt={})
FINE = {
    "status": "active",
    "sequencer": "5",
    "original_key": KEY,
    "receipt": {"version": "v2"},
    "small_url": "https://cdn.example.com/small.jpg",
    "small_bytes": 9,
}


def record(**changes: Any) -> PhotoRecord:
    """Return a record that shows the manifest, but for *changes*; None removes."""
    item = {name: value for name, value in (FINE | changes).items() if value is not None}
    return PhotoRecord(id=KEY, item=item)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"status": "approved"},
        {"sequencer": "6", "receipt": None},
        {"sequencer": "6", "status": "deleted", "receipt": None},
        {"status": "deleted", "receipt": None},
        {"status": "failed", "error": {"code": "CORRUPT"}},
        {"original_key": "wedding/another.jpg", "receipt": None},
    ],
)
def test_a_record_that_shows_the_photo_or_knows_better_needs_nothing(changes: dict[str, Any]) -> None:
    """Newer events, verdicts, tombstones and other originals have the last word."""
    assert Remedy.NOTHING is remedy_of(COMPLETE, record(**changes), lost=False)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "pending"},
        {"receipt": None},
        {"receipt": {"version": "v1"}},
        {"sequencer": "4"},
        {"small_url": None},
        {"sequencer": "4", "status": "failed", "error": {"code": "CORRUPT"}},
    ],
)
def test_a_record_that_shows_something_else_is_written_anew(changes: dict[str, Any]) -> None:
    """Overwritten as a whole, in parts, or with an old copy."""
    assert Remedy.RECORD is remedy_of(COMPLETE, record(**changes), lost=False)


def test_a_lost_record_is_written_anew() -> None:
    """The manifest has everything that it said."""
    assert Remedy.RECORD is remedy_of(COMPLETE, None, lost=False)


@pytest.mark.parametrize("found", [record(), None])
def test_a_lost_rendition_is_rendered(found: PhotoRecord | None) -> None:
    """However good the record looks."""
    assert Remedy.RENDERING is remedy_of(COMPLETE, found, lost=True)


@pytest.mark.parametrize("found", [record(status="pending", receipt=None, sequencer=None), None])
def test_a_claim_of_which_nothing_came_is_rendered(found: PhotoRecord | None) -> None:
    """The process died between its claim and its manifest."""
    assert Remedy.RENDERING is remedy_of(Manifest(key=KEY, sequencer="5"), found, lost=False)
