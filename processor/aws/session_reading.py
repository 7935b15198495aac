"""Read edit sessions from items of the sessions table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, cast

from processor.aws.attributes import from_attribute
from processor.aws.faults import aws_call
from processor.aws.item_changes import Item, key_of
from processor.edits.options import EditOptions
from processor.edits.plan import Plan
from processor.edits.session import (
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


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionReader:
    """Reads sessions of any user."""

    dynamodb: DynamoDBClient
    table: str

    def read(self, session_id: str, *, now_s: float) -> Session | None:
        """Read a session; None when there is none, or it has expired at *now_s* (s since 1970)."""
        if not session_id.startswith(SESSION_PREFIX):
            return None
        with aws_call(f"dynamodb:GetItem {self.table} {session_id}"):
            answer = self.dynamodb.get_item(TableName=self.table, Key=key_of(session_id), ConsistentRead=True)
        item = answer.get("Item")
        session = session_of(item) if item else None
        return session if session and session.expires_at > now_s else None


def session_of(item: Item) -> Session:
    """Decode a whole session."""
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
    """Decode the summary that a list shows."""
    return SessionSummary(**summary_fields(plain_fields(item)))


def summary_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Decode the fields that a summary and a whole session share."""
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
    """Decode the attributes of an item to JSON values."""
    return {name: plain(from_attribute(value)) for name, value in item.items()}


def plain(value: Any) -> Any:
    """Convert Decimal to int where it is whole, else to float, also inside maps and lists."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: plain(one) for name, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [plain(one) for one in cast("list[Any]", value)]
    return value


def progress_of(fields: Mapping[str, Any]) -> ImageProgress:
    """Decode the progress of a picture."""
    return ImageProgress(
        status=ImageStatus(fields["status"]),
        percent=fields["progress"],
        step=fields["step"],
        message=fields["message"],
        setback=fields.get("setback", ""),
    )


def event_of(number: int, fields: Mapping[str, Any]) -> Event:
    """Decode an event. *number*: its place in the list, from 1, which is its id."""
    return Event(
        id=number,
        type=fields["type"],
        timestamp=fields["timestamp"],
        image_id=fields.get("imageId", ""),
        progress=progress_of(fields) if "status" in fields else None,
    )
