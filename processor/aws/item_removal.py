"""Delete items of a table by their primary keys, for an operator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from processor.aws.attributes import to_item
from processor.aws.faults import aws_call

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemRemoval:
    """Deletes items of one table, whatever they hold."""

    dynamodb: DynamoDBClient
    table: str

    def delete(self, **key: str) -> bool:
        """Delete the item with this primary *key*; return whether there was one."""
        with aws_call(f"dynamodb:DeleteItem {self.table} {' '.join(key.values())}"):
            answer = self.dynamodb.delete_item(TableName=self.table, Key=to_item(key), ReturnValues="ALL_OLD")
        return "Attributes" in answer
