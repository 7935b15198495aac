"""The stores in memory answer like those over AWS, call by call."""

from __future__ import annotations

from typing import Any

import pytest

from processor.errors import LeaseHeld
from processor.events import ObjectEvent
from processor.upload.pipeline import UploadPipeline
from testkit.memory_stores import World
from tests.factories.darkroom import Darkroom

UUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
ONE, TWO, PLAIN = f"a/{UUID}.jpg", f"b/{UUID}.CR2", "a/IMG_1.jpg"
# Times and ids that each world counts for itself.
OWN = {
    *("at", "gone_at", "deleted_at", "processed_at", "created_at", "modified", "expires", "etag", "version_id"),
    *("source_version", "total_ms", "steps_ms", "cost_usd", "memory_mib", "output_bytes"),
}


def comparable(tree: Any) -> Any:
    """Return a tree without what differs from run to run."""
    if isinstance(tree, dict):
        return {name: comparable(value) for name, value in tree.items() if name not in OWN}
    return [comparable(one) for one in tree] if isinstance(tree, list | tuple) else tree


def applied(events: list[ObjectEvent], process: Any) -> list[str]:
    """Apply events; return their results."""
    return [process(event).result.value for event in events]


def test_a_story_ends_the_same_over_both(darkroom: Darkroom) -> None:
    """Uploads of a pair, a deletion, an overwrite, a broken file and another deletion: results, rows and records."""
    worlds: list[Any] = [darkroom, World()]
    results: list[list[str]] = []
    for world in worlds:
        put = world.upload if world is darkroom else world.put
        remove = world.removal if world is darkroom else world.delete
        told = applied([put(ONE), put(TWO), put(PLAIN)], world.process)
        told += applied([remove(ONE), put(PLAIN, b"other"), put(TWO, b"broken")], world.process)
        results.append(told + applied([remove(TWO), remove(TWO)], world.process))

    assert results[0] == results[1]
    world = worlds[1]
    items = darkroom.items()
    assert items.keys() == {one if key == "stem/" else key for one, key in world.table}
    for key in (ONE, TWO, PLAIN):
        row = world.table[PLAIN if key == PLAIN else UUID, key]
        stored = {name: value for name, value in items[key].items() if name not in {"id", "version"}}
        found = {name: value for name, value in row.items() if name not in {"id", "version"}}
        assert comparable(stored)["key"] == comparable(found)["key"]
        assert stored.keys() - OWN == found.keys() - OWN
    for photo_id in (UUID, PLAIN):
        record = darkroom.record(photo_id) or {}
        assert record.keys() == world.records[photo_id].keys()
        assert record["status"] == world.records[photo_id]["status"]
    assert darkroom.kept().keys() == world.renditions.keys()


@pytest.mark.parametrize("memory", [False, True])
def test_leases_and_claims_obey_the_same_rules(darkroom: Darkroom, memory: bool) -> None:  # noqa: FBT001 - a parameter
    """Held, abandoned, lapsed, taken over; claimed once, freed by the owner alone."""
    world = World()
    line: UploadPipeline = world.pipeline() if memory else darkroom.line
    table = line.table
    first = table.acquire(UUID, ONE, seconds=300)
    with pytest.raises(LeaseHeld):
        table.acquire(UUID, TWO, seconds=300)
    table.abandon(first)
    second = table.acquire(UUID, TWO, seconds=300)
    assert ({ONE}, {ONE, TWO}) == (second.doubtful, second.work)
    (world if memory else darkroom).lapse()
    third = table.acquire(UUID, TWO, seconds=300)
    table.release(second)
    assert {ONE, TWO} == third.doubtful
    third.work.clear()
    table.abandon(third)
    assert frozenset() == table.acquire(UUID, ONE, seconds=300).doubtful

    assert [True, True, False] == [table.claim("renditions/a", key) for key in (ONE, ONE, TWO)]
    table.free("renditions/a", TWO)
    assert not table.claim("renditions/a", TWO)
    table.free("renditions/a", ONE)
    assert table.claim("renditions/a", TWO)
