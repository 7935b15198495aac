"""Refuse requests that do not come from this machine's own pages and programs, on every port of the embedded stack.

A foreign page can send requests to 127.0.0.1, and it can let its own host name resolve to it (DNS rebinding). Such
requests have the page's address as Origin, that name as Host, or, without an Origin, `Sec-Fetch-Site: cross-site`.
The standard library alone: the emulator has an environment of its own.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any, Final
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK_NAMES: Final = frozenset({"127.0.0.1", "localhost", "::1"})
# RFC 6761: below `localhost` everything is loopback.
BELOW_LOOPBACK: Final = ".localhost"
# How long each server keeps an idle connection, s: longer than clients do (Python's 5), or a request may be reset.
KEEP_ALIVE_S: Final = 75
SITE, MODE = b"sec-fetch-site", b"sec-fetch-mode"


class LoopbackOnly:
    """Refuse requests whose Host or Origin is not loopback.

    *hosts*: ends of further names that Host may have; only zones in which no stranger can point a name to this machine.
    """

    def __init__(self, app: App, hosts: tuple[str, ...] = ()) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] in {"http", "websocket"} and (found := foreign(scope["headers"], self.hosts)):
            await refuse(scope, send, found)
            return
        await self.app(scope, receive, send)


class LoopbackRequest(BaseHTTPRequestHandler):
    """Refuse the same requests where a port is served by ``http.server``."""

    def parse_request(self) -> bool:
        """Read the head of a request; answer it, and return False, when it is refused."""
        if not super().parse_request():
            return False
        given = ((name.lower().encode(), value.encode("latin-1", "replace")) for name, value in self.headers.items())
        found = foreign(given)
        if found is not None:
            self.close_connection = True
            body = refusal(found)
            self.send_response(HTTPStatus.FORBIDDEN)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")  # its body is not read; a client must not send another behind it
            self.end_headers()
            self.wfile.write(body)
        return found is None


async def refuse(scope: Scope, send: Send, found: str) -> None:
    """Answer a request from *found*; a WebSocket is closed, which its client gets as 403."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    body = refusal(found)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": int(HTTPStatus.FORBIDDEN), "headers": headers})
    await send({"type": "http.response.body", "body": body})


def refusal(found: str) -> bytes:
    """Write the body of a refusal."""
    reason = f"Expected a request from this machine, received one for {found}."
    return json.dumps({"error": reason, "code": "NOT_LOCAL"}).encode()


def foreign(headers: Iterable[tuple[bytes, bytes]], hosts: tuple[str, ...] = ()) -> str | None:
    """Return the Host, Origin or site that is foreign; None when all is well. *headers*: names in lower case."""
    given = {name: value.decode("latin-1") for name, value in headers}
    host, origin = given.get(b"host", ""), given.get(b"origin")
    name = name_of(f"//{host}")
    if not is_loopback(name) and not (name and name.endswith(hosts or ("/",))):
        return host or "no host"
    if origin is not None and not is_loopback(name_of(origin)):
        return origin
    # A link may lead here; a picture, a script or a form of another site may not.
    if given.get(SITE) == "cross-site" and given.get(MODE) != "navigate":
        return "another site's page"
    return None


def is_loopback(name: str | None) -> bool:
    """Return whether a host *name* always means this machine."""
    return name is not None and (name in LOOPBACK_NAMES or name.endswith(BELOW_LOOPBACK))


def name_of(address: str) -> str | None:
    """Return the host name in *address*."""
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
