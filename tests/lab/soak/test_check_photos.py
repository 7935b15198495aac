"""The checks of stored photos: each promise, and the text of its violation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lab.soak.check_photos import SIZES, check
from lab.soak.model import Gallery, PhotoLine, Put, StoredRendition

KEY, PHOTO = "wedding/a.jpg", "wedding/a.jpg"
FIRST = Put(version_id="v1", sha256="first", size=9, width=640, height=480, code="")
SECOND = replace(FIRST, version_id="v2", sha256="second", width=800, height=600)
BAD = replace(SECOND, code="TRUNCATED", width=0, height=0)


def line(*puts: Put, deleted: bool = False) -> PhotoLine:
    """Write what was done to the key."""
    return PhotoLine(key=KEY, photo_id=PHOTO, puts=puts, deleted=deleted)


def rendition(size: str) -> str:
    """Name a rendition."""
    return f"renditions/wedding/a_{size}.jpg"


def record_of(put: Put, **more: Any) -> dict[str, Any]:
    """Write the record of a photo that shows *put*."""
    sizes = {
        f"{size}_{name}": value
        for size in SIZES
        for name, value in (
            ("url", f"http://cdn/{rendition(size)}?v=r1"),
            ("width", 40),
            ("height", 30),
            ("bytes", 5),
        )
    }
    shown = {"status": "active", "source_version": put.version_id, "width": put.width, "height": put.height}
    return {"id": PHOTO, **shown, **sizes, **more}


def gallery_of(*puts: Put, record: dict[str, Any] | None = None, **more: Any) -> Gallery:
    """Store the last of *puts* as the pipeline must."""
    metadata = {"version": "r1", "source-version": puts[-1].version_id}
    return replace(
        Gallery(
            records={PHOTO: record_of(puts[-1]) if record is None else record},
            originals={(KEY, put.version_id): put.sha256 for put in puts},
            renditions={
                rendition(size): StoredRendition(size=(40, 30), stored_bytes=5, metadata=metadata) for size in SIZES
            },
            items={KEY: frozenset(map(rendition, SIZES))},
        ),
        **more,
    )


def found(lines: PhotoLine, gallery: Gallery) -> list[str]:
    """Say what is wrong."""
    return [str(one) for one in check([lines], gallery)]


def test_a_photo_that_shows_its_last_version_is_well() -> None:
    """Nothing is held against what is as it must be."""
    assert [] == found(line(FIRST, SECOND), gallery_of(FIRST, SECOND))


def test_the_record_of_a_moved_photo_is_held_against_the_original_that_is_left() -> None:
    """Not against the one that was deleted; with neither left, it must be a tombstone."""
    gone = PhotoLine(key="new/a.jpg", photo_id=PHOTO, puts=(), deleted=True)

    assert [] == check([gone, line(FIRST)], gallery_of(FIRST))
    both = check([gone, line(FIRST, deleted=True)], replace(gallery_of(FIRST), items={}, renditions={}))
    assert ["new/a.jpg", KEY] == [one.subject for one in both]


def test_an_upload_that_never_became_active_is_named() -> None:
    """Pending is no end."""
    gallery = gallery_of(FIRST, record={"id": PHOTO, "status": "pending"})

    assert ["wedding/a.jpg: expected active, found pending"] == found(line(FIRST), gallery)


def test_an_upload_without_a_record_is_named() -> None:
    """Nothing of what was accepted may be forgotten."""
    assert ["wedding/a.jpg: expected active, found no record"] == found(line(FIRST), gallery_of(FIRST, records={}))


def test_a_photo_that_shows_an_older_version_is_named() -> None:
    """A late event of the first version has won: version, size and every rendition tell."""
    told = found(line(FIRST, SECOND), replace(gallery_of(FIRST), originals=gallery_of(FIRST, SECOND).originals))

    assert [
        "wedding/a.jpg: expected version v2, the last of 2, found version v1",
        "wedding/a.jpg: expected 800×600 px, found 640×480 px",
    ] == told[:2]
    assert 2 + len(SIZES) == len(told)


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": None},
        {"size": (41, 30)},
        {"stored_bytes": 6},
        {"metadata": {"version": "r0", "source-version": "v1"}},
        {"metadata": {"version": "r1", "source-version": "v0"}},
    ],
    ids=["undecodable", "another size", "another length", "another version", "another original"],
)
def test_a_rendition_that_is_not_what_its_record_says_is_named(wrong: dict[str, Any]) -> None:
    """Each fact of a rendition counts."""
    gallery = gallery_of(FIRST)
    renditions = {**gallery.renditions, rendition("small"): replace(gallery.renditions[rendition("small")], **wrong)}

    [told] = found(line(FIRST), replace(gallery, renditions=renditions))

    assert told.startswith("wedding/a.jpg, small: expected {")


def test_a_rendition_that_is_missing_is_named() -> None:
    """Active means that every size is there."""
    gallery = gallery_of(FIRST)
    renditions = {key: one for key, one in gallery.renditions.items() if "large" not in key}

    [told] = found(line(FIRST), replace(gallery, renditions=renditions))

    assert told.endswith("found nothing")


def test_a_bad_file_must_fail_with_its_reason() -> None:
    """The very code; what an earlier version left on show may stay."""
    failed = {"status": "failed", "error": {"code": "TRUNCATED"}}

    assert [] == found(line(FIRST, BAD), gallery_of(FIRST, BAD, record=record_of(FIRST, **failed)))
    other = gallery_of(FIRST, BAD, record={"id": PHOTO, "status": "failed", "error": {"code": "CORRUPT"}})
    assert ["wedding/a.jpg: expected failed (TRUNCATED), found failed (CORRUPT)"] == found(line(FIRST, BAD), other)


def test_a_good_photo_that_failed_is_named_with_its_code() -> None:
    """A killed worker is no verdict on a photo."""
    record = {"id": PHOTO, "status": "failed", "error": {"code": "DECODER_CRASHED"}}

    told = found(line(FIRST), gallery_of(FIRST, record=record))

    assert ["wedding/a.jpg: expected active, found failed (DECODER_CRASHED)"] == told


def test_what_was_deleted_shows_nothing() -> None:
    """A tombstone, or no record at all; originals stay as versions."""
    gone = gallery_of(FIRST, record={"id": PHOTO, "status": "deleted"}, renditions={}, items={})

    assert [] == found(line(FIRST, deleted=True), gone)
    assert [] == found(line(FIRST, deleted=True), replace(gone, records={}))


def test_what_was_deleted_and_is_still_shown_is_named() -> None:
    """The record, and the item that still names the renditions."""
    assert [
        "wedding/a.jpg: expected a tombstone that shows nothing, found active thumbnail small medium large",
        "wedding/a.jpg: expected no item without an original, found one",
    ] == found(line(FIRST, deleted=True), gallery_of(FIRST))


def test_an_original_that_changed_or_went_is_named() -> None:
    """Every accepted version stays, byte by byte."""
    changed = gallery_of(FIRST, SECOND, originals={(KEY, "v2"): "other"})

    assert [
        "wedding/a.jpg, version v1: expected SHA-256 first, found nothing",
        "wedding/a.jpg, version v2: expected SHA-256 second, found other",
    ] == found(line(FIRST, SECOND), changed)


def test_an_orphan_is_reported() -> None:
    """A rendition without an item; an item, a record and an original of photos that were never uploaded; a lease."""
    gallery = gallery_of(FIRST)
    orphan, stranger = "renditions/wedding/b_small.jpg", "wedding/c.jpg"

    told = found(
        line(FIRST),
        Gallery(
            records={**gallery.records, "wedding/d.jpg": {"status": "active"}},
            originals={**gallery.originals, ("wedding/e.jpg", "v9"): "e"},
            renditions={**gallery.renditions, orphan: StoredRendition(size=(1, 1), stored_bytes=1)},
            items={**gallery.items, stranger: frozenset()},
            leases=frozenset({"wedding/d.jpg"}),
        ),
    )

    assert [
        "wedding/e.jpg, version v9: expected no original of anybody else's, found one",
        f"{stranger}: expected no item without an original, found one",
        f"{orphan}: expected no rendition that no item names, found an orphan",
        "wedding/d.jpg: expected no lease at rest, found one that was never released",
        "wedding/d.jpg: expected no record of a photo that was never uploaded, found one",
    ] == told
