"""Photo records in DynamoDB. Every write holds only while the record is still as it was read.

Whoever loses that race reads again and decides again; so nothing here knows what may follow what.
Attributes that others wrote are never touched.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from processor.aws.attributes import from_attribute, to_attribute
from processor.aws.faults import aws_call, error_code
from processor.errors import StoreUnavailable
from processor.keys import ObjectKey

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# What a decision about a record is based on. When none of these has changed, the decision still holds.
WATCHED: Final = ("status", "sequencer", "processed_at", "original_key")


@dataclass(frozen=True, kw_only=True, slots=True)
class PhotoRecord:
    """One photo record as it was read; *item* holds all of its attributes."""

    id: str
    item: Mapping[str, Any] = field(repr=False)

    @property
    def status(self) -> str | None:
        """What the backend or we last said of the photo."""
        return self.item.get("status")

    @property
    def sequencer(self) -> str:
        """The newest event that was applied, "" when none was."""
        return self.item.get("sequencer", "")

    @property
    def original_key(self) -> str | None:
        """The original that the record was last rendered from."""
        return self.item.get("original_key")

    @property
    def source_version(self) -> str | None:
        """The content that the renditions show."""
        return self.item.get("source_version")

    @property
    def receipt(self) -> Mapping[str, Any]:
        """How the renditions were made; empty when there are none."""
        return self.item.get("receipt") or {}

    @property
    def error(self) -> Mapping[str, Any] | None:
        """Why the photo cannot be rendered."""
        return self.item.get("error")

    @property
    def sizes(self) -> tuple[str, ...]:
        """Names of the sizes that the record has an address for."""
        named = (name.removesuffix("_url") for name in self.item if name.endswith("_url"))
        return tuple(size for size in named if f"{size}_bytes" in self.item)


@dataclass(frozen=True, kw_only=True, slots=True)
class PhotoRecords:
    """The photos table."""

    dynamodb: DynamoDBClient
    table: str

    def read(self, photo_id: str) -> PhotoRecord | None:
        """Read the record as it is now, not as it may have been a moment ago."""
        with aws_call(f"dynamodb:GetItem {self.table} {photo_id}"):
            answer = self.dynamodb.get_item(TableName=self.table, Key={"id": {"S": photo_id}}, ConsistentRead=True)
        item = answer.get("Item")
        return (
            PhotoRecord(id=photo_id, item={name: from_attribute(value) for name, value in item.items()})
            if item
            else None
        )

    def write(self, photo_id: str, fields: Mapping[str, Any], *, seen: PhotoRecord | None) -> bool:
        """Set *fields* (None: remove) of the record that was *seen*, or create it when none was.

        False when the record has changed since.
        """
        update = update_of(fields, seen)
        with aws_call(f"dynamodb:UpdateItem {self.table} {photo_id}"):
            try:
                self.dynamodb.update_item(TableName=self.table, Key={"id": {"S": photo_id}}, **update)
            except ClientError as error:
                if error_code(error) == "ConditionalCheckFailedException":
                    return False
                raise
        return True


def update_of(fields: Mapping[str, Any], seen: PhotoRecord | None) -> dict[str, Any]:
    """Write an UpdateItem that sets *fields* on the condition that the record is as *seen*."""
    known: Mapping[str, Any] = seen.item if seen else {}
    # Every name goes through a placeholder: "status", "size" and 570 others are reserved words.
    names = {name: f"#n{index}" for index, name in enumerate(dict.fromkeys([*fields, *WATCHED, "id"]))}
    new = {f":new{index}": value for index, value in enumerate(fields.values()) if value is not None}
    old = {f":old{index}": known[name] for index, name in enumerate(WATCHED) if name in known}
    return {
        "UpdateExpression": update_expression(fields, names),
        "ConditionExpression": " AND ".join(
            [f"attribute_{'exists' if seen else 'not_exists'}({names['id']})"]
            + [
                f"{names[name]} = :old{index}" if name in known else f"attribute_not_exists({names[name]})"
                for index, name in enumerate(WATCHED)
            ]
        ),
        "ExpressionAttributeNames": {short: name for name, short in names.items()},
        "ExpressionAttributeValues": {name: to_attribute(value) for name, value in (new | old).items()},
    }


def update_expression(fields: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Set what has a value, remove what is None."""
    sets = [f"{names[name]} = :new{index}" for index, (name, value) in enumerate(fields.items()) if value is not None]
    removes = [names[name] for name, value in fields.items() if value is None]
    clauses = {"SET": sets, "REMOVE": removes}
    return " ".join(f"{clause} {', '.join(named)}" for clause, named in clauses.items() if named)


