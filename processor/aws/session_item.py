"""Everything that is written into the item of an edit session: the whole item, and each change of it.

``sessions`` and ``session_work`` apply these changes, ``session_reading`` reads the item. The table holds other items
too, whose keys begin with ``idem#``, ``rate#`` and ``user#``; they lack ``userId`` and ``createdAt``, so the index over
these lists sessions only.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import Any, Final

from processor.aws.attributes import to_item
from processor.aws.item_changes import ItemChange
from processor.edits.session import (
    RUNNING,
    Counters,
    EditResult,
    Event,
    ImageFailure,
    ImageProgress,
    ImageStatus,
    Session,
    SessionStatus,
)

# DynamoDB deletes an expired item within two days; until then the item can still be read and changed.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ttl-expired-items.html
IS_RUNNING: Final = "#status IN (:pending, :processing) AND #ttl > :now_s"
# An open picture has neither a result nor an error, and its session is running.
IS_OPEN: Final = (
    f"{IS_RUNNING} AND attribute_exists(#progress.#image) "
    "AND attribute_not_exists(#results.#image) AND attribute_not_exists(#errors.#image)"
)
# Sessions of earlier releases have no maxEvents.
HAS_ROOM: Final = "(attribute_not_exists(maxEvents) OR size(#events) < maxEvents)"
SET_BACK: Final = "SET updatedAt = :now, #progress.#image.#setback = :code"
ADVANCED: Final = (
    "SET #status = :processing, updatedAt = :now, #progress.#image = :at, #events = list_append(#events, :events)"
)
CANCELLED: Final = (
    "SET #status = :cancelled, updatedAt = :now, completedAt = :now, #events = list_append(#events, :events)"
)
ENDED: Final = (
    "SET updatedAt = :now, #events = list_append(#events, :events), #counters.#remaining = #counters.#remaining - :one"
)
WITH_RESULT: Final = (
    "#results.#image = :result, #progress.#image = :at, #counters.#processed = #counters.#processed + :one"
)
WITH_ERROR: Final = (
    "#errors.#image = :error, #progress.#image.#status = :failed_status, #counters.#failed = #counters.#failed + :one"
)
WITH_SESSION: Final = "#status = :after, completedAt = :now"
IS_NOT_LAST: Final = "#counters.#remaining > :one"
# No other picture can have ended since *seen*, but the final status depends on the other two counters.
IS_LAST: Final = "#counters.#remaining = :one AND #counters.#processed = :processed AND #counters.#failed = :failed"


def item_of(session: Session) -> dict[str, Any]:
    """Encode a new session as a whole item."""
    fields: dict[str, Any] = {
        "sessionId": session.session_id,
        "userId": session.user_id,
        "status": session.status.value,
        "images": [asdict(image) for image in session.images],
        "operation": session.operation,
        "options": session.options.model_dump(mode="json", exclude_none=True),
        # As JSON text of the given parameters: int and float stay apart, and defaults are not stored as wishes.
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
    return to_item(fields)


def advanced(image_id: str, to: ImageProgress, *, now_ms: int) -> ItemChange:
    """Move an open picture forward to *to* and append the event; the session is then processing.

    The condition fails when the session has no room for another event of progress (``session_room``).
    """
    event = Event(id=0, type="progress", timestamp=now_ms, image_id=image_id, progress=to)
    values = {":percent": to.percent, ":at": progress_fields(to), ":events": [event_fields(event)]}
    return ItemChange(
        update=ADVANCED,
        condition=f"{IS_OPEN} AND {HAS_ROOM} AND #progress.#image.#progress < :percent",
        names={"#image": image_id},
        values=running_values(now_ms) | values,
    )


def set_back(image_id: str, code: str, *, now_ms: int) -> ItemChange:
    """Record the *code* of the fault that ended a delivery of an open picture, and that another one follows."""
    return ItemChange(
        update=SET_BACK, condition=IS_OPEN, names={"#image": image_id}, values=running_values(now_ms) | {":code": code}
    )


def ended(image_id: str, ending: EditResult | ImageFailure, seen: Counters, *, now_ms: int) -> ItemChange:
    """End an open picture with a result or an error, provided that the session's counters are still as *seen*.

    The last picture ends its session in the same change; the session's event follows the picture's.
    """
    last, good = seen.remaining == 1, isinstance(ending, EditResult)
    own = Event(id=0, type="complete" if good else "image_error", timestamp=now_ms, image_id=image_id)
    events = [own, Event(id=0, type="session_complete", timestamp=now_ms)] if last else [own]
    values: dict[str, Any] = {
        ":one": 1,
        ":events": [event_fields(one) for one in events],
        ":at": progress_fields(ImageProgress(status=ImageStatus.COMPLETE, percent=100, message="Done.")),
        ":failed_status": ImageStatus.ERROR.value,
        ":after": status_after(seen, good=good).value,
        ":processed": seen.processed,
        ":failed": seen.failed,
        **(
            {":result": result_fields(ending)} if isinstance(ending, EditResult) else {":error": failure_fields(ending)}
        ),
    }
    sets = [ENDED, WITH_RESULT if good else WITH_ERROR, *([WITH_SESSION] if last else [])]
    return ItemChange(
        update=", ".join(sets),
        condition=f"{IS_OPEN} AND {IS_LAST if last else IS_NOT_LAST}",
        names={"#image": image_id},
        values=running_values(now_ms) | values,
    )


def cancelled(user_id: str, *, now_ms: int) -> ItemChange:
    """End a running session of *user_id*. The event's totals are read from the counters, which no longer change."""
    event = event_fields(Event(id=0, type="session_complete", timestamp=now_ms))
    return ItemChange(
        update=CANCELLED,
        condition=f"userId = :user AND {IS_RUNNING}",
        values=running_values(now_ms)
        | {":cancelled": SessionStatus.CANCELLED.value, ":user": user_id, ":events": [event]},
    )


def status_after(seen: Counters, *, good: bool) -> SessionStatus:
    """Return the final status of a session. *good*: its last picture has a result."""
    if good:
        return SessionStatus.PARTIAL if seen.failed else SessionStatus.COMPLETE
    return SessionStatus.PARTIAL if seen.processed else SessionStatus.ERROR


def running_values(now_ms: int) -> dict[str, Any]:
    """Return the values that IS_RUNNING and the time of a change need."""
    statuses = {f":{status.value}": status.value for status in RUNNING}
    return {**statuses, ":now": now_ms, ":now_s": now_ms // 1000}


def progress_fields(progress: ImageProgress) -> dict[str, Any]:
    """Encode the progress of a picture."""
    fields = {
        "status": progress.status.value,
        "progress": progress.percent,
        "step": progress.step,
        "message": progress.message,
    }
    return fields | ({"setback": progress.setback} if progress.setback else {})


def result_fields(result: EditResult) -> dict[str, Any]:
    """Encode a result."""
    return result.model_dump(mode="json")


def failure_fields(failure: ImageFailure) -> dict[str, Any]:
    """Encode an error."""
    return asdict(failure)


def event_fields(event: Event) -> dict[str, Any]:
    """Encode an event; its id is its place in the list."""
    fields: dict[str, Any] = {"type": event.type, "timestamp": event.timestamp}
    if event.image_id:
        fields["imageId"] = event.image_id
    return fields | (progress_fields(event.progress) if event.progress else {})


def milliseconds() -> int:
    """Return the time in ms since 1970."""
    return time.time_ns() // 1_000_000
