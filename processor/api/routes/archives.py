"""Routes that start archives, show and withdraw them, and lead to their files."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from processor.api.dependencies import Injected, Reader, Writer, count
from processor.api.documents import ArchiveDocument
from processor.api.openapi import error_responses
from processor.api.requests import ArchiveRequest
from processor.api.routes.edits import Body, IdempotencyKey
from processor.api.session_service import Sender
from processor.api.views import archive_document
from processor.errors import EditCode
from processor.telemetry import one

router = APIRouter(prefix="/image-edit/archives", tags=["archives"])

ArchiveId = Annotated[str, Path(description="Id of the archive.")]
LinkTicket = Annotated[str, Query(max_length=100)]


@router.post(
    "",
    operation_id="startArchive",
    status_code=202,
    summary="Start an archive",
    responses=error_responses(
        EditCode.INVALID_INPUT,
        EditCode.NOT_FOUND,
        EditCode.IDEMPOTENCY_CONFLICT,
        EditCode.RATE_LIMIT_EXCEEDED,
    ),
)
def start(
    services: Injected, user_id: Writer, asked: ArchiveRequest, body: Body, idempotency_key: IdempotencyKey = ""
) -> ArchiveDocument:
    """Put photos into one ZIP file; look at the archive until it is complete, then hand on its `url`."""
    archives = services.archive_service
    accepted = archives.accept(asked.order, Sender(user_id=user_id, key=idempotency_key, body=body))
    if accepted.new:
        services.telemetry.count({"ArchivesStarted": one()})
    return archive_document(accepted.archive, archives.link(accepted.archive))


@router.get(
    "/{archive_id}",
    operation_id="getArchive",
    summary="Look at an archive",
    responses=error_responses(EditCode.NOT_FOUND, EditCode.RATE_LIMIT_EXCEEDED),
)
def look(services: Injected, user_id: Reader, archive_id: ArchiveId) -> ArchiveDocument:
    """See an archive as it is now; the `url` of a complete one works until it expires."""
    archive = services.archive_service.get(archive_id, user_id=user_id)
    return archive_document(archive, services.archive_service.link(archive))


@router.delete(
    "/{archive_id}",
    operation_id="cancelArchive",
    summary="Cancel an archive",
    responses=error_responses(EditCode.NOT_FOUND, EditCode.RATE_LIMIT_EXCEEDED),
)
def cancel(services: Injected, user_id: Reader, archive_id: ArchiveId) -> ArchiveDocument:
    """Stop an archive that is being made; the file of a complete one is deleted, so that its link stops working."""
    return archive_document(services.archive_service.cancel(archive_id, user_id=user_id), None)


# No part of the OpenAPI document: clients get this path as an archive's `url`, and open it as it is.
@router.get("/{archive_id}/file", include_in_schema=False)
def download(services: Injected, request: Request, archive_id: ArchiveId, ticket: LinkTicket) -> Response:
    """Lead to the file, without a token: the ticket is the permission. A download that broke off resumes there."""
    address = services.archive_service.address(archive_id, ticket)
    count(services, request, archive_id, "ticket")
    return RedirectResponse(address, status_code=302)
