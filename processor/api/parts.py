"""What the application works with, handed to it as a whole: by ``asgi`` for a process, by a test for the test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from processor.api.accepting import Desk
from processor.api.stream import Streams
from processor.api.tickets import Tickets
from processor.api.tokens import Tokens
from processor.aws.results import Slots
from processor.aws.sessions import Sessions
from processor.aws.user_limits import UserLimits
from processor.telemetry import Telemetry


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """Collaborators. *origin_secret* None: requests need not come through the CDN."""

    desk: Desk
    tokens: Tokens
    tickets: Tickets
    sessions: Sessions
    limits: UserLimits
    slots: Slots
    streams: Streams
    telemetry: Telemetry
    origin_secret: str | None
    cors_origins: tuple[str, ...]


def parts_of(request: Request) -> Parts:
    """Give the application's parts to a route."""
    parts: Parts = request.app.state.parts
    return parts


Tools = Annotated[Parts, Depends(parts_of)]
