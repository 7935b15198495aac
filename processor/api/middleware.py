"""Middleware around every request, the outermost first: measure, CORS (Starlette's), boundary, origin guard, limit.

Plain ASGI: Starlette's BaseHTTPMiddleware would put a queue between a stream and its client.
"""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass
from typing import Final

from anyio import to_thread
from aws_lambda_powertools.metrics import MetricUnit
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from processor.api.errors import UNEXPECTED, error_response, rate_headers
from processor.aws.secrets import RotatingSecret
from processor.aws.user_limits import Allowance
from processor.errors import EditCode
from processor.telemetry import Telemetry

HEALTH: Final = "/image-edit/health"
ORIGIN_HEADER: Final = "x-origin-verify"
ALLOWANCE: Final = "allowance"
# Lambda takes no larger request. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MAX_BODY_BYTES: Final = 6 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Measure:
    """Measures the time to the first byte; logs each request in one line without its query, which may hold a ticket."""

    app: ASGIApp
    telemetry: Telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Measure a request; skip readiness checks."""
        if scope["type"] != "http" or scope["path"] == HEALTH:
            await self.app(scope, receive, send)
            return
        start = time.perf_counter()

        async def measured(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.report(scope, message["status"], (time.perf_counter() - start) * 1000)
            await send(message)

        await self.app(scope, receive, measured)

    def report(self, scope: Scope, status: int, first_byte_ms: float) -> None:
        """Count and log one request."""
        self.telemetry.count({"FirstByteDuration": (round(first_byte_ms, 3), MetricUnit.Milliseconds)})
        self.telemetry.info(
            "Request answered",
            method=scope["method"],
            path=scope["path"],
            status=status,
            first_byte_ms=round(first_byte_ms, 1),
        )


@dataclass(frozen=True, slots=True)
class Boundary:
    """Adds the headers of all responses, and turns an unexpected exception into a logged 500."""

    app: ASGIApp
    telemetry: Telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer also when the application fails, unless the response has begun."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def finished(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                complete(MutableHeaders(scope=message), scope)
            await send(message)

        try:
            await self.app(scope, receive, finished)
        except Exception as error:
            self.telemetry.defect("Request failed", error, method=scope["method"], path=scope["path"])
            if started:
                raise
            await error_response(EditCode.INTERNAL_ERROR, UNEXPECTED)(scope, receive, finished)


def complete(headers: MutableHeaders, scope: Scope) -> None:
    """Add the headers that every response has."""
    headers.setdefault("Cache-Control", "no-store")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    # Responses render nothing; if a browser is tricked into rendering one, nothing runs.
    headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    allowance: Allowance | None = scope.get("state", {}).get(ALLOWANCE)
    if allowance is not None:
        for name, value in rate_headers(allowance.limit, allowance.remaining, allowance.resets_in_s).items():
            headers.setdefault(name, value)


@dataclass(frozen=True, slots=True)
class OriginGuard:
    """Passes requests of the CDN only: a client that calls the function's own URL gets 403.

    *secret* None: none is set, every request passes.
    """

    app: ASGIApp
    secret: RotatingSecret | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Compare the secret in constant time; a thread reads it again when that is due."""
        if scope["type"] != "http" or self.secret is None or scope["path"] == HEALTH:
            await self.app(scope, receive, send)
            return
        sent = Headers(scope=scope).get(ORIGIN_HEADER, "").encode()

        def matches(value: str) -> bool:
            return hmac.compare_digest(sent, value.encode())

        if self.secret.holds(matches) or await to_thread.run_sync(self.secret.accepts, matches):
            await self.app(scope, receive, send)
            return
        sentence = "This address is not for direct use: call the service through its public address."
        await error_response(EditCode.FORBIDDEN, sentence)(scope, receive, send)


@dataclass(frozen=True, slots=True)
class HeadAsGet:
    """Answers HEAD as GET without its body, which the routes do not do by themselves; a stream ends at once."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head of the answer to GET, then tell the application that its client is gone."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return
        answered = False

        async def gone_after_the_head() -> Message:
            return {"type": "http.disconnect"} if answered else await receive()

        async def head_only(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body", "body": b""})
                answered = True

        await self.app({**scope, "method": "GET"}, gone_after_the_head, head_only)


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """Limits the bytes read of a body, whatever its Content-Length."""

    app: ASGIApp
    max_bytes: int = MAX_BODY_BYTES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the bytes received; too many raise HTTPException(413), which the error handlers answer."""
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.max_bytes:
                raise HTTPException(413)
            return message

        await self.app(scope, counted, send)
