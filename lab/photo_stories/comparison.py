"""Reduce a world to what two histories with the same originals must have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from processor.aws.originals_table import LEASE, STEM
from processor.aws.photos import EVENT
from processor.original import OriginalItem
from testkit.memory_stores import World

# Times, and what the machine needed for it.
MEASURED: Final = frozenset({"at", "gone_at", "deleted_at", "processed_at", "created_at", "attempts"})
MEASURED_HERE: Final = frozenset({"steps_ms", "total_ms", "cost_usd", "memory_mib"})
# Written when the record is made, by the first original of the photo; decided with the backend; numbered one by one.
ONCE: Final = frozenset({"gallery_id", "status", "status_before", EVENT})


def essence(world: World, *, exact: bool = False) -> dict[str, Any]:
    """Return files, items and records. Unless *exact*, without times, and with the key in place of each stem.

    Which of two originals with one file name has the plain stem follows from the order in which they came. Whether an
    original that is gone has an item follows from whether its photo had a record by then (ADR 42).
    """
    if exact:
        return {"files": dict(world.renditions), "table": dict(world.table), "records": dict(world.records)}
    items = [OriginalItem.from_tree(row) for (_, key), row in world.table.items() if key not in {LEASE, STEM}]
    stems = {f"{one.name.gallery}/{one.stem}": one.key for one in items if one.stem}
    return {
        "files": {renamed(key, stems): data for key, (data, _) in world.renditions.items()},
        "items": {one.key: plain(one.to_tree(), stems) for one in items if not one.gone_at},
        "records": {one: plain(row, stems, without=ONCE | of_a_tombstone(row)) for one, row in world.records.items()},
    }


def of_a_tombstone(record: Mapping[str, Any]) -> frozenset[str]:
    """Name what a tombstone owes to the order of events: the original that was seen to be gone last."""
    return frozenset() if {"receipt", "error"} & record.keys() else frozenset({"original_key"})


def differences(calm: World, world: World) -> list[str]:
    """Name what *world* does not have in common with *calm*."""
    expected, found = essence(calm), essence(world)
    return [
        f"{part} {name}: expected {expected[part].get(name)}, found {found[part].get(name)}"
        for part in expected
        for name in sorted({*expected[part], *found[part]})
        if expected[part].get(name) != found[part].get(name)
    ]


def plain(value: Any, stems: Mapping[str, str], without: frozenset[str] = frozenset()) -> Any:
    """Return a tree without times and stems."""
    if isinstance(value, Mapping):
        tree = cast("Mapping[str, Any]", value)
        left = {name: one for name, one in tree.items() if name not in MEASURED | MEASURED_HERE | without | {"stem"}}
        return {name: plain(one, stems) for name, one in left.items()}
    if isinstance(value, list | tuple):
        return [plain(one, stems) for one in cast("list[Any]", value)]
    return renamed(value, stems) if isinstance(value, str) and "/renditions/" in value else value


def renamed(path: str, stems: Mapping[str, str]) -> str:
    """Put the key of the original in place of its stem."""
    start, _, rest = path.rpartition("_")
    _, _, stem = start.rpartition("renditions/")
    return f"{stems.get(stem, stem)} {rest}"


def own_status(world: World, photo_id: str) -> Any:
    """Return the status of a record."""
    return world.records.get(photo_id, {}).get("status")
