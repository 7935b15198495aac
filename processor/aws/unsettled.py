"""Photo records that still wait for renditions, found by reading the whole table.

A scan rather than an index: an index on the status would be written with every photo to be read once in a while.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from processor.aws.faults import aws_call

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

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
class UnsettledRecords:
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
