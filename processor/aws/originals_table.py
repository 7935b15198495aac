"""Read and write the originals table: one item per original, a lease per photo at work, a claim per stem.

    id                        key             attributes
    <photo id>                <key>           the original's item (processor/original.py)
    <photo id>                lease/          holder, until (ms since the epoch), work (the keys at work)
    renditions/<gallery>/…    stem/           owner (the key of the original that claimed the stem, or a reconciler)

A sort key holds 1,024 bytes, exactly S3's limit, so the key itself fits. No original can be called ``lease/`` or
``stem/``: keys that end in a slash are folders. No photo's id starts with ``renditions/``: such keys are reserved.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from processor.aws.attributes import from_item, to_attribute, to_item
from processor.aws.faults import CONDITION_REFUSED, aws_call, unless
from processor.errors import DarkroomError, LeaseHeld
from processor.keys import ObjectKey
from processor.original import OriginalItem

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LEASE: Final = "lease/"
STEM: Final = "stem/"
# Clocks of two hosts differ; on Lambda by a few ms.
CLOCKS_MS: Final = 2000
DAY_S: Final = 24 * 3600
# As long as dead letters and old versions together, which a late message may name.
GONE_DAYS: Final = 60


@dataclass(kw_only=True, slots=True)
class Lease:
    """The right to work on one photo. *doubtful*: keys that a holder left unfinished; *work*: keys not finished yet."""

    photo_id: str
    key: str
    holder: str = field(default_factory=lambda: uuid.uuid4().hex)
    doubtful: frozenset[str] = frozenset()
    work: set[str] = field(default_factory=set[str])

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys to work on, in order: those of a holder that never released, then the own one."""
        return (*sorted(self.doubtful - {self.key}), self.key)


