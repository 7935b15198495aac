"""Change single items of the sessions table by conditional updates.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from processor.aws.attributes import to_attribute
from processor.aws.faults import CONDITION_REFUSED, aws_call, error_code

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = Mapping[str, Any]
PLACEHOLDER: Final = re.compile("[#:][a-z_]+")
SET_PLACEHOLDERS: Final = ("#set", "#other_set")


def key_of(item_id: str) -> dict[str, Any]:
    """Return the key of the item *item_id*."""
    return {"sessionId": {"S": item_id}}


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemChange:
    """One UpdateItem: *update* under *condition*.

    ``#name`` is a placeholder for the attribute *name*, or for the attribute that *names* maps it to; ``:value`` is a
    placeholder for one of *values*. Entries of *values* that neither expression uses are ignored.
    """

    update: str
    condition: str
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def arguments(self) -> dict[str, Any]:
        """Build the arguments of UpdateItem. DynamoDB refuses placeholders that no expression uses."""
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
    """Result of a change.

    *item*: the item after the change, None unless it was requested. If the condition failed (*applied* False): the
    item as it is, None when there is none.
    """

    applied: bool
    item: Item | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionChanges:
    """Changes single items of the table."""

    dynamodb: DynamoDBClient
    table: str

    def apply(self, key: str, change: ItemChange, *, return_item: bool = True) -> Changed:
        """Apply *change* to the item *key*. *return_item*: also return the new item; costs its transfer."""
        with aws_call(f"dynamodb:UpdateItem {self.table} {key}"):
            try:
                answer = self.dynamodb.update_item(
                    TableName=self.table,
                    Key=key_of(key),
                    ReturnValues="ALL_NEW" if return_item else "NONE",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **change.arguments(),
                )
            except ClientError as error:
                if error_code(error) in CONDITION_REFUSED:
                    return Changed(applied=False, item=item_in(error))
                raise
        return Changed(applied=True, item=answer.get("Attributes"))


def entries_of(item: Item | None, name: str) -> list[str]:
    """Read the string set *name* of an item, which may have none."""
    stored: Mapping[str, Any] = (item or {}).get(name, {"SS": []})
    return list(stored["SS"])


def removal(entries: Collection[str], *names: str) -> ItemChange:
    """Remove *entries* from the string sets *names*; missing ones are ignored, and no item is created."""
    sets: dict[str, str] = dict(zip(SET_PLACEHOLDERS, names, strict=False))
    return ItemChange(
        update=f"DELETE {', '.join(f'{short} :entries' for short in sets)}",
        condition=f"attribute_exists({SET_PLACEHOLDERS[0]})",
        names=sets,
        values={":entries": frozenset(entries)},
    )


def item_in(error: ClientError) -> Item | None:
    """Return the item that DynamoDB attached to a failed condition; None when there is no such item."""
    answer: Mapping[str, Any] = error.response
    return answer.get("Item") or None
