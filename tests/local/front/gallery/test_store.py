"""Tests of what the page counts: photos by state, by error code and by gallery."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, Final, cast

from local.front.gallery.operations import Operations
from local.front.gallery.store import PhotoStore
from processor.aws.attributes import to_item
from testkit.events import ORIGINALS
from tests.factories.darkroom import TABLE, Darkroom

LONG_AGO: Final = "2026-01-01T00:00:00+00:00"
NEVER: Final = "2999-01-01T00:00:00+00:00"
RECORDS: Final[Mapping[str, Mapping[str, Any]]] = {
    "rendered": {"status": "active", "gallery_id": "b", "small_url": "/s.webp"},
    "rendered again": {"status": "pending", "gallery_id": "a", "thumbnail_url": "/t.webp"},
    "damaged": {"status": "failed", "gallery_id": "a", "error": {"code": "CORRUPT", "message": "It is damaged."}},
    "by the backend": {"status": "failed", "gallery_id": "a"},
    "new": {"status": "pending", "announced_at": NEVER, "s3_key": "new.jpg"},
    "uploaded": {"status": "pending", "announced_at": LONG_AGO, "s3_key": "uploaded.jpg"},
    "renamed": {"status": "pending", "announced_at": LONG_AGO, "s3_key": "lost.jpg", "original_key": "uploaded.jpg"},
    "lost": {"status": "pending", "announced_at": LONG_AGO, "s3_key": "lost.jpg", "gallery_id": "a"},
    "lost without a key": {"status": "pending", "announced_at": LONG_AGO},
    "gone": {"status": "deleted", "gallery_id": "a", "small_url": "/s.webp"},
}


def test_counts_are_those_of_whole_records(darkroom: Darkroom) -> None:
    """Only a part of each record is read for them, and deleted photos count nowhere."""
    for photo_id, fields in RECORDS.items():
        darkroom.dynamodb.put_item(TableName=TABLE, Item=to_item({"id": photo_id, "camera": {"make": "X"}, **fields}))
    darkroom.s3.put_object(Bucket=ORIGINALS, Key="uploaded.jpg", Body=b"bytes")
    clients = {"dynamodb": darkroom.dynamodb.client, "s3": darkroom.s3.client}
    outputs = {"photosTable": TABLE, "originalsBucket": ORIGINALS}
    deployed = cast("Any", SimpleNamespace(aws=SimpleNamespace(client=clients.__getitem__), outputs=outputs))
    photos = PhotoStore(deployed=deployed)

    assert {
        "states": {"ready": 2, "failed": 2, "waiting": 3, "interrupted": 2},
        "failuresByCode": {"CORRUPT": 1, "FAILED": 1},
    } == Operations(deployed=deployed, events=dict).photos_now()
    assert [{"name": "a", "photos": 4}, {"name": "b", "photos": 1}] == photos.galleries()["galleries"]
    assert all("camera" not in one for one in photos.states())
