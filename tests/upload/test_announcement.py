"""Each outcome of a photo is announced in its record once, and the filter of the pipe passes exactly those writes."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations
from typing import Any

import pytest

from components import events
from processor.aws.attributes import to_item
from processor.recipe import Recipe, Size
from testkit.memory_stores import World

KEY = "wedding/IMG_1.jpg"
UUID = "3f2a1b4c-0d9e-4a77-8c11-2b5d6e7f8a90"
FILTERS = events.photos("arn").filters


@pytest.fixture
def world() -> World:
    """Return empty stores of a stack with events."""
    return World(events=True)


def matches(value: Any, pattern: Any) -> bool:
    """Match as EventBridge does: a list holds alternatives, a mapping is matched key by key."""
    if isinstance(pattern, Mapping):
        tree: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
        return all(matches(tree.get(key), inner) for key, inner in pattern.items())
    return any(one in (value, {"exists": value is not None}) for one in pattern)


def sent(world: World) -> list[Mapping[str, Any]]:
    """Return the announcements of the writes that pass the pipe's filter, in order."""
    changes = [{"dynamodb": {"OldImage": to_item(old), "NewImage": to_item(new)}} for old, new in world.stream]
    passed = [any(matches(change, one) for one in FILTERS) for change in changes]
    return [new["darkroom_event"] for (_, new), passes in zip(world.stream, passed, strict=True) if passes]


def told(world: World) -> list[tuple[str, str]]:
    """Return number and type of each event."""
    return [(one["number"], one["type"]) for one in sent(world)]


def test_an_upload_is_one_event_however_often_it_is_delivered(world: World) -> None:
    """A duplicate and a redriven message find nothing to do."""
    event = world.put(KEY)
    for _ in range(4):
        world.process(event)

    [only] = sent(world)
    version = world.records[KEY]["receipt"]["version"]
    assert {
        "id": f"{KEY}:1:active:{version}",
        "type": "photo.active",
        "turn": "odd",
        "number": "1",
        "photo_id": KEY,
        "gallery": "wedding",
        "status": "active",
        "version": version,
        "error_code": "",
        "original_key": KEY,
        "stem": "IMG_1",
    } == only


def test_each_version_is_an_event_of_its_own(world: World) -> None:
    """Overwritten, deleted, uploaded again: four outcomes, each with its number; the backend's writes are none."""
    for content in (b"one", b"two"):
        world.process(world.put(KEY, content))
        world.records[KEY]["title"] = "The kiss"
    world.process(world.delete(KEY))
    world.process(world.put(KEY, b"one"))

    types = ["photo.active", "photo.active", "photo.deleted", "photo.active"]
    assert [(str(number), one) for number, one in enumerate(types, 1)] == told(world)
    first, second, deleted, again = sent(world)
    assert second["version"] == deleted["version"]
    assert first["version"] == again["version"]
    assert 4 == len({one["id"] for one in sent(world)})


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_any_order_of_events_ends_with_the_same_outcome(order: tuple[int, ...]) -> None:
    """Two uploads and a deletion, told in any order and then all again: one event for what is there now."""
    world = World(events=True)
    events = [world.put(KEY, b"one"), world.put(KEY, b"two"), world.put(KEY, b"three")]
    for index in (*order, *order):
        world.process(events[index])

    assert [("1", "photo.active")] == told(world)
    assert sent(world)[0]["version"] == world.records[KEY]["receipt"]["version"]


def test_a_failure_is_told_once_with_its_code(world: World) -> None:
    """A verdict is retried at each hint; the same one is no news."""
    event = world.put(KEY, b"broken")
    for _ in range(3):
        world.process(event)

    [only] = sent(world)
    assert ("photo.failed", "CORRUPT", "v1", "") == (only["type"], only["error_code"], only["version"], only["stem"])


def test_another_recipe_is_another_version(world: World) -> None:
    """Addresses change with the recipe, and who stored them must know."""
    event = world.put(KEY)
    world.process(event)
    world.process(event, Recipe(sizes={"tiny": Size(width=10, height=10)}))

    assert [("1", "photo.active"), ("2", "photo.active")] == told(world)


def test_a_photo_that_moved_has_new_addresses(world: World) -> None:
    """The same pixels elsewhere: the same version under another key is told again."""
    first, second = f"a/{UUID}.jpg", f"b/{UUID}.jpg"
    world.process(world.put(first))
    copied, deleted = world.put(second), world.delete(first)
    world.process(copied)
    world.process(deleted)

    assert [first, second] == [one["original_key"] for one in sent(world)]
    assert ["photo.active"] * 2 == [one["type"] for one in sent(world)]


def test_what_the_backend_has_deleted_is_not_told_to_be_active(world: World) -> None:
    """A backfill renders it, its record stays deleted, and nothing is published."""
    event = world.put(KEY)
    world.process(event)
    world.records[KEY]["status"] = "deleted"
    world.process(event, Recipe(sizes={"tiny": Size(width=10, height=10)}))
    assert [("1", "photo.active")] == told(world)

    world.records[KEY]["status"] = "approved"
    world.process(event, Recipe(sizes={"tiny": Size(width=11, height=11)}))
    assert [("1", "photo.active"), ("2", "photo.active")] == told(world)


def test_texts_need_no_escaping_in_json(world: World) -> None:
    """A pipe puts texts into its template as they are: quotes and backslashes are percent-encoded."""
    key = 'a "b"\\c/ü.jpg'
    world.process(world.put(key))

    [only] = sent(world)
    assert ("a%20%22b%22%5Cc/%C3%BC.jpg", "a%20%22b%22%5Cc") == (only["original_key"], only["gallery"])
    assert not [text for text in only.values() if '"' in text or "\\" in text]


def test_without_events_records_are_as_they_were() -> None:
    """Off by default: no attribute more."""
    world = World()
    world.process(world.put(KEY))

    assert "darkroom_event" not in world.records[KEY]
