"""Tests of the transitions of a photo record: exact decisions, without a store."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from processor.aws.photos import PhotoRecord
from processor.errors import PhotoError, Verdict
from processor.keys import ObjectKey
from processor.manifest import Manifest, Photo, StoredRendition
from processor.upload import transitions
from processor.upload.transitions import State, has_renditions

KEY = "wedding/IMG_1.jpg"
AT = "2025-11-21T15:30:00.000Z"
STATE = State(name=ObjectKey(KEY), sequencer="5", recipe="r1", newest=False)
RECEIPT = {"recipe": "r1", "version": "v1"}
ACTIVE: dict[str, Any] = {"status": "active", "sequencer": "5", "original_key": KEY, "receipt": RECEIPT}
CORRUPT = PhotoError(Verdict.CORRUPT, "The photo is damaged.")
RENDITION = StoredRendition(
    size="small", format="jpeg", key="renditions/wedding/IMG_1_small.jpg", width=300, height=200, bytes=99
)
MANIFEST = Manifest(
    key=KEY,
    sequencer="5",
    photo=Photo(
        version="v1",
        source_version="s1",
        processed_at=AT,
        format="jpeg",
        width=3000,
        height=2000,
        placeholder="",
        dominant_color="#000000",
        taken_at=None,
        camera={},
        renditions=(RENDITION,),
    ),
    receipt={
        "recipe": "r1",
        "decoder": "native",
        "colour": "sRGB",
        "total_ms": 5,
        "peak_memory_mib": 6,
        "output_bytes": 99,
        "cost_usd": 0.1,
        "engine": {},
    },
)


def record(**fields: Any) -> PhotoRecord:
    """Read a record that holds *fields*, which replace those of an active one."""
    return PhotoRecord(id=KEY, item={**ACTIVE, **fields})


BACKENDS = PhotoRecord(id=KEY, item={"status": "pending"})


@pytest.mark.fault(3)
@pytest.mark.parametrize(("theirs", "older"), [("4", False), ("5", False), ("51", True), ("6", True), ("", False)])
def test_only_a_newer_record_is_ahead(theirs: str, older: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """An equal one is the same event, come again."""
    assert older == STATE.older_than(record(sequencer=theirs))
    assert older == STATE.superseded_by(record(sequencer=theirs))
    assert not STATE.older_than(None)
    assert not STATE.superseded_by(None)


@pytest.mark.fault(4)
def test_a_tombstone_of_the_same_event_stays_unless_the_content_is_read_now() -> None:
    """A backfill joins the record's sequencer and reads what is there: that may be a restored photo."""
    buried = record(status="deleted")

    assert STATE.superseded_by(buried)
    assert not replace(STATE, newest=True).superseded_by(buried)
    assert not STATE.superseded_by(record(status="deleted", sequencer="4"))
    assert replace(STATE, newest=True).superseded_by(record(status="deleted", sequencer="6"))


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({}, True),
        ({"status": "approved"}, True),
        ({"sequencer": "4"}, False),
        ({"sequencer": "6"}, False),
        ({"original_key": "wedding/other.jpg"}, False),
        ({"receipt": {}}, False),
        ({"receipt": {"recipe": "r2", "version": "v1"}}, False),
        ({"error": {"code": "CORRUPT"}}, False),
        *(({"status": status}, False) for status in (None, "pending", "processing", "failed", "deleted")),
    ],
)
def test_a_state_is_shown_only_by_a_finished_record_of_itself(change: dict[str, Any], shown: bool) -> None:  # noqa: FBT001
    """The same event, original, recipe, and no error: anything else is rendered again."""
    assert shown == STATE.shown_by(record(**change))
    assert shown == STATE.shown_by(record(**change), version="v1")
    assert not STATE.shown_by(record(**change), version="v2")
    assert not STATE.shown_by(None)


def test_a_rendering_of_any_state_counts_as_one() -> None:
    """A migration has no sequencer to compare."""
    assert STATE.rendered_in(record(sequencer="1", receipt={"recipe": "r0"}))
    assert not STATE.rendered_in(record(original_key="wedding/other.jpg"))
    assert not STATE.rendered_in(record(receipt=None))
    assert not STATE.rendered_in(record(error={"code": "CORRUPT"}))
    assert not STATE.rendered_in(record(status="pending"))
    assert not STATE.rendered_in(None)


def test_content_is_shown_by_the_same_bytes_and_recipe() -> None:
    """Both must agree."""
    assert STATE.content_shown_by(record(source_version="s1"), "s1")
    assert not STATE.content_shown_by(record(source_version="s1"), "s2")
    assert not STATE.content_shown_by(record(source_version="s1", receipt={"recipe": "r2"}), "s1")


