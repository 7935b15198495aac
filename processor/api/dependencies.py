"""Dependencies of the routes: the application's services, the caller and the caller's rate limit.

A bearer token allows everything of its user. A ticket allows reading one session. Both are counted:
writes and reads per minute and user, reads by ticket per minute and session.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from fastapi import Depends, Path, Request, Security
from fastapi.security import APIKeyQuery, HTTPAuthorizationCredentials, HTTPBearer

from processor.api.archive_service import ArchiveService
from processor.api.credentials import HOW, Tickets, Tokens, closed, unauthorized
from processor.api.middleware import ALLOWANCE
from processor.api.session_service import SessionService
from processor.api.stream import Streams
from processor.aws.results import Slots
from processor.aws.secrets import RotatingSecret
from processor.aws.sessions import Sessions, session_not_found
from processor.aws.stream_places import StreamPlaces
from processor.aws.user_limits import UserLimits
from processor.edits.session import Session
from processor.telemetry import Telemetry


@dataclass(frozen=True, kw_only=True, slots=True)
class Services:
    """Services of the application. *origin_secret* None: requests need not come through the CDN."""

    session_service: SessionService
    archive_service: ArchiveService
    tokens: Tokens
    tickets: Tickets
    sessions: Sessions
    limits: UserLimits
    slots: Slots
    streams: Streams
    stream_places: StreamPlaces
    telemetry: Telemetry
    origin_secret: RotatingSecret | None
    cors_origins: tuple[str, ...]


def services_of(request: Request) -> Services:
    """Return the application's services."""
    services: Services = request.app.state.services
    return services


Injected = Annotated[Services, Depends(services_of)]


LIMITS: Final[dict[Literal["write", "read", "ticket"], int]] = {"write": 10, "read": 60, "ticket": 60}
SLOTS_PER_HOUR: Final = 200
HOUR_S: Final = 3600
SESSION_ID: Final = re.compile("ses_[A-Za-z0-9_-]{22,64}")
# URLs end up in histories and logs. https://www.rfc-editor.org/rfc/rfc9700#section-4.3.2
IN_QUERY: Final = frozenset({"access_token", "authorization", "bearer", "id_token", "jwt", "token"})

BEARER: Final = HTTPBearer(
    auto_error=False,
    scheme_name="bearer",
    bearerFormat="JWT",
    description="Access token of the configured OpenID Connect issuer.",
)
TICKET: Final = APIKeyQuery(
    name="ticket",
    auto_error=False,
    scheme_name="ticket",
    description="The ticket in a session's progressUrl: that session, reading only, for 15 minutes.",
)
Bearer = Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)]
Ticket = Annotated[str | None, Security(TICKET)]
SessionId = Annotated[str, Path(description="Id of the session.", examples=["ses_Zk3vR1mXo2bT9aLq7WcYdHfE"])]


def signed_in(services: Injected, request: Request, credentials: Bearer) -> str:
    """Return the user of the bearer token; raise EditError(UNAUTHORIZED) without a valid one."""
    refuse_token_in_query(request)
    if services.tokens.auth is None:
        raise closed()
    if credentials is None:
        raise unauthorized(f"No bearer token was sent. {HOW}")
    return services.tokens.user_of(credentials.credentials)


User = Annotated[str, Depends(signed_in)]


def writer(services: Injected, request: Request, user_id: User) -> str:
    """Return the user; count one write."""
    count(services, request, user_id, "write")
    return user_id


def reader(services: Injected, request: Request, user_id: User) -> str:
    """Return the user; count one read."""
    count(services, request, user_id, "read")
    return user_id


Writer = Annotated[str, Depends(writer)]
Reader = Annotated[str, Depends(reader)]


def session_id_of(session_id: SessionId) -> str:
    """Return the id in the path; raise EditError(SESSION_NOT_FOUND) for text that cannot be an id."""
    if not SESSION_ID.fullmatch(session_id):
        raise session_not_found(session_id)
    return session_id


KnownId = Annotated[str, Depends(session_id_of)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Readable:
    """A session, and the *ticket* for its progressUrl: a new one, or the caller's own, which does not renew itself."""

    session: Session
    ticket: str


def readable_session(
    services: Injected, request: Request, session_id: SessionId, credentials: Bearer, ticket: Ticket
) -> Readable:
    """Return a session that the caller may read, by token or ticket; count the read."""
    if credentials is None and ticket is not None and services.tokens.auth is not None:
        refuse_token_in_query(request)
        services.tickets.check(ticket, session_id)
        count(services, request, session_id, "ticket")
        session = services.sessions.find(session_id_of(session_id))
        if session is None:
            raise session_not_found(session_id)
        return Readable(session=session, ticket=ticket)
    user_id = reader(services, request, signed_in(services, request, credentials))
    session = services.sessions.get(session_id_of(session_id), user_id=user_id)
    return Readable(session=session, ticket=services.tickets.issue(session_id))


ReadableSession = Annotated[Readable, Depends(readable_session)]


def count(services: Services, request: Request, user_id: str, kind: Literal["write", "read", "ticket"]) -> None:
    """Count one request; its response carries the remaining allowance in headers. A ticket counts for its session."""
    allowance = services.limits.count(user_id, kind, limit=LIMITS[kind])
    request.scope.setdefault("state", {})[ALLOWANCE] = allowance
    allowance.require()


def refuse_token_in_query(request: Request) -> None:
    """Refuse a token in the query: URLs are logged."""
    if IN_QUERY & {name.lower() for name in request.query_params}:
        raise unauthorized(f"A token in an address is never accepted. {HOW}")
