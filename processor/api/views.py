"""From what is stored to what clients get."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Final

from processor.api.documents import (
    CountersDocument,
    FailureDocument,
    FormDocument,
    ImageDocument,
    PlanDocument,
    ProgressDocument,
    QueuedImage,
    SessionDocument,
    SlotDocument,
    StartedDocument,
    SummaryDocument,
)
from processor.api.sources import shown_url
from processor.aws.results import Offer
from processor.edits.plan import Plan
from processor.edits.session import ImageProgress, Session, SessionImage, SessionSummary

# A guess for people who wait, from trials with photos of 24 MP: nothing depends on it.
SOURCE_S: Final = 2.0
STEP_S: Final = 0.25
AT_ONCE: Final = 10


def plan_document(plan: Plan) -> PlanDocument:
    """Show a plan: what was said of each step, and the same in words."""
    return PlanDocument(steps=plan.steps_json(), explanation=plan.explanation)


def estimated_s(session: Session) -> int:
    """Guess how long a session takes, s."""
    rounds = math.ceil(len(session.images) / AT_ONCE)
    return math.ceil(rounds * (SOURCE_S + STEP_S * len(session.plan.steps)))


def started_document(session: Session, ticket: str) -> StartedDocument:
    """Show a session that was accepted."""
    return StartedDocument(
        session_id=session.session_id,
        estimated_time=estimated_s(session),
        progress_url=progress_url(session.session_id, ticket),
        plan=plan_document(session.plan),
        images=[QueuedImage(id=image.id) for image in session.images],
    )


def summary_document(session: SessionSummary) -> SummaryDocument:
    """Show a session in a list."""
    return SummaryDocument(
        session_id=session.session_id,
        status=session.status,
        operation=dict(session.operation),
        counters=CountersDocument(**asdict(session.counters)),
        created_at=session.created_at,
        updated_at=session.updated_at,
        completed_at=session.completed_at,
        ttl=session.expires_at,
    )


def session_document(session: Session, ticket: str) -> SessionDocument:
    """Show a whole session."""
    return SessionDocument(
        **dict(summary_document(session)),
        images=[image_document(image) for image in session.images],
        options=session.options,
        plan=plan_document(session.plan),
        progress={image.id: progress_document(session.progress_of(image.id)) for image in session.images},
        results=dict(session.results),
        errors={image_id: FailureDocument(**asdict(one)) for image_id, one in session.errors.items()},
        last_event_id=len(session.events),
        progress_url=progress_url(session.session_id, ticket),
    )


def image_document(image: SessionImage) -> ImageDocument:
    """Show a picture as it was asked for."""
    return ImageDocument(id=image.id, url=shown_url(image.url), name=image.name, tags=list(image.tags))


def progress_document(progress: ImageProgress) -> ProgressDocument:
    """Show how far a picture is."""
    return ProgressDocument(
        status=progress.status, progress=progress.percent, step=progress.step, message=progress.message
    )


def slot_document(offer: Offer) -> SlotDocument:
    """Show a place for a file."""
    return SlotDocument(
        url=offer.reference,
        upload=FormDocument(url=offer.url, fields=dict(offer.fields)),
        expires_in=offer.expires_in_s,
        max_bytes=offer.max_bytes,
    )


def progress_url(session_id: str, ticket: str) -> str:
    """Give the path of a session's progress, for whoever cannot send headers."""
    return f"/image-edit/progress/{session_id}?ticket={ticket}"
