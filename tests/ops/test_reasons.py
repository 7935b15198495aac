"""Tests of the reasons to send an original, or not to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from processor.aws.objects import Listed
from processor.ops.backfill.reasons import Reason, error_at, reason_of
from processor.original import Failure, OriginalItem, Photo

KEY = "wedding/IMG_1.jpg"
AT = datetime(2025, 11, 21, 15, 30, 1, 500_000, tzinfo=UTC)
LISTED = Listed(key=KEY, size=9, modified=AT, etag="e")
FAILURE = Failure(code="CORRUPT", message="It is damaged.", attempts=1, at="2025-11-21T15:31:00.000Z")
ITEM = OriginalItem(key=KEY, version="v", etag="e", modified="2025-11-21T15:30:01Z", recipe="r1")


PHOTO = Photo(
    version="0123456789ab",
    processed_at="2025-11-21T15:30:02.000Z",
    format="jpeg",
    width=6,
    height=4,
    placeholder="",
    dominant_color="#102030",
    taken_at=None,
    camera={},
    renditions=(),
)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (None, Reason.MISSING),
        (ITEM, Reason.CURRENT),
        (replace(ITEM, recipe="r0"), Reason.RECIPE_CHANGED),
        (replace(ITEM, failure=FAILURE), Reason.FAILED),
        (replace(ITEM, failure=FAILURE, recipe="r0"), Reason.FAILED),
        (replace(ITEM, failure=FAILURE, photo=PHOTO), Reason.FAILED),
        (replace(ITEM, failure=FAILURE, photo=PHOTO, recipe="r0"), Reason.RECIPE_CHANGED),
        (replace(ITEM, etag="another"), Reason.MISSING),
        (replace(ITEM, modified="2025-11-21T15:30:00Z"), Reason.MISSING),
        (OriginalItem(key=KEY, gone_at="2025-11-21T15:31:00.000Z"), Reason.MISSING),
    ],
)
def test_the_item_determines_whether_an_original_is_due(item: OriginalItem | None, expected: Reason) -> None:
    """One of another version is as good as none. What the record shows is another matter."""
    assert expected == reason_of(LISTED, item, "r1")


@pytest.mark.parametrize(("key", "size", "expected"), [("a/b.mp4", 9, "video"), ("renditions/a.jpg", 9, "reserved")])
def test_what_is_no_photo_is_left_alone(key: str, size: int, expected: str) -> None:
    """Before its item is read."""
    assert expected == reason_of(replace(LISTED, key=key, size=size), None, "r1")


def test_an_archived_original_is_due_only_on_request() -> None:
    """Nothing can be read, unless it was restored; what was made of it before stays current."""
    archived = replace(LISTED, archived=True)

    found = [reason_of(archived, item, "r1") for item in (None, ITEM, replace(ITEM, recipe="r0"))]

    assert [Reason.ARCHIVED, Reason.CURRENT, Reason.ARCHIVED] == found


def test_a_verdict_is_known_by_its_time() -> None:
    """A photo that fails again as before has an old one."""
    assert (None, None, FAILURE.at) == (error_at(None), error_at(ITEM), error_at(replace(ITEM, failure=FAILURE)))