@dataclass(frozen=True, kw_only=True, slots=True)
class StemClaims:
    """The claims of stems in the table. *now()*: s since the epoch."""

    dynamodb: DynamoDBClient
    table: str
    now: Callable[[], float] = time.time

    def claim(self, path: str, key: str, *, seconds: int | None = None) -> bool:
        """Claim the stem *path* for the original *key*; return False when another original has it.

        *seconds*: the table deletes the claim some time after these, should its owner die before it frees the stem.
        """
        expires = {} if seconds is None else {"expires": int(self.now()) + seconds}
        with aws_call(f"dynamodb:PutItem {self.table} {path}"):
            answer = unless(
                CONDITION_REFUSED,
                lambda: self.dynamodb.put_item(
                    TableName=self.table,
                    Item=to_item({"id": path, "key": STEM, "owner": key} | expires),
                    ConditionExpression="attribute_not_exists(id) OR #owner = :owner",
                    ExpressionAttributeNames={"#owner": "owner"},
                    ExpressionAttributeValues={":owner": {"S": key}},
                ),
            )
        return answer is not None

    def free(self, path: str, key: str) -> None:
        """Give up the claim of *key* on the stem *path*, if it has it."""
        self.delete(path, STEM, "owner", key)

    def delete(self, item_id: str, key: str, attribute: str, value: str) -> None:
        """Delete an item if its *attribute* is *value*."""
        with aws_call(f"dynamodb:DeleteItem {self.table} {item_id}"):
            unless(
                CONDITION_REFUSED,
                lambda: self.dynamodb.delete_item(
                    TableName=self.table,
                    Key=address(item_id, key),
                    ConditionExpression="#attribute = :value",
                    ExpressionAttributeNames={"#attribute": attribute},
                    ExpressionAttributeValues={":value": {"S": value}},
                ),
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class OriginalsTable(StemClaims):
    """The whole table: leases, items of originals, claims of stems."""

    @contextmanager
    def hold(self, photo_id: str, key: str, *, seconds: float) -> Generator[Lease]:
        """Hold the lease of a photo for the block, *seconds* at most; LeaseHeld when another invocation has it.

        An error in the block ends the lease at once; the keys that are not finished stay in it, for the next holder to
        do again.
        """
        lease = self.acquire(photo_id, key, seconds=seconds)
        try:
            yield lease
        except Exception:
            with suppress(DarkroomError):  # then it ends by itself
                self.abandon(lease)
            raise
        self.release(lease)

    def acquire(self, photo_id: str, key: str, *, seconds: float) -> Lease:
        """Take the lease if it is free, was abandoned or has ended; add *key* to the keys at work."""
        lease, now = Lease(photo_id=photo_id, key=key), int(self.now() * 1000)
        before = self.change(
            photo_id,
            "SET #holder = :holder, #until = :until ADD #work :work",
            # Its own holder: the answer to the first try was lost.
            "attribute_not_exists(#holder) OR #until < :now OR #holder = :holder",
            {
                "holder": lease.holder,
                "until": now + int(seconds * 1000),
                "work": frozenset({key}),
                "now": now - CLOCKS_MS,
            },
        )
        if before is None:
            raise LeaseHeld(f"photo {photo_id}: expected its lease to be free, another invocation holds it.")
        lease.doubtful = frozenset(before.get("work", ()))
        lease.work = {*lease.doubtful, key}
        return lease

    def abandon(self, lease: Lease) -> None:
        """End the lease, and leave the keys that are not finished in it."""
        work = "SET #until = :until, #work = :work" if lease.work else "SET #until = :until REMOVE #work"
        values = {"until": 0, "holder": lease.holder} | ({"work": frozenset(lease.work)} if lease.work else {})
        self.change(lease.photo_id, work, "#holder = :holder", values)

    def release(self, lease: Lease) -> None:
        """Remove the lease: everything is finished."""
        self.delete(lease.photo_id, LEASE, "holder", lease.holder)

    def change(self, photo_id: str, update: str, condition: str, values: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Update a lease; return it as it was before, None when the condition failed."""
        names = {f"#{name}": name for name in ("holder", "until", "work") if f"#{name}" in f"{update} {condition}"}
        with aws_call(f"dynamodb:UpdateItem {self.table} {photo_id}"):
            answer = unless(
                CONDITION_REFUSED,
                lambda: self.dynamodb.update_item(
                    TableName=self.table,
                    Key=address(photo_id, LEASE),
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    ExpressionAttributeNames=names,
                    ExpressionAttributeValues={f":{name}": to_attribute(value) for name, value in values.items()},
                    ReturnValues="ALL_OLD",
                ),
            )
        return None if answer is None else from_item(answer.get("Attributes", {}))

    def owner(self, path: str) -> str | None:
        """Return the original that has claimed the stem *path*, strongly consistent; None when none has."""
        with aws_call(f"dynamodb:GetItem {self.table} {path}"):
            answer = self.dynamodb.get_item(TableName=self.table, Key=address(path, STEM), ConsistentRead=True)
        return str(from_item(answer["Item"])["owner"]) if "Item" in answer else None

    def item(self, key: str) -> OriginalItem | None:
        """Read the item of an original, strongly consistent."""
        photo_id = ObjectKey(key).photo_id
        with aws_call(f"dynamodb:GetItem {self.table} {photo_id}"):
            answer = self.dynamodb.get_item(TableName=self.table, Key=address(photo_id, key), ConsistentRead=True)
        return OriginalItem.from_tree(from_item(answer["Item"])) if "Item" in answer else None

    def items_of(self, photo_id: str) -> list[OriginalItem]:
        """Read all originals of a photo, strongly consistent."""
        found: list[OriginalItem] = []
        more: dict[str, Any] = {}
        while True:
            with aws_call(f"dynamodb:Query {self.table} {photo_id}"):
                answer = self.dynamodb.query(
                    TableName=self.table,
                    KeyConditionExpression="id = :id",
                    ExpressionAttributeValues={":id": {"S": photo_id}},
                    ConsistentRead=True,
                    **more,
                )
            found += [OriginalItem.from_tree(from_item(one)) for one in answer["Items"] if one["key"] != {"S": LEASE}]
            if "LastEvaluatedKey" not in answer:
                return found
            more = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def put(self, item: OriginalItem) -> None:
        """Write the item of an original; that of a deleted one expires."""
        tree = item.to_tree() | {"id": item.name.photo_id}
        if item.gone_at:
            tree["expires"] = int(self.now()) + GONE_DAYS * DAY_S
        with aws_call(f"dynamodb:PutItem {self.table} {item.key}"):
            self.dynamodb.put_item(TableName=self.table, Item=to_item(tree))

    def forget(self, items: Iterable[OriginalItem]) -> None:
        """Delete the items of originals that are gone."""
        for one in items:
            if one.gone_at:
                self.delete(one.name.photo_id, one.key, "gone_at", one.gone_at)


def address(item_id: str, key: str) -> dict[str, Any]:
    """Return the primary key of an item."""
    return {"id": {"S": item_id}, "key": {"S": key}}
