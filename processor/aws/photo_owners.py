"""Which original belongs to a photo, for its owner and for nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from processor.aws.faults import aws_call
from processor.keys import ObjectKey

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnedPhotos:
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
