"""Tests of the inputs of the gallery's API, and of records as JSON."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from local.front.errors import Refusal
from local.front.gallery.model import Cursor, NewPhoto, to_json
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
    record = {"id": "a/é.jpg", "created_at": "2026-11-21T08:00:00.000Z"}

    assert Cursor(created_at="2026-11-21T08:00:00.000Z", id="a/é.jpg") == Cursor.read(Cursor.after(record))
    for wrong in ("x", "e30=", "é"):
        with pytest.raises(Refusal, match="Expected a cursor that a list returned"):
            Cursor.read(wrong)


def test_the_original_of_a_record_is_found_by_every_field() -> None:
    """The pipeline's field comes first, then the backend's; without both, the id is the key."""
    assert "c" == key_of({"id": "a", "s3_key": "b", "original_key": "c"})
    assert "b" == key_of({"id": "a", "s3_key": "b"})
    assert "a" == key_of({"id": "a"})