RECORDS_PER_READ: Final = 100
BATCH_ATTEMPTS: Final = 8
OPERATOR_FIELDS: Final = ("id", "status", "original_key", "receipt", "error", "format", "sequencer")


@dataclass(frozen=True, kw_only=True, slots=True)
class PhotoBatches:
    """The photos table."""

    dynamodb: DynamoDBClient
    table: str
    sleep: Callable[[float], None] = time.sleep

    def read(self, photo_ids: Iterable[str]) -> dict[str, PhotoRecord]:
        """Read the records that there are, by id."""
        waiting, found = iter(dict.fromkeys(photo_ids)), dict[str, PhotoRecord]()
        while batch := list(islice(waiting, RECORDS_PER_READ)):
            found |= self.batch(batch)
        return found

    def batch(self, photo_ids: list[str]) -> dict[str, PhotoRecord]:
        """Read up to a hundred; what a busy table leaves out is asked for again, ever more slowly."""
        names = {f"#{name}": name for name in OPERATOR_FIELDS}
        how = {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
        asked: Any = {self.table: {"Keys": [{"id": {"S": photo_id}} for photo_id in photo_ids], **how}}
        found: dict[str, PhotoRecord] = {}
        for attempt in range(BATCH_ATTEMPTS):
            with aws_call(f"dynamodb:BatchGetItem {self.table}"):
                answer = self.dynamodb.batch_get_item(RequestItems=asked)
            found |= {one.id: one for one in map(record_of, answer["Responses"].get(self.table, []))}
            asked = answer["UnprocessedKeys"]
            if not asked:
                return found
            self.sleep(0.05 * 2**attempt)
        raise StoreUnavailable(f"{self.table}: expected {len(photo_ids)} records, it is too busy to give them.")


def record_of(item: Mapping[str, Any]) -> PhotoRecord:
    """Read one record."""
    plain = {name: from_attribute(value) for name, value in item.items()}
    return PhotoRecord(id=plain["id"], item=plain)


@dataclass(frozen=True, kw_only=True, slots=True)
class PhotoOwners:
    """The photos table, read by whoever edits."""

    dynamodb: DynamoDBClient
    table: str

    def original_of(self, photo_id: str, *, user_id: str) -> str | None:
        """Give the key of a photo's original; None when there is no such photo, or it is not of *user_id*."""
        if not photo_id:
            return None
        with aws_call(f"dynamodb:GetItem {self.table} {photo_id}"):
            answer = self.dynamodb.get_item(
                TableName=self.table,
                Key={"id": {"S": photo_id}},
                ConsistentRead=True,
                ProjectionExpression="user_id, original_key, #status",
                ExpressionAttributeNames={"#status": "status"},
            )
        record: Any = answer.get("Item") or {}
        if record.get("user_id") != {"S": user_id} or record.get("status") == {"S": "deleted"}:
            return None
        if "original_key" in record:
            return str(record["original_key"]["S"])
        # Not rendered yet. Where the file name holds no id of its own, the key is the id.
        return photo_id if ObjectKey(photo_id).photo_id == photo_id and ObjectKey(photo_id).extension else None


UNSETTLED: Final = ("pending", "processing")
# Read at once: as much as can be looked into before the time is looked at again.
PAGE_RECORDS: Final = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class ScanPage:
    """*ids* of unsettled records among *scanned* ones; *last*: the id to go on behind, None at the end."""

    ids: tuple[str, ...]
    scanned: int
    last: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PendingRecords:
    """Scans the photos table."""

    dynamodb: DynamoDBClient
    table: str

    def page(self, after: str) -> ScanPage:
        """Read the next page behind the id *after*, "" for the first."""
        start: dict[str, Any] = {"ExclusiveStartKey": {"id": {"S": after}}} if after else {}
        with aws_call(f"dynamodb:Scan {self.table}"):
            answer = self.dynamodb.scan(
                TableName=self.table,
                Limit=PAGE_RECORDS,
                ProjectionExpression="id",
                FilterExpression="#status IN (:pending, :processing)",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={f":{status}": {"S": status} for status in UNSETTLED},
                **start,
            )
        last: Any = answer.get("LastEvaluatedKey")
        ids: Any = answer["Items"]
        return ScanPage(
            ids=tuple(item["id"]["S"] for item in ids),
            scanned=answer["ScannedCount"],
            last=last["id"]["S"] if last else None,
        )