@pytest.mark.fault(13)
@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"error": {"code": "CORRUPT"}}, True),
        ({"error": {"code": "TRUNCATED"}}, False),
        ({"error": None}, False),
        ({"error": {"code": "CORRUPT"}, "sequencer": "4"}, False),
        ({"error": {"code": "CORRUPT"}, "original_key": "wedding/other.jpg"}, False),
    ],
)
def test_a_verdict_is_said_once(change: dict[str, Any], refused: bool) -> None:  # noqa: FBT001 - a parameter
    """The same reason for the same state of the same original."""
    assert refused == STATE.refused_in(record(**change), "CORRUPT")
    assert not STATE.refused_in(None, "CORRUPT")


def test_renditions_are_those_of_the_original_that_the_record_shows() -> None:
    """Whatever its status is."""
    assert has_renditions(record(), STATE.name)
    assert not has_renditions(record(receipt=None), STATE.name)
    assert not has_renditions(record(), ObjectKey("wedding/other.jpg"))
    assert not has_renditions(None, STATE.name)


def test_a_rendered_photo_is_active_without_an_error_and_without_sizes_that_are_gone() -> None:
    """Of the whole receipt the record keeps the heads, and where the rest is."""
    fields = transitions.rendered(
        record(huge_url="x", huge_bytes=9, small_url="y", small_bytes=9),
        STATE,
        MANIFEST,
        address="manifests/a.json",
        cdn_host="cdn.example.com",
    )

    assert {"huge_url": None, "huge_width": None, "huge_height": None, "huge_bytes": None}.items() <= fields.items()
    assert "https://cdn.example.com/renditions/wedding/IMG_1_small.jpg?v=v1" == fields["small_url"]
    assert ("active", None, None) == (fields["status"], fields["deleted_at"], fields["error"])
    assert {
        "manifest": "manifests/a.json",
        "version": "v1",
        "recipe": "r1",
        "decoder": "native",
        "colour": "sRGB",
        "total_ms": 5,
        "peak_memory_mib": 6,
        "output_bytes": 99,
        "cost_usd": 0.1,
    } == fields["receipt"]
    assert "created_at" not in fields


def test_a_photo_without_a_record_is_created_with_its_gallery() -> None:
    """At the time when it was processed; the root of the bucket is no gallery."""
    born = transitions.rendered(None, STATE, MANIFEST, address="a", cdn_host="cdn.example.com")
    rootless = transitions.birth_of(None, ObjectKey("IMG_1.jpg"), AT)

    assert (AT, "wedding") == (born["created_at"], born["gallery_id"])
    assert {"created_at": AT} == rootless
    assert {} == transitions.birth_of(BACKENDS, STATE.name, AT)


def test_a_failed_photo_records_error_time_and_attempts() -> None:
    """Nothing of what an earlier state left on show is touched."""
    assert {
        "original_key": KEY,
        "sequencer": "5",
        "error": {"code": "CORRUPT", "message": CORRUPT.public, "attempts": 3, "at": AT},
        "status": "failed",
        "deleted_at": None,
    } == transitions.failed(record(), STATE, CORRUPT, attempts=3, at=AT)
    assert None is transitions.failed(record(), replace(STATE, sequencer=""), CORRUPT, attempts=1, at=AT)["sequencer"]
    assert "wedding" == transitions.failed(None, STATE, CORRUPT, attempts=1, at=AT)["gallery_id"]


def test_a_tombstone_keeps_who_it_was_and_nothing_that_it_showed() -> None:
    """Id and sequencer stay, so that a late create stays dead."""
    gone = transitions.tombstone(record(small_url="x", small_bytes=9, approved_by="ada"), STATE, at=AT)

    assert {
        **dict.fromkeys(("small_url", "small_width", "small_height", "small_bytes", "small_thumb_url")),
        **dict.fromkeys(("placeholder", "dominant_color", "taken_at", "camera", "format", "width", "height")),
        "embedded": None,
        **dict.fromkeys(("processed_at", "source_version", "receipt", "error")),
        "original_key": KEY,
        "sequencer": "5",
        "status": "deleted",
        "deleted_at": AT,
    } == gone
    assert None is transitions.tombstone(None, replace(STATE, sequencer=""), at=AT)["sequencer"]
    assert AT == transitions.tombstone(None, STATE, at=AT)["created_at"]


@pytest.mark.parametrize("status", [None, "pending", "processing", "failed", "deleted", "active"])
def test_a_status_of_ours_is_replaced(status: str | None) -> None:
    """And with it the time of a deletion."""
    assert {"status": "active", "deleted_at": None} == transitions.status_of(record(status=status), "active")
    assert {"status": "active", "deleted_at": None} == transitions.status_of(None, "active")


@pytest.mark.parametrize("status", ["approved", "archived", "Active"])
def test_a_status_of_the_backends_own_is_kept(status: str) -> None:
    """We never speak over it."""
    assert {} == transitions.status_of(record(status=status), "active")
