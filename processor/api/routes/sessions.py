"""Routes that show, follow, cancel and list sessions."""

from __future__ import annotations

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Header, Query, Response

from processor.api.dependencies import Injected, KnownId, ReadableSession, Reader
from processor.api.documents import SessionDocument, SessionsDocument
from processor.api.openapi import PROGRESS, error_responses
from processor.api.stream import EventStream, resume_point, until_closed
from processor.api.views import session_document, summary_document
from processor.errors import EditCode

router = APIRouter(prefix="/image-edit")

JSON = "application/json"
EVENTS = "text/event-stream"
MOST = 100

Accept = Annotated[str, Header(alias="Accept", include_in_schema=False)]
LastEventId = Annotated[
    str, Header(alias="Last-Event-ID", description="The newest event that you know: only what came after it is sent.")
]
Limit = Annotated[int, Query(ge=1, le=MOST, description="Sessions on a page.")]
Cursor = Annotated[str | None, Query(max_length=512, description="From the page before.")]


@router.get(
    "/progress/{session_id}",  # noqa: FAST003 - taken by readable_session
    operation_id="followSession",
    tags=["sessions"],
    summary="Follow a session",
    response_class=Response,
    responses=PROGRESS
    | error_responses(
        EditCode.INVALID_INPUT, EditCode.SESSION_NOT_FOUND, EditCode.TOO_MANY_STREAMS, EditCode.RATE_LIMIT_EXCEEDED
    ),
)
async def progress(
    services: Injected, readable: ReadableSession, accept: Accept = "", last_event_id: LastEventId = ""
) -> Response:
    """Server-sent events until `session_complete`; the data of each is a `SessionEvent`.

    A stream may end before: connect again with the id of the last event. A client that accepts JSON and no event
    stream gets the session, as from `GET /image-edit/session/{sessionId}`, which is made for polling.
    """
    session = readable.session
    if wants_json(accept):
        document = session_document(session, readable.ticket)
        return Response(document.model_dump_json(by_alias=True), media_type=JSON)
    last_id = resume_point(session, last_event_id)
    if session.status.ended and last_id == len(session.events):
        # No event can follow. 204 makes an EventSource stop reconnecting.
        return Response(status_code=204)
    session_id, places = session.session_id, services.stream_places
    place = await to_thread.run_sync(places.take, session.user_id, session_id)
    return EventStream(
        until_closed(services.streams.events(session, last_id), lambda: places.give_back(place)),
        stuck=lambda: services.telemetry.warning("Reader takes nothing", session_id=session_id),
    )


def wants_json(accept: str) -> bool:
    """Return whether a client polls: it accepts JSON and not the stream."""
    kinds = {kind.partition(";")[0].strip().lower() for kind in accept.split(",")}
    return JSON in kinds and EVENTS not in kinds


@router.get(
    "/session/{session_id}",  # noqa: FAST003 - taken by readable_session
    operation_id="getSession",
    tags=["sessions"],
    summary="Look at a session",
    responses=error_responses(EditCode.SESSION_NOT_FOUND, EditCode.RATE_LIMIT_EXCEEDED),
)
def look(readable: ReadableSession) -> SessionDocument:
    """See a session as it is now, with a new progressUrl; a caller with a ticket gets the one it has."""
    return session_document(readable.session, readable.ticket)


@router.delete(
    "/session/{session_id}",
    operation_id="cancelSession",
    tags=["sessions"],
    summary="Cancel a session",
    responses=error_responses(EditCode.SESSION_NOT_FOUND, EditCode.RATE_LIMIT_EXCEEDED),
)
def cancel(services: Injected, user_id: Reader, session_id: KnownId) -> SessionDocument:
    """Cancel: queued pictures never start, a running one stops at its next step; what is done stays."""
    session = services.sessions.cancel(session_id, user_id=user_id)
    return session_document(session, services.tickets.issue(session.session_id))


@router.get(
    "/sessions",
    operation_id="listSessions",
    tags=["sessions"],
    summary="List your sessions",
    responses=error_responses(EditCode.INVALID_INPUT, EditCode.RATE_LIMIT_EXCEEDED),
)
def sessions(services: Injected, user_id: Reader, limit: Limit = 20, cursor: Cursor = None) -> SessionsDocument:
    """List the caller's sessions, newest first."""
    page = services.sessions.of_user(user_id, limit=limit, cursor=cursor)
    return SessionsDocument(sessions=[summary_document(one) for one in page.sessions], cursor=page.cursor)
