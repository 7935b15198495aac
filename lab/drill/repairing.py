"""Rehearse repairs: four kinds of damage, one run of the reconciler, and a second run that finds nothing to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lab.drill.operator import ITEMS, PHOTOS, RENDITIONS, Operator, wait_until_settled
from processor.aws.attributes import from_item
from processor.original import OriginalItem
from testkit.photos import jpeg, scene

GALLERY: Final = "mend"
OVERWRITTEN, LOST, HALF, STUCK = (f"{GALLERY}/{name}.jpg" for name in ("overwritten", "lost", "half", "stuck"))
DAMAGED: Final = (OVERWRITTEN, LOST, HALF, STUCK)


@dataclass(frozen=True, kw_only=True, slots=True)
class RepairRehearsal:
    """The reports of both runs; records by key, before the damage (without the stuck photo's) and after the repair."""

    first: Mapping[str, Any]
    second: Mapping[str, Any]
    whole: Mapping[str, Mapping[str, Any]]
    damaged: Mapping[str, Mapping[str, Any]]
    mended: Mapping[str, Mapping[str, Any]]
    unchanged: bool


def rehearse(operator: Operator) -> RepairRehearsal:
    """Run the rehearsal."""
    for key in (OVERWRITTEN, LOST, HALF):
        operator.put(key, jpeg.jpeg(scene.scene(640, 480)))
    wait_until_active(operator, OVERWRITTEN, LOST, HALF)
    whole = {key: operator.record(key) for key in (OVERWRITTEN, LOST, HALF)}
    damage(operator)
    damaged = {key: operator.record(key) for key in DAMAGED}
    wait_until_settled()
    first = operator.reconcile()
    wait_until_active(operator, *DAMAGED)
    wait_until_settled()
    before = operator.everything(GALLERY)
    second = operator.reconcile()
    return RepairRehearsal(
        first=first,
        second=second,
        whole=whole,
        damaged=damaged,
        mended={key: operator.record(key) for key in DAMAGED},
        unchanged=before == operator.everything(GALLERY),
    )


def wait_until_active(operator: Operator, *keys: str) -> None:
    """Wait until photos have renditions to show."""
    shown = lambda: all({"active"} == {operator.status(key)} and operator.record(key).get("small_url") for key in keys)  # noqa: E731
    operator.wait_for(f"{', '.join(keys)} to be active", shown)


def damage(operator: Operator) -> None:
    """Do to each photo what once happened to photos of the systems before Darkroom."""
    dynamodb = operator.stack.aws.client("dynamodb")
    # Confirmed by the backend after it was rendered, as a whole item.
    operator.write_record(id=OVERWRITTEN, gallery_id=GALLERY, status="active", filename="overwritten.jpg")
    dynamodb.delete_item(TableName=PHOTOS, Key={"id": {"S": LOST}})
    leave_half_written(operator, HALF)
    # Its event never came: a second notification configuration has replaced ours for a while.
    with operator.unannounced():
        operator.put(STUCK, jpeg.jpeg(scene.scene(640, 480)))
    operator.write_record(id=STUCK, gallery_id=GALLERY, status="pending")


def leave_half_written(operator: Operator, key: str) -> None:
    """Leave a photo as a dead process does: a stem, two renditions of four, no item, a record that is processing."""
    [item] = [one for one in operator.items(key) if one["key"] == {"S": key}]
    for one in OriginalItem.from_tree(from_item(item)).objects[2:]:
        operator.stack.aws.client("s3").delete_object(Bucket=RENDITIONS, Key=one)
    address = {"id": item["id"], "key": item["key"]}
    operator.stack.aws.client("dynamodb").delete_item(TableName=ITEMS, Key=address)
    operator.write_record(id=key, gallery_id=GALLERY, status="processing", original_key=key)
