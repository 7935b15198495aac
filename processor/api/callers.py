"""Who calls, and how much they may: what routes ask for before they do anything.

A bearer token opens everything of its user. A ticket opens one session for reading. Both are counted: writes and
reads per minute and user.
"""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from fastapi import Depends, Path, Request, Security
from fastapi.security import APIKeyQuery, HTTPAuthorizationCredentials, HTTPBearer

from processor.api.middleware import ALLOWANCE
from processor.api.parts import Parts, Tools
from processor.api.tokens import HOW, closed, unauthorized
from processor.aws.sessions import session_not_found
from processor.edits.session import Session

LIMITS: Final[dict[Literal["write", "read"], int]] = {"write": 10, "read": 60}
SESSION_ID: Final = re.compile("ses_[A-Za-z0-9_-]{22,64}")
# Addresses end up in histories and logs. https://www.rfc-editor.org/rfc/rfc9700#section-4.3.2
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


def signed_in(parts: Tools, request: Request, credentials: Bearer) -> str:
    """Give the user whom the bearer token speaks for."""
    refuse_token_in_query(request)
    if parts.tokens.auth is None:
        raise closed()
    if credentials is None:
        raise unauthorized(f"No bearer token was sent. {HOW}")
    return parts.tokens.user_of(credentials.credentials)


User = Annotated[str, Depends(signed_in)]


def writer(parts: Tools, request: Request, user_id: User) -> str:
    """Give the user, and count one write."""
    count(parts, request, user_id, "write")
    return user_id


def reader(parts: Tools, request: Request, user_id: User) -> str:
    """Give the user, and count one read."""
    count(parts, request, user_id, "read")
    return user_id


Writer = Annotated[str, Depends(writer)]
Reader = Annotated[str, Depends(reader)]


def session_id_of(session_id: SessionId) -> str:
    """Take the id out of the path; what cannot be an id is not looked for."""
    if not SESSION_ID.fullmatch(session_id):
        raise session_not_found(session_id)
    return session_id


KnownId = Annotated[str, Depends(session_id_of)]


def readable_session(
    parts: Tools, request: Request, session_id: SessionId, credentials: Bearer, ticket: Ticket
) -> Session:
    """Give a session that the caller may read, by token or ticket, and count one read of its owner."""
    if credentials is None and ticket is not None and parts.tokens.auth is not None:
        refuse_token_in_query(request)
        parts.tickets.check(ticket, session_id)
        session = parts.sessions.find(session_id_of(session_id))
        if session is None:
            raise session_not_found(session_id)
        count(parts, request, session.user_id, "read")
        return session
    user_id = reader(parts, request, signed_in(parts, request, credentials))
    return parts.sessions.get(session_id_of(session_id), user_id=user_id)


ReadableSession = Annotated[Session, Depends(readable_session)]


def count(parts: Parts, request: Request, user_id: str, kind: Literal["write", "read"]) -> None:
    """Count one request; every answer to it will say what is left."""
    allowance = parts.limits.count(user_id, kind, limit=LIMITS[kind])
    request.scope.setdefault("state", {})[ALLOWANCE] = allowance
    allowance.require()


def refuse_token_in_query(request: Request) -> None:
    """Refuse to be taught bad habits: a token in an address is a token in a log."""
    if IN_QUERY & {name.lower() for name in request.query_params}:
        raise unauthorized(f"A token in an address is never accepted. {HOW}")
