"""Refuse requests that do not come from this machine's own pages and programs.

A foreign page can let its own host name resolve to 127.0.0.1 and then send requests here (DNS rebinding). These
requests still have that name as Host, and the page's address as Origin.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from local.front.errors import answer

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class LoopbackOnly:
    """Refuse requests whose Host or Origin is not loopback."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and (found := foreign(Headers(scope=scope))):
            reason = f"Expected a request from this machine, received one for {found}."
            return await answer(403, "NOT_LOCAL", reason)(scope, receive, send)
        return await self.app(scope, receive, send)


def foreign(headers: Headers) -> str | None:
    """Return the Host or Origin that is not loopback; None when all is well."""
    host, origin = headers.get("host", ""), headers.get("origin")
    if name_of(f"//{host}") not in LOOPBACK:
        return host or "no host"
    if origin is not None and name_of(origin) not in LOOPBACK:
        return origin
    return None


def name_of(address: str) -> str | None:
    """Return the host name in *address*."""
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
