"""Routes that start an edit, compile a command, offer upload slots and list the operations."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request

from processor.api.dependencies import HOUR_S, SLOTS_PER_HOUR, Injected, Reader, Writer
from processor.api.documents import PlanDocument, StartedDocument, UploadsDocument, VocabularyDocument
from processor.api.openapi import error_responses
from processor.api.requests import EditRequest, LocalFile, ParseRequest, UploadsRequest
from processor.api.session_service import Sender
from processor.api.sources import too_large
from processor.api.views import plan_document, slot_document, started_document
from processor.edits.command import compile_command
from processor.edits.document import vocabulary_document
from processor.errors import EditCode
from processor.telemetry import one

router = APIRouter(prefix="/image-edit")

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=255,
        pattern="^[ -~]*$",
        description="Any text of yours: a request that comes again with it within a day starts nothing twice.",
    ),
]


async def body_of(request: Request) -> bytes:
    """Return the bytes of the body; the framework has read them already."""
    return await request.body()


Body = Annotated[bytes, Depends(body_of)]


@router.post(
    "",
    operation_id="startSession",
    tags=["sessions"],
    status_code=202,
    summary="Start a session",
    responses=error_responses(
        EditCode.INVALID_INPUT,
        EditCode.SOURCE_REFUSED,
        EditCode.IDEMPOTENCY_CONFLICT,
        EditCode.TOO_MANY_IMAGES,
        EditCode.IMAGE_TOO_LARGE,
        EditCode.UNPARSEABLE_COMMAND,
        EditCode.UNSUPPORTED_COMMAND,
        EditCode.TOO_MANY_SESSIONS,
        EditCode.RATE_LIMIT_EXCEEDED,
    ),
)
def start(
    services: Injected, user_id: Writer, asked: EditRequest, body: Body, idempotency_key: IdempotencyKey = ""
) -> StartedDocument:
    """Edit pictures: each is a job of its own; a failed one never stops the others."""
    accepted = services.session_service.accept(asked, Sender(user_id=user_id, key=idempotency_key, body=body))
    if accepted.new:
        services.telemetry.count({"SessionsStarted": one()})
    return started_document(accepted.session, services.tickets.issue(accepted.session.session_id))


@router.post(
    "/parse",
    operation_id="parseCommand",
    tags=["commands"],
    summary="See what a command would do",
    responses=error_responses(
        EditCode.INVALID_INPUT,
        EditCode.IMAGE_TOO_LARGE,
        EditCode.UNPARSEABLE_COMMAND,
        EditCode.UNSUPPORTED_COMMAND,
        EditCode.RATE_LIMIT_EXCEEDED,
    ),
)
def parse(_: Reader, asked: ParseRequest) -> PlanDocument:
    """Compile a command to a plan without running it."""
    return plan_document(compile_command(asked.command))


@router.post(
    "/uploads",
    operation_id="createUploads",
    tags=["uploads"],
    summary="Get upload slots",
    responses=error_responses(EditCode.INVALID_INPUT, EditCode.IMAGE_TOO_LARGE, EditCode.RATE_LIMIT_EXCEEDED),
)
def uploads(services: Injected, user_id: Reader, asked: UploadsRequest) -> UploadsDocument:
    """Get a presigned upload per local file; send the file with it, then use the slot's `url` in an edit."""
    for place, file in enumerate(asked.files):
        require_size(file, place, services.slots.max_bytes)
    slots = services.limits.count(user_id, "slot", limit=SLOTS_PER_HOUR, amount=len(asked.files), window_s=HOUR_S)
    slots.require()
    offers = [services.slots.offer(user_id, size=file.size, content_type=file.content_type) for file in asked.files]
    return UploadsDocument(slots=[slot_document(offer) for offer in offers])


def require_size(file: LocalFile, place: int, max_bytes: int) -> None:
    """Raise EditError(IMAGE_TOO_LARGE) before a file is uploaded that no edit would accept."""
    if file.size > max_bytes:
        raise too_large(f"files[{place}].size", file.size, max_bytes)


@router.get(
    "/operations",
    operation_id="listOperations",
    tags=["commands"],
    summary="The vocabulary",
    response_model_exclude_unset=True,
    responses=error_responses(EditCode.RATE_LIMIT_EXCEEDED),
)
def operations(_: Reader) -> VocabularyDocument:
    """Every operation with its parameters, ranges, defaults and examples."""
    return VocabularyDocument.model_validate(vocabulary_document())
