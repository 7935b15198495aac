"""Conditional changes of items in the sessions table; a refused one says what was there instead.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from processor.aws.attributes import to_attribute
from processor.aws.faults import aws_call, error_code
from processor.aws.session_items import Item, key_of
from processor.edits.session import RUNNING

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

REFUSED: Final = "ConditionalCheckFailedException"
PLACEHOLDER: Final = re.compile("[#:][a-z_]+")
# DynamoDB deletes an expired item some time within two days, and changes it until then.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ttl-expired-items.html
IS_RUNNING: Final = "#status IN (:pending, :processing) AND #ttl > :now_s"


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One UpdateItem: *update* under *condition*.

    ``#name`` stands for the attribute of that name, or for what *names* says of it; ``:value`` for one of *values*,
    of which there may be more than are used.
    """

    update: str
    condition: str
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def arguments(self) -> dict[str, Any]:
        """Write what UpdateItem takes: exactly the placeholders that are used, or it would refuse them."""
        used = sorted(set(PLACEHOLDER.findall(f"{self.update} {self.condition}")))
        names = {short: self.names.get(short, short[1:]) for short in used if short[0] == "#"}
        return {
            "UpdateExpression": self.update,
            "ConditionExpression": self.condition,
            "ExpressionAttributeValues": {short: to_attribute(self.values[short]) for short in used if short[0] == ":"},
            **({"ExpressionAttributeNames": names} if names else {}),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """*item* as it is after the change, where that was asked for, or as it was found when the condition did not hold.

    None: it was not asked for, or there is none.
    """

    applied: bool
    item: Item | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionChanges:
    """Changes single items of the table."""

    dynamodb: DynamoDBClient
    table: str

    def apply(self, key: str, change: Change, *, give_back: bool = True) -> Changed:
        """Change the item *key*. *give_back*: read it too, as it is then; a refused change always gives it."""
        with aws_call(f"dynamodb:UpdateItem {self.table} {key}"):
            try:
                answer = self.dynamodb.update_item(
                    TableName=self.table,
                    Key=key_of(key),
                    ReturnValues="ALL_NEW" if give_back else "NONE",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **change.arguments(),
                )
            except ClientError as error:
                if error_code(error) == REFUSED:
                    return Changed(applied=False, item=item_in(error))
                raise
        return Changed(applied=True, item=answer.get("Attributes"))


def item_in(error: ClientError) -> Item | None:
    """Take the item that a refused change was meant for out of the refusal."""
    answer: Mapping[str, Any] = error.response
    return answer.get("Item") or None


def milliseconds() -> int:
    """Give the time in ms since 1970."""
    return time.time_ns() // 1_000_000


def running_values(now_ms: int) -> dict[str, Any]:
    """Give the values of a change at *now_ms* whose condition is IS_RUNNING."""
    statuses = {f":{status.value}": status.value for status in RUNNING}
    return {**statuses, ":now": now_ms, ":now_s": now_ms // 1000}
