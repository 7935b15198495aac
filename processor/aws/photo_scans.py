"""Read many photo records: those of given ids, or those that are not settled yet."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from processor.aws.attributes import from_attribute
from processor.aws.faults import aws_call
from processor.aws.photos import PhotoRecord
from processor.errors import StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

RECORDS_PER_READ: Final = 100
BATCH_ATTEMPTS: Final = 8
OPERATOR_FIELDS: Final = ("id", "status", "original_key", "receipt", "error", "format", "sequencer")
UNSETTLED: Final = ("pending", "processing")
# Records per page: the caller checks its remaining time between pages.
PAGE_RECORDS: Final = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class PhotoBatches:
    """Reads records by their ids."""

    dynamodb: DynamoDBClient
    table: str
    sleep: Callable[[float], None] = time.sleep

    def read(self, photo_ids: Iterable[str]) -> dict[str, PhotoRecord]:
        """Read the existing records, by id."""
        waiting, found = iter(dict.fromkeys(photo_ids)), dict[str, PhotoRecord]()
        while batch := list(islice(waiting, RECORDS_PER_READ)):
            found |= self.batch(batch)
        return found

    def batch(self, photo_ids: list[str]) -> dict[str, PhotoRecord]:
        """Read up to 100 records; repeat for unprocessed keys, with exponential back-off."""
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
        raise StoreUnavailable(f"{self.table}: expected {len(photo_ids)} records, some stayed unprocessed.")


def record_of(item: Mapping[str, Any]) -> PhotoRecord:
    """Decode one record."""
    plain = {name: from_attribute(value) for name, value in item.items()}
    return PhotoRecord(id=plain["id"], item=plain)


@dataclass(frozen=True, kw_only=True, slots=True)
class ScanPage:
    """*ids* of unsettled records among *scanned* ones; *last*: the id to continue after, None at the end."""

    ids: tuple[str, ...]
    scanned: int
    last: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PendingRecords:
    """Scans the table for records that are not settled."""

    dynamodb: DynamoDBClient
    table: str

    def page(self, after: str) -> ScanPage:
        """Read the page after the id *after*; "" for the first page."""
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
