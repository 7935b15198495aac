"""Convert stored sessions and plans to the documents that clients get."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from processor.api.documents import (
    ArchiveDocument,
    CountersDocument,
    FailureDocument,
    ImageDocument,
    PlanDocument,
    ProgressDocument,
    QueuedImage,
    SessionDocument,
    SlotDocument,
    StartedDocument,
    SummaryDocument,
    UploadDocument,
)
from processor.api.sources import shown_url
from processor.aws.results import Offer
from processor.edits.archive import Archive
from processor.edits.options import EditOptions
from processor.edits.plan import Plan
from processor.edits.session import ImageProgress, Session, SessionImage, SessionStatus, SessionSummary

# Estimated from trials with photos of 24 MP; shown to users, nothing depends on it.
SOURCE_S: Final = 2.0
STEP_S: Final = 0.25
AT_ONCE: Final = 10
NO_OPTIONS: Final = EditOptions()


def plan_document(plan: Plan, options: EditOptions = NO_OPTIONS) -> PlanDocument:
    """Convert a plan: its steps, and its explanation in words, with the options that win over it."""
    return PlanDocument(steps=plan.steps_json(), explanation=options.words(plan))


def estimated_s(session: Session) -> int:
    """Estimate how long a session takes, s."""
    rounds = math.ceil(len(session.images) / AT_ONCE)
    return math.ceil(rounds * (SOURCE_S + STEP_S * len(session.plan.steps)))


def started_document(session: Session, ticket: str) -> StartedDocument:
    """Convert a session that was just started."""
    return StartedDocument(
        session_id=session.session_id,
        status=shown_status(session.status),
        estimated_time=estimated_s(session),
        progress_url=progress_url(session.session_id, ticket),
        plan=plan_document(session.plan, session.options),
        images=[QueuedImage(id=image.id, status=session.progress_of(image.id).status) for image in session.images],
    )


def summary_document(session: SessionSummary) -> SummaryDocument:
    """Convert a session of a list."""
    return SummaryDocument(
        session_id=session.session_id,
        status=shown_status(session.status),
        operation=operation_document(session.operation),
        counters=CountersDocument(**asdict(session.counters)),
        created_at=session.created_at,
        updated_at=session.updated_at,
        completed_at=session.completed_at,
        ttl=session.expires_at,
    )


def operation_document(stored: Mapping[str, Any]) -> Any:
    """Convert a stored operation; the parameters of a bulk operation are stored as JSON text."""
    if stored["type"] != "bulk":
        return stored
    button = stored["bulkOp"]
    return {"type": "bulk", "bulkOp": {**button, "params": json.loads(button.get("params", "{}"))}}


def shown_status(status: SessionStatus) -> SessionStatus:
    """Return a status as clients see it: an accepted session is `processing` until it ends."""
    return SessionStatus.PROCESSING if status is SessionStatus.PENDING else status


def session_document(session: Session, ticket: str) -> SessionDocument:
    """Convert a whole session."""
    return SessionDocument(
        **dict(summary_document(session)),
        images=[image_document(image) for image in session.images],
        options=session.options,
        plan=plan_document(session.plan, session.options),
        progress={image.id: progress_document(session.progress_of(image.id)) for image in session.images},
        results=dict(session.results),
        errors={image_id: FailureDocument(**asdict(one)) for image_id, one in session.errors.items()},
        last_event_id=len(session.events),
        progress_url=progress_url(session.session_id, ticket),
    )


def image_document(image: SessionImage) -> ImageDocument:
    """Convert a picture of a request; its URL without its query."""
    return ImageDocument(id=image.id, url=shown_url(image.url), name=image.name, tags=list(image.tags))


def progress_document(progress: ImageProgress) -> ProgressDocument:
    """Convert the progress of a picture."""
    return ProgressDocument(
        status=progress.status, progress=progress.percent, step=progress.step, message=progress.message
    )


def slot_document(offer: Offer) -> SlotDocument:
    """Convert an upload slot."""
    return SlotDocument(
        url=offer.reference,
        upload=UploadDocument(method="PUT", url=offer.url, headers=dict(offer.headers)),
        expires_in=offer.expires_in_s,
        max_bytes=offer.max_bytes,
    )


def progress_url(session_id: str, ticket: str) -> str:
    """Return the path of a session's progress with a ticket, for clients that cannot send headers."""
    return f"/image-edit/progress/{session_id}?ticket={ticket}"


def archive_document(archive: Archive, url: str | None) -> ArchiveDocument:
    """Convert an archive. *url*: of its file, None while there is none."""
    return ArchiveDocument(
        archive_id=str(archive.id),
        status=archive.status,
        gallery=archive.order.gallery or None,
        size=archive.order.size,
        files=archive.files,
        total=archive.total,
        left_out=archive.left_out,
        bytes=archive.size_bytes,
        url=url,
        error=FailureDocument(**asdict(archive.failure)) if archive.failure else None,
        created_at=archive.created_at,
        expires_at=archive.expires_at,
    )
