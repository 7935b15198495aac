"""Photo records read by the hundred, as far as operations look at them; a moment old at most.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
"""

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

BATCH: Final = 100
ATTEMPTS: Final = 8
FIELDS: Final = ("id", "status", "original_key", "receipt", "error", "format", "sequencer")


@dataclass(frozen=True, kw_only=True, slots=True)
class PhotoBatches:
    """The photos table."""

    dynamodb: DynamoDBClient
    table: str
    sleep: Callable[[float], None] = time.sleep

    def read(self, photo_ids: Iterable[str]) -> dict[str, PhotoRecord]:
        """Read the records that there are, by id."""
        waiting, found = iter(dict.fromkeys(photo_ids)), dict[str, PhotoRecord]()
        while batch := list(islice(waiting, BATCH)):
            found |= self.batch(batch)
        return found

    def batch(self, photo_ids: list[str]) -> dict[str, PhotoRecord]:
        """Read up to a hundred; what a busy table leaves out is asked for again, ever more slowly."""
        names = {f"#{name}": name for name in FIELDS}
        how = {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
        asked: Any = {self.table: {"Keys": [{"id": {"S": photo_id}} for photo_id in photo_ids], **how}}
        found: dict[str, PhotoRecord] = {}
        for attempt in range(ATTEMPTS):
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
