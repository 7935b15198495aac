"""Read and write single photo records in DynamoDB. Every write is conditional on the record as it was read.

A writer that loses the race reads again and decides again (``upload.record``). Attributes of other writers are never
changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import unquote, urlsplit

from processor.aws.attributes import from_item, to_item
from processor.aws.faults import CONDITION_REFUSED, IMPOSSIBLE_KEY, aws_call, unless
from processor.keys import ObjectKey

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Decisions about a record depend on these attributes only: while they are unchanged, a decision is still right.
WATCHED: Final = ("status", "processed_at", "original_key")
# The attribute that announces the last outcome (ADR 40): its number follows from the one before.
EVENT: Final = "darkroom_event"
# The address of a size's rendition is its name's proof: backends have fields that end in _url too.
SIZE_URL: Final = re.compile(r".*/renditions/.*_([a-z][a-z0-9-]*)(?:\.[0-9a-f]{12})?\.jpg\?v=[^/]*")


@dataclass(frozen=True, kw_only=True, slots=True)
class PhotoRecord:
    """One photo record as it was read; *item* holds all of its attributes."""

    id: str
    item: Mapping[str, Any] = field(repr=False)

    @property
    def status(self) -> str | None:
        """The photo's status, written by the backend or by us."""
        return text(self.item.get("status"))

    @property
    def original_key(self) -> str | None:
        """The original that the record was last rendered from."""
        return text(self.item.get("original_key"))

    @property
    def source_version(self) -> str | None:
        """Version id or ETag of the original that the renditions were made from."""
        return text(self.item.get("source_version"))

    @property
    def receipt(self) -> Mapping[str, Any]:
        """The receipt of the renditions; empty when there are none, or a backend keeps something else by this name."""
        return tree(self.item.get("receipt")) or {}

    @property
    def error(self) -> Mapping[str, Any] | None:
        """The error of a photo that cannot be rendered; None without one of ours."""
        return tree(self.item.get("error"))

    @property
    def sizes(self) -> tuple[str, ...]:
        """Names of the sizes that the record has a URL of a rendition for."""
        urls = {name.removesuffix("_url"): str(url) for name, url in self.item.items() if name.endswith("_url")}
        return tuple(size for size, url in urls.items() if (found := SIZE_URL.fullmatch(url)) and found[1] == size)

    @property
    def renditions(self) -> tuple[str, ...]:
        """Keys of the renditions that the record has URLs for."""
        return tuple(unquote(urlsplit(str(self.item[f"{size}_url"])).path[1:]) for size in self.sizes)

    def is_for(self, key: str) -> bool:
        """Return whether the record was made for the original *key*: by its id, or by one of its attributes."""
        return self.id == key or any(value == key for value in self.item.values())


def text(value: Any) -> str | None:
    """Return *value* if it is a text that is not empty: adopted tables hold other types too."""
    return value if isinstance(value, str) and value else None


def tree(value: Any) -> Mapping[str, Any] | None:
    """Return *value* if it is a map: adopted tables hold other types too."""
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class PhotoRecords:
    """Reads and writes records of the photos table."""

    dynamodb: DynamoDBClient
    table: str

    def read(self, photo_id: str) -> PhotoRecord | None:
        """Read the record, strongly consistent; None when there is none."""
        with aws_call(f"dynamodb:GetItem {self.table} {photo_id}"):
            answer = self.dynamodb.get_item(TableName=self.table, Key={"id": {"S": photo_id}}, ConsistentRead=True)
        item = answer.get("Item")
        return PhotoRecord(id=photo_id, item=from_item(item)) if item else None

    def find(self, name: ObjectKey) -> PhotoRecord | None:
        """Read the record of the photo *name*, under each id that it may have."""
        return next((record for one in name.record_ids if (record := self.read(one))), None)

    def write(self, photo_id: str, fields: Mapping[str, Any], *, seen: PhotoRecord | None) -> bool:
        """Set *fields* (None: remove) of the record that was *seen*, or create it when none was.

        Return False when the record has changed since.
        """
        update = update_of(fields, seen)
        with aws_call(f"dynamodb:UpdateItem {self.table} {photo_id}"):
            answer = unless(
                CONDITION_REFUSED,
                lambda: self.dynamodb.update_item(TableName=self.table, Key={"id": {"S": photo_id}}, **update),
            )
        return answer is not None


def update_of(fields: Mapping[str, Any], seen: PhotoRecord | None) -> dict[str, Any]:
    """Build an UpdateItem that sets *fields* on condition that the record is as *seen*."""
    known: Mapping[str, Any] = seen.item if seen else {}
    watched = watched_for(fields)
    # Every name goes through a placeholder: "status", "size" and 570 others are reserved words.
    names = {name: f"#n{index}" for index, name in enumerate(dict.fromkeys([*fields, *watched, "id"]))}
    new = {f":new{index}": value for index, value in enumerate(fields.values()) if value is not None}
    old = {f":old{index}": known[name] for index, name in enumerate(watched) if name in known}
    return {
        "UpdateExpression": update_expression(fields, names),
        "ConditionExpression": " AND ".join(
            [f"attribute_{'exists' if seen else 'not_exists'}({names['id']})"]
            + [
                f"{names[name]} = :old{index}" if name in known else f"attribute_not_exists({names[name]})"
                for index, name in enumerate(watched)
            ]
        ),
        "ExpressionAttributeNames": {short: name for name, short in names.items()},
        "ExpressionAttributeValues": to_item(new | old),
    }


def watched_for(fields: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the attributes that must be unchanged for *fields* to be right."""
    return (*WATCHED, EVENT) if EVENT in fields else WATCHED


def update_expression(fields: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Build an expression that sets the fields with a value and removes those that are None."""
    sets = [f"{names[name]} = :new{index}" for index, (name, value) in enumerate(fields.items()) if value is not None]
    removes = [names[name] for name, value in fields.items() if value is None]
    clauses = {"SET": sets, "REMOVE": removes}
    return " ".join(f"{clause} {', '.join(named)}" for clause, named in clauses.items() if named)


@dataclass(frozen=True, kw_only=True, slots=True)
class PhotoOwners:
    """Finds originals of photos for the user who owns them."""

    dynamodb: DynamoDBClient
    table: str

    def original_of(self, photo_id: str, *, user_id: str) -> str | None:
        """Return the key of a photo's original; None when there is no such photo, or it is not owned by *user_id*."""
        if not photo_id:
            return None
        with aws_call(f"dynamodb:GetItem {self.table} {photo_id}"):
            answer = unless(
                IMPOSSIBLE_KEY,
                lambda: self.dynamodb.get_item(
                    TableName=self.table,
                    Key={"id": {"S": photo_id}},
                    ConsistentRead=True,
                    ProjectionExpression="user_id, original_key, #status",
                    ExpressionAttributeNames={"#status": "status"},
                ),
            )
        record: Any = (answer or {}).get("Item") or {}
        if record.get("user_id") != {"S": user_id} or record.get("status") == {"S": "deleted"}:
            return None
        if "original_key" in record:
            return str(record["original_key"]["S"])
        # Not rendered yet. A file name without a UUID: the key is the photo's id.
        return photo_id if ObjectKey(photo_id).photo_id == photo_id and ObjectKey(photo_id).extension else None
