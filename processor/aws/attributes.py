"""Convert DynamoDB's attribute values to Python values and back. Numbers are exact: Decimal, never float.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

Attribute = Mapping[str, Any]


def to_attribute(value: Any) -> dict[str, Any]:
    """Convert one Python value; a float becomes the number that ``str`` prints."""
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, (bool, int, float, Decimal)):
        return {"BOOL": value} if isinstance(value, bool) else {"N": str(value)}
    if value is None:
        return {"NULL": True}
    if isinstance(value, Mapping):
        return {"M": {name: to_attribute(one) for name, one in cast("Mapping[str, Any]", value).items()}}
    if isinstance(value, (bytes, frozenset)):
        return {"B": value} if isinstance(value, bytes) else set_attribute(cast("frozenset[Any]", value))
    if isinstance(value, (list, tuple)):
        return {"L": [to_attribute(one) for one in cast("Sequence[Any]", value)]}
    raise TypeError(f"expected text, a number, a mapping or a list for DynamoDB, received {type(value).__name__}")


def to_item(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Convert the fields of a whole item."""
    return {name: to_attribute(value) for name, value in fields.items()}


def from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """Convert the attributes of a whole item, so that ``to_item`` gives them back."""
    return {name: from_attribute(value) for name, value in item.items()}


def set_attribute(members: frozenset[Any]) -> dict[str, Any]:
    """Convert a set, whose members are all texts, all numbers or all binaries."""
    listed = [to_attribute(one) for one in sorted(members)]
    kinds = {kind for one in listed for kind in one}
    if len(kinds) != 1 or not kinds <= {"S", "N", "B"}:
        raise TypeError(f"expected texts, numbers or binaries in a set for DynamoDB, received {kinds or 'none'}")
    [kind] = kinds
    return {f"{kind}S": [one[kind] for one in listed]}


def from_attribute(attribute: Attribute) -> Any:
    """Convert one attribute value, so that ``to_attribute`` gives it back."""
    [(kind, value)] = attribute.items()
    match kind:
        case "N":
            return Decimal(value)
        case "NULL":
            return None
        case "SS" | "NS" | "BS":
            return frozenset(from_attribute({kind[0]: one}) for one in value)
        case "M":
            return {name: from_attribute(one) for name, one in value.items()}
        case "L":
            return [from_attribute(one) for one in value]
        case _:
            return value
