"""Serve the CDN: pictures from the emulator's data plane, the edit API directly from its processes.

The emulator checks origin access, methods and the headers' policy, and runs the CloudFront Function. But it buffers a
stream until its end, so requests to a web server bypass it. They carry the header that proves that they came through
the CDN, and their responses get the headers that the distribution adds. Nothing is cached: every answer is a miss.
Signed cookies and URLs are checked here: the emulator only stores the keys.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import httpx
from botocore.exceptions import BotoCoreError, ClientError
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from local.front.deployed import DeployedStack
from local.front.distribution import Behaviour, Distribution, for_viewer, read
from local.front.errors import HANDLERS, Refusal, answer
from local.front.signatures import Viewed, require_signature, unsigned
from local.loopback_only import LoopbackOnly

METHODS: Final = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
# A progress stream sends an event or a ping every 15 s; CloudFront's origin timeout is 60 s (components/cdn_routes.py).
TIMEOUT: Final = httpx.Timeout(60, connect=3)
# CloudFront takes minutes.
PROPAGATION_S: Final = 2
LIMITS: Final = httpx.Limits(max_connections=None, max_keepalive_connections=20)
# https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
HOP_BY_HOP: Final = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding"}
    | {"upgrade"}
)
Headers = list[tuple[str, str]]


@dataclass(kw_only=True)
class CdnProxy:
    """Serves viewers. *reads*: reads the distribution, once it is deployed; *now*: s; *clock*: s since 1970."""

    deployed: DeployedStack
    client: httpx.AsyncClient
    reads: Callable[[], Distribution]
    now: Callable[[], float] = time.monotonic
    clock: Callable[[], float] = time.time
    known: Distribution | None = field(default=None, init=False)
    read_at: float = field(default=0, init=False)

    async def serve(self, request: Request) -> Response:
        """Answer one viewer."""
        behaviour = (await self.distribution()).behaviour(request.url.path)
        if request.method not in behaviour.methods:
            # CloudFront's status and text.
            raise Refusal(
                403, "METHOD_NOT_ALLOWED", "This distribution is not configured to allow the HTTP request method."
            )
        require_plain_path(target(request))
        if behaviour.keys is not None:
            require_signature(viewed(request), behaviour.keys, self.clock())
        try:
            return await self.forward(request, behaviour)
        except httpx.TimeoutException:
            return answer(504, "ORIGIN_TIMEOUT", "The origin did not answer in time.")
        except httpx.TransportError as error:
            return answer(502, "ORIGIN_UNREACHABLE", f"The origin could not be reached: {error!r}")

    async def distribution(self) -> Distribution:
        """Return the distribution; one request in PROPAGATION_S reads it again, as a deployment may have changed it."""
        if self.known is None or self.now() - self.read_at >= PROPAGATION_S:
            self.read_at = self.now()
            try:
                self.known = await run_in_threadpool(self.reads)
            except (BotoCoreError, ClientError):
                if self.known is None:
                    raise
        return self.known

    async def forward(self, request: Request, behaviour: Behaviour) -> Response:
        """Pass a request on and its answer back, both streamed."""
        addresses = self.deployed.addresses
        origin = addresses.api if behaviour.service else addresses.aws
        passed = self.client.build_request(
            request.method,
            origin + (target(request) if behaviour.keys is None else unsigned(target(request))),
            headers=raw(self.headers_for(request, behaviour)),
            content=request.stream() if has_body(request) else None,
        )
        got = await self.client.send(passed, stream=True)
        # The server in front of us writes the date.
        sent = [(name, value) for name, value in kept(text(got.headers.raw)) if name.lower() != "date"]
        response = StreamingResponse(got.aiter_raw(), got.status_code, background=BackgroundTask(got.aclose))
        pairs = for_viewer(sent, behaviour) if behaviour.service else sent
        response.raw_headers = raw((name.lower(), value) for name, value in pairs)
        return response

    def headers_for(self, request: Request, behaviour: Behaviour) -> Headers:
        """Return the headers for an origin: the viewer's address and, for a web server, the CDN's secret.

        A viewer's own header with the name of a secret is dropped, as CloudFront does.
        """
        secret = {name.lower() for name in behaviour.secrets}
        client = request.client.host if request.client else ""
        ours = [("x-forwarded-for", client), ("x-forwarded-proto", "https"), *behaviour.secrets.items()]
        if not behaviour.service:
            ours.append(("host", self.deployed.distribution_host))
        return [(name, value) for name, value in kept(request.headers.items()) if name not in {"host", *secret}] + ours


def text(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Read headers so that each byte is a character: values outside ASCII pass through in any encoding."""
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]


def raw(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Encode headers that *text* has decoded."""
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]


def kept(headers: Iterable[tuple[str, str]]) -> Headers:
    """Drop headers that concern one connection only."""
    return [(name, value) for name, value in headers if name.lower() not in HOP_BY_HOP]


def target(request: Request) -> str:
    """Return path and query as the viewer wrote them: decoding and encoding again would change keys."""
    path: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    return (path + (b"?" + query if query else b"")).decode("latin-1")


def viewed(request: Request) -> Viewed:
    """Return what a signature is checked against: the address in the viewer's browser."""
    address = f"{request.url.scheme}://{request.headers.get('host', '')}{target(request)}"
    return Viewed(address=address, cookies=request.cookies, client=request.client.host if request.client else "")


def require_plain_path(asked: str) -> None:
    """Refuse a path with the segment `.` or `..`, as S3 does: no key has one, and our client would resolve it.

    Otherwise a path would be checked as one gallery's, and answered with another's.
    """
    if {".", ".."}.intersection(asked.partition("?")[0].split("/")):
        raise Refusal(403, "ACCESS_DENIED", "Access Denied")


def has_body(request: Request) -> bool:
    """Return whether a request has a body."""
    return "content-length" in request.headers or "transfer-encoding" in request.headers


def app(deployed: DeployedStack) -> Starlette:
    """Serve the CDN of the stack *deployed*."""
    client = httpx.AsyncClient(timeout=TIMEOUT, limits=LIMITS, trust_env=False, follow_redirects=False)
    edge = CdnProxy(
        deployed=deployed,
        client=client,
        reads=lambda: read(deployed.aws.client("cloudfront"), deployed.distribution_host),
    )

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[None]:
        async with client:
            yield

    return Starlette(
        routes=[Route("/{path:path}", edge.serve, methods=METHODS)],
        middleware=[Middleware(LoopbackOnly)],
        exception_handlers=HANDLERS,
        lifespan=lifespan,
    )
