"""Lay out an edit session as one item of the sessions table; read it and change it by conditional updates.

The table holds other items besides, whose keys begin with ``idem#``, ``rate#`` and ``user#``; none of
them has ``userId`` and ``createdAt``, so the index over these lists sessions only.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, cast

from botocore.exceptions import ClientError

from processor.aws.attributes import from_attribute, to_attribute
from processor.aws.faults import aws_call, error_code
from processor.edits.options import EditOptions
from processor.edits.plan import Plan
from processor.edits.session import (
    RUNNING,
    Counters,
    EditResult,
    Event,
    ImageFailure,
    ImageProgress,
    ImageStatus,
    Session,
    SessionImage,
    SessionStatus,
    SessionSummary,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SESSION_PREFIX: Final = "ses_"
Item = Mapping[str, Any]


def key_of(session_id: str) -> dict[str, Any]:
    """Name an item."""
    return {"sessionId": {"S": session_id}}


def item_of(session: Session) -> dict[str, Any]:
    """Write a session as a whole item."""
    fields: dict[str, Any] = {
        "sessionId": session.session_id,
        "userId": session.user_id,
        "status": session.status.value,
        "images": [asdict(image) for image in session.images],
        "operation": session.operation,
        "options": session.options.model_dump(mode="json", exclude_none=True),
        # As text, and as it was said: numbers keep their kind, and defaults are not taken for wishes.
        "plan": json.dumps({"steps": session.plan.steps_json()}, ensure_ascii=False),
        "progress": {image_id: progress_fields(one) for image_id, one in session.progress.items()},
        "results": {image_id: result_fields(one) for image_id, one in session.results.items()},
        "errors": {image_id: failure_fields(one) for image_id, one in session.errors.items()},
        "events": [event_fields(one) for one in session.events],
        "counters": asdict(session.counters),
        "createdAt": session.created_at,
        "updatedAt": session.updated_at,
        "ttl": session.expires_at,
    }
    if session.completed_at is not None:
        fields["completedAt"] = session.completed_at
    return {name: to_attribute(value) for name, value in fields.items()}


def session_of(item: Item) -> Session:
    """Read a whole session."""
    fields = plain_fields(item)
    return Session(
        **summary_fields(fields),
        images=tuple(SessionImage(**(one | {"tags": tuple(one["tags"])})) for one in fields["images"]),
        options=EditOptions.model_validate(fields["options"]),
        plan=Plan.model_validate_json(fields["plan"]),
        progress={image_id: progress_of(one) for image_id, one in fields["progress"].items()},
        results={image_id: EditResult.model_validate(one) for image_id, one in fields["results"].items()},
        errors={image_id: ImageFailure(**one) for image_id, one in fields["errors"].items()},
        events=tuple(event_of(number, one) for number, one in enumerate(fields["events"], 1)),
    )


def summary_of(item: Item) -> SessionSummary:
    """Read what a list shows of a session."""
    return SessionSummary(**summary_fields(plain_fields(item)))


def summary_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Name what a summary and a whole session have in common."""
    return {
        "session_id": fields["sessionId"],
        "user_id": fields["userId"],
        "status": SessionStatus(fields["status"]),
        "operation": fields["operation"],
        "counters": Counters(**fields["counters"]),
        "created_at": fields["createdAt"],
        "updated_at": fields["updatedAt"],
        "completed_at": fields.get("completedAt"),
        "expires_at": fields["ttl"],
    }


def plain_fields(item: Item) -> dict[str, Any]:
    """Read an item's attributes as JSON values."""
    return {name: plain(from_attribute(value)) for name, value in item.items()}


def plain(value: Any) -> Any:
    """Turn DynamoDB's exact numbers into Python's: whole ones into int."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: plain(one) for name, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [plain(one) for one in cast("list[Any]", value)]
    return value


def progress_fields(progress: ImageProgress) -> dict[str, Any]:
    """Write how far a picture is."""
    return {
        "status": progress.status.value,
        "progress": progress.percent,
        "step": progress.step,
        "message": progress.message,
    }


def progress_of(fields: Mapping[str, Any]) -> ImageProgress:
    """Read how far a picture is."""
    return ImageProgress(
        status=ImageStatus(fields["status"]),
        percent=fields["progress"],
        step=fields["step"],
        message=fields["message"],
    )


def result_fields(result: EditResult) -> dict[str, Any]:
    """Write a result."""
    return result.model_dump(mode="json")


def failure_fields(failure: ImageFailure) -> dict[str, Any]:
    """Write an error."""
    return asdict(failure)


def event_fields(event: Event) -> dict[str, Any]:
    """Write an event; its id is its place in the list."""
    fields: dict[str, Any] = {"type": event.type, "timestamp": event.timestamp}
    if event.image_id:
        fields["imageId"] = event.image_id
    return fields | (progress_fields(event.progress) if event.progress else {})


def event_of(number: int, fields: Mapping[str, Any]) -> Event:
    """Read the event in place *number*."""
    return Event(
        id=number,
        type=fields["type"],
        timestamp=fields["timestamp"],
        image_id=fields.get("imageId", ""),
        progress=progress_of(fields) if "status" in fields else None,
    )


REFUSED: Final = "ConditionalCheckFailedException"
PLACEHOLDER: Final = re.compile("[#:][a-z_]+")
# DynamoDB deletes an expired item some time within two days, and changes it until then.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ttl-expired-items.html
IS_RUNNING: Final = "#status IN (:pending, :processing) AND #ttl > :now_s"


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemChange:
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

    def apply(self, key: str, change: ItemChange, *, give_back: bool = True) -> Changed:
        """ItemChange the item *key*. *give_back*: read it too, as it is then; a refused change always gives it."""
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


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionReader:
    """The sessions table, read by anybody who is allowed to."""

    dynamodb: DynamoDBClient
    table: str

    def read(self, session_id: str, *, now_s: float) -> Session | None:
        """Read a session; None when there is none, or its time is over at *now_s*."""
        if not session_id.startswith(SESSION_PREFIX):
            return None
        with aws_call(f"dynamodb:GetItem {self.table} {session_id}"):
            answer = self.dynamodb.get_item(TableName=self.table, Key=key_of(session_id), ConsistentRead=True)
        item = answer.get("Item")
        session = session_of(item) if item else None
        return session if session and session.expires_at > now_s else None
