"""Keep a session within its DynamoDB item: measure it, and count the events that fit beside all endings.

A session that is accepted can always end: each picture's result or error has its room from the beginning. Events of
progress take what is left; the condition of their writes compares the list with ``maxEvents``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, cast

from processor.aws.attributes import Attribute, to_attribute
from processor.aws.session_item import event_fields, failure_fields, progress_fields, result_fields
from processor.edits.names import SEGMENT_BYTES
from processor.edits.plan import Plan
from processor.edits.session import (
    FAILURE_CHARS,
    GENERATED,
    MESSAGE_CHARS,
    NOTES_BYTES,
    EditResult,
    Event,
    ImageFailure,
    ImageProgress,
    ImageStatus,
    ResultMetadata,
    Session,
    SessionImage,
)
from processor.errors import EditCode, EditError

# "400 KB", which may be read as 400,000 bytes or as 409,600.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
MAX_ITEM_BYTES: Final = 400_000
UTF8_BYTES: Final = 4
LONG: Final = 10**15
# Times, status and counters that grow by some digits, and the names of all attributes.
SPARE_BYTES: Final = 1024
# "Step 50 of 50: ….", and messages that do not come from the plan.
STEP_FRAME_BYTES: Final = 20
SHORTEST_MESSAGE_BYTES: Final = 40
# https://, a host, edits/, session and folder, and a name of which each byte may be percent-encoded.
URL_BYTES: Final = 8 + 253 + 110 + 3 * SEGMENT_BYTES
LONGEST_STEP: Final = "x" * 20


def max_events(item: dict[str, Any], session: Session) -> int:
    """Return how many events the new *session*, encoded as *item*, may have while pictures still report progress.

    Raise EditError(INVALID_INPUT) unless each picture can report at least once.
    """
    count, each = len(session.images), event_bytes(session)
    endings = sum(ending_bytes(image, session.plan) for image in session.images)
    used = item_bytes(item) + SPARE_BYTES + endings
    # Every picture ends by an event of its own, and then the session.
    room = (MAX_ITEM_BYTES - used) // each - count - 1
    if room < count:
        raise too_large(count, used + each * (2 * count + 1))
    return room


def ending_bytes(image: SessionImage, plan: Plan) -> int:
    """Return the most that the ending of *image* adds: its last progress, and its result or its error."""
    operations = tuple(step.op for step in plan.steps)
    result = EditResult(
        id=f"{GENERATED}{LONGEST_STEP}{LONGEST_STEP}",
        url="x" * URL_BYTES,
        name="x" * (SEGMENT_BYTES + len(".jpeg")),
        tags=(*image.tags, "edited"),
        format="jpeg",
        width=LONG,
        height=LONG,
        size=LONG,
        metadata=ResultMetadata(
            original_id=image.id, operations=operations, processing_time_ms=LONG, notes=("x" * NOTES_BYTES,)
        ),
    )
    failure = ImageFailure(code=LONGEST_STEP * 2, message="x" * FAILURE_CHARS * UTF8_BYTES)
    ending = max(fields_bytes(result_fields(result)), fields_bytes(failure_fields(failure)))
    progress = replace(longest_progress(plan), setback=LONGEST_STEP * 2)
    return len(image.id.encode()) + ending + fields_bytes(progress_fields(progress))


def event_bytes(session: Session) -> int:
    """Return the size of the longest event that a worker can append."""
    image_id = max((image.id for image in session.images), key=lambda one: len(one.encode()))
    progress = longest_progress(session.plan)
    event = Event(id=0, type="progress", timestamp=LONG, image_id=image_id, progress=progress)
    return 1 + fields_bytes(event_fields(event))


def longest_progress(plan: Plan) -> ImageProgress:
    """Return a progress at least as long as each that the steps of *plan* are reported by."""
    words = (len(step.words()[:MESSAGE_CHARS].encode()) for step in plan.steps)
    message = "x" * (STEP_FRAME_BYTES + max(SHORTEST_MESSAGE_BYTES, *words))
    return ImageProgress(status=ImageStatus.PROCESSING, percent=100, step=LONGEST_STEP, message=message)


def fields_bytes(fields: dict[str, Any]) -> int:
    """Measure *fields* as a map inside an item."""
    return stored_bytes(to_attribute(fields))


def item_bytes(item: dict[str, Any]) -> int:
    """Measure a whole item."""
    return sum(len(name.encode()) + stored_bytes(value) for name, value in item.items())


def stored_bytes(attribute: Attribute) -> int:
    """Measure one attribute value, bytes; a number by its upper bound.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    [(kind, value)] = attribute.items()
    match kind:
        case "S":
            return len(value.encode())
        case "N":
            return len(value) + 1
        case "M":
            inner = cast("dict[str, Attribute]", value).items()
            return 3 + sum(1 + len(name.encode()) + stored_bytes(one) for name, one in inner)
        case "L":
            return 3 + sum(1 + stored_bytes(one) for one in cast("list[Attribute]", value))
        case _:
            return 1


def too_large(count: int, needed: int) -> EditError:
    """Build the error of a session that its item cannot hold to the end."""
    return EditError(
        EditCode.INVALID_INPUT,
        f"session of {count} pictures: expected at most {MAX_ITEM_BYTES:,} bytes with all results, found {needed:,}.",
        public=f"The request is too large: expected at most {MAX_ITEM_BYTES:,} bytes together with the results, "
        f"received {count} pictures that take {needed:,}. Shorten URLs, ids, names and tags, or send fewer pictures "
        "at once.",
    )
