"""Tests of the reasons to send an original, or not to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from processor.aws.objects import Listed
from processor.aws.photos import PhotoRecord
from processor.ops.backfill.reasons import Reason, reason_of

KEY = "wedding/IMG_1.jpg"
RENDERED = {"status": "active", "original_key": KEY, "receipt": {"recipe": "r1"}}


def reason(item: dict[str, Any] | None, key: str = KEY, size: int = 9) -> str:
    """Ask about an original with this record."""
    listed = Listed(key=key, size=size, modified=datetime(2025, 11, 21, tzinfo=UTC))
    return reason_of(listed, PhotoRecord(id=KEY, item=item) if item is not None else None, "r1")


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (None, Reason.MISSING),
        ({"status": "pending"}, Reason.MISSING),
        ({**RENDERED, "status": "processing"}, Reason.MISSING),
        ({"status": "deleted", "original_key": KEY}, Reason.MISSING),
        ({"status": "approved"}, Reason.MISSING),
        (RENDERED, Reason.CURRENT),
        ({**RENDERED, "status": "approved"}, Reason.CURRENT),
        ({**RENDERED, "receipt": {"recipe": "r0"}}, Reason.RECIPE_CHANGED),
        ({**RENDERED, "status": "failed", "error": {"code": "CORRUPT"}}, Reason.FAILED),
        ({**RENDERED, "original_key": "wedding/other.jpg"}, Reason.SHARED),
    ],
)
def test_the_record_determines_whether_an_original_is_due(item: dict[str, Any] | None, expected: Reason) -> None:
    """Two originals that share a record are never sent: they would take it from each other in turn."""
    assert expected == reason(item)


@pytest.mark.parametrize(("key", "size", "expected"), [("a/b.mp4", 9, "video"), ("renditions/a.jpg", 9, "reserved")])
def test_what_is_no_photo_is_left_alone(key: str, size: int, expected: str) -> None:
    """Before its record is read."""
    assert expected == reason(None, key, size)
