"""Sessions as items of the sessions table, and back.

The table holds other items besides, whose keys begin with ``idem#``, ``rate#`` and ``user#``; none of
them has ``userId`` and ``createdAt``, so the index over these lists sessions only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any, Final, cast

from processor.aws.attributes import from_attribute, to_attribute
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
