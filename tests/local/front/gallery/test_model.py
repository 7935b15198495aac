"""Tests of the inputs of the gallery's API, and of records as JSON."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from local.front.errors import Refusal
from local.front.gallery.model import ORDERS, Cursor, NewPhoto, Sort, mentions, state_of, to_json
from local.front.gallery.store import key_of
from processor.keys import ObjectKey

ID = "0b0e8f4e-3d1c-4a52-9a3b-000000000001"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("IMG_1.JPG", f"wedding/{ID}.jpg"),
        ("no extension", f"wedding/{ID}"),
        ("../../etc/passwd", f"wedding/{ID}"),
        ("<b>.jpg", f"wedding/{ID}.jpg"),
        ("strange.j p", f"wedding/{ID}"),
        ("fürß.é", f"wedding/{ID}"),
    ],
)
def test_originals_are_named_by_their_id(name: str, key: str) -> None:
    """A user's text never becomes part of a URL, and the pipeline finds the record by the key."""
    assert key == NewPhoto(name=name, size=1, gallery="wedding").key(ID)
    assert ID == ObjectKey(key).photo_id


@pytest.mark.parametrize("wrong", [{"size": 0}, {"name": ""}, {"gallery": "/x"}, {"type": "text"}, {"other": 1}])
def test_a_strange_photo_is_refused(wrong: dict[str, object]) -> None:
    """Empty, nameless, without a gallery, or with an unknown field."""
    with pytest.raises(ValidationError):
        NewPhoto.model_validate({"name": "a.jpg", "size": 1, **wrong})


def test_numbers_of_a_record_stay_what_they_are() -> None:
    """DynamoDB has one kind of number, JSON's readers expect whole ones to be whole."""
    record = {"width": Decimal(6000), "cost": Decimal("0.0001"), "steps": {"a": [Decimal(1)]}, "on": True}

    assert {"width": 6000, "cost": 0.0001, "steps": {"a": [1]}, "on": True} == to_json(record)
    assert isinstance(to_json(Decimal(3)), int)


def test_a_cursor_is_read_as_it_was_written() -> None:
    """And nothing else is."""
    place = ("2026-11-21T08:00:00.000Z", "a/é.jpg")

    assert Cursor(key=place[0], id=place[1]) == Cursor.read(Cursor.after(place))
    for wrong in ("x", "e30=", "é"):
        with pytest.raises(Refusal, match="Expected a cursor that a list returned"):
            Cursor.read(wrong)


def test_the_original_of_a_record_is_found_by_every_field() -> None:
    """The pipeline's field comes first, then the backend's; without both, the id is the key."""
    assert "c" == key_of({"id": "a", "s3_key": "b", "original_key": "c"})
    assert "b" == key_of({"id": "a", "s3_key": "b"})
    assert "a" == key_of({"id": "a"})


BEACH = {
    "id": "b",
    "filename": "IMG_2.jpg",
    "created_at": "2026-05-02T08:00:00.000Z",
    "taken_at": "2024-05-17T18:30:15",
}
PORT = {"id": "a", "filename": "img_10.jpg", "created_at": "2026-05-01T08:00:00.000Z", "camera": {"model": "X-T5"}}
ROAD = {"id": "c", "filename": "a.jpg", "created_at": "2026-05-03T08:00:00.000Z", "taken_at": "2025-01-01T00:00:00"}


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("added", "cba"), ("taken", "cba"), ("taken-oldest", "bca"), ("name", "cba")],
)
def test_photos_are_sorted_as_people_expect(sort: Sort, expected: str) -> None:
    """The newest first; numbers in names by their value; photos without a date last. Pages follow the same order."""
    order = ORDERS[sort]
    listed = sorted([BEACH, PORT, ROAD], key=order.of, reverse=order.descending)

    assert expected == "".join(str(one["id"]) for one in listed)
    assert [listed[2]] == [one for one in listed if order.after(one, order.of(listed[1]))]


@pytest.mark.parametrize(
    ("words", "expected"), [("", True), ("img 2024-05", True), ("IMG_2", True), ("X-T5", False), ("img none", False)]
)
def test_a_search_finds_names_dates_and_cameras(words: str, expected: bool) -> None:  # noqa: FBT001 - a parameter
    """Every word has to be there, in capitals or not."""
    assert expected == mentions(BEACH, words)
    assert mentions(PORT, "x-t5")
    assert mentions({"id": "d", "error": {"code": "TRUNCATED"}}, "truncated")


def test_a_record_has_one_of_four_states() -> None:
    """A photo that is rendered again stays ready, until it fails."""
    ready = {"id": "a", "status": "active", "small_url": "https://cdn/a.jpg"}

    assert "ready" == state_of(ready)
    assert "ready" == state_of({**ready, "status": "processing"})
    assert "failed" == state_of({**ready, "status": "failed"})
    assert "waiting" == state_of({"id": "a", "status": "pending"})
    assert "interrupted" == state_of({"id": "a", "status": "pending", "interrupted": True})
