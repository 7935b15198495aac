"""Read many items: photo records by id, those that are not settled yet, originals by key, claims of stems."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from processor.aws.attributes import from_item
from processor.aws.faults import aws_call
from processor.aws.originals_table import STEM
from processor.aws.photos import PhotoRecord
from processor.errors import StoreUnavailable
from processor.keys import ObjectKey
from processor.original import OriginalItem

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ITEMS_PER_READ: Final = 100
BATCH_ATTEMPTS: Final = 8
# Items per page: the caller checks its remaining time between pages.
PAGE_ITEMS: Final = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class TableReader:
    """Reads items of one table by their primary keys."""

    dynamodb: DynamoDBClient
    table: str
    sleep: Callable[[float], None] = time.sleep

    def read(self, keys: Iterable[tuple[str, ...]], *names: str) -> list[dict[str, Any]]:
        """Read the items that exist. *names*: the attributes of the primary key, in the order of *keys*."""
        waiting, found = iter(dict.fromkeys(keys)), list[dict[str, Any]]()
        while batch := list(islice(waiting, ITEMS_PER_READ)):
            found += self.batch([dict(zip(names, key, strict=True)) for key in batch])
        return found

    def batch(self, keys: list[dict[str, str]]) -> list[dict[str, Any]]:
        """Read up to 100 items; repeat for unprocessed keys, with exponential back-off."""
        wanted = [{name: {"S": value} for name, value in key.items()} for key in keys]
        asked: Any = {self.table: {"Keys": wanted, "ConsistentRead": True}}
        found: list[dict[str, Any]] = []
        for attempt in range(BATCH_ATTEMPTS):
            with aws_call(f"dynamodb:BatchGetItem {self.table}"):
                answer = self.dynamodb.batch_get_item(RequestItems=asked)
            found += [from_item(item) for item in answer["Responses"].get(self.table, [])]
            asked = answer["UnprocessedKeys"]
            if not asked:
                return found
            self.sleep(0.05 * 2**attempt)
        raise StoreUnavailable(f"{self.table}: expected {len(keys)} items, some stayed unprocessed.")


@dataclass(frozen=True, kw_only=True, slots=True)
class PhotoBatches:
    """Reads photo records."""

    reader: TableReader

    def read(self, names: Iterable[ObjectKey]) -> dict[str, PhotoRecord]:
        """Read the records of originals, by the photo's id; under each id that a record may have."""
        wanted = {record_id: name.photo_id for name in names for record_id in reversed(name.record_ids)}
        found = {item["id"]: item for item in self.reader.read(((one,) for one in wanted), "id")}
        # The first id that exists wins: the others are written before it.
        return {
            photo_id: PhotoRecord(id=record_id, item=found[record_id])
            for record_id, photo_id in wanted.items()
            if record_id in found
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class OriginalBatches:
    """Reads the originals table."""

    reader: TableReader

    def read(self, keys: Iterable[str]) -> dict[str, OriginalItem]:
        """Read the items of originals, by key."""
        found = self.reader.read(((ObjectKey(key).photo_id, key) for key in keys), "id", "key")
        return {item["key"]: OriginalItem.from_tree(item) for item in found}

    def owners(self, paths: Iterable[str]) -> dict[str, str]:
        """Read which originals have claimed stems, by the stem's path."""
        found = self.reader.read(((path, STEM) for path in paths), "id", "key")
        return {item["id"]: item["owner"] for item in found}


@dataclass(frozen=True, kw_only=True, slots=True)
class ScanPage:
    """*items* among *scanned* ones; *last*: the position to continue after, None at the end."""

    items: tuple[Mapping[str, Any], ...]
    scanned: int
    last: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TableScan:
    """Scans a table, page by page. *keys*: the attributes of its primary key."""

    dynamodb: DynamoDBClient
    table: str
    keys: tuple[str, ...]

    def page(self, after: str, **filters: Any) -> ScanPage:
        """Read the page after the position *after*; "" for the first page. *filters*: further arguments of Scan."""
        position = json.loads(after) if after else None
        start: dict[str, Any] = (
            {"ExclusiveStartKey": {name: {"S": value} for name, value in zip(self.keys, position, strict=True)}}
            if position
            else {}
        )
        with aws_call(f"dynamodb:Scan {self.table}"):
            answer = self.dynamodb.scan(TableName=self.table, Limit=PAGE_ITEMS, **filters, **start)
        last: Any = answer.get("LastEvaluatedKey")
        return ScanPage(
            items=tuple(from_item(item) for item in answer["Items"]),
            scanned=answer["ScannedCount"],
            last=json.dumps([last[name]["S"] for name in self.keys]) if last else None,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordScan:
    """Finds photo records of some statuses: those that meet *condition*, with their *fields*."""

    scan: TableScan
    condition: str
    fields: tuple[str, ...]
    statuses: tuple[str, ...]

    def page(self, after: str) -> tuple[list[PhotoRecord], ScanPage]:
        """Read the page after the position *after*."""
        page = self.scan.page(
            after,
            ProjectionExpression=", ".join(f"#{name}" for name in self.fields),
            FilterExpression=self.condition,
            ExpressionAttributeNames={f"#{name}": name for name in self.fields},
            ExpressionAttributeValues={f":{status}": {"S": status} for status in self.statuses},
        )
        return [PhotoRecord(id=item["id"], item=item) for item in page.items], page


def unsettled(scan: TableScan) -> RecordScan:
    """Find records of photos that are waited for, with what names their originals."""
    condition, fields = "#status IN (:pending, :processing)", ("id", "status", "original_key", "gallery_id", "s3_key")
    return RecordScan(scan=scan, condition=condition, fields=fields, statuses=("pending", "processing"))


def rendered(scan: TableScan) -> RecordScan:
    """Find records that show an original."""
    condition, fields = "attribute_exists(#source_version) AND #status <> :deleted", ("id", "status", "original_key")
    return RecordScan(scan=scan, condition=condition, fields=(*fields, "source_version"), statuses=("deleted",))
