"""Pass one request through one process: read the whole body first, stream the answer as it comes.

A function URL also invokes a function with the whole body.
"""

from __future__ import annotations

import asyncio
from typing import Final

import httpx
from starlette.types import Receive, Scope, Send

from local.api.headers import from_application, to_application
from local.api.worker import Worker

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB for a request
MAX_BODY_BYTES: Final = 6 * 1024 * 1024
LENGTH: Final = b"content-length"


class BodyTooLarge(Exception):
    """The request's body is larger than Lambda's limit."""


class ClientGone(Exception):
    """The client closed the connection before its request was complete."""


class ResponseCutOff(Exception):
    """An answer that has begun cannot be completed."""


class ProxyRequest:
    """A request and its answer. *began* is set once the answer begins, *status* is 0 before that."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, *, request_id: str) -> None:
        self.request_id = request_id
        self.began = asyncio.Event()
        self.status = 0
        self._scope, self._receive, self._send = scope, receive, send
        self._body = b""

    async def read(self) -> None:
        """Read the request's body; raises BodyTooLarge or ClientGone."""
        if declared_length(self._scope) > MAX_BODY_BYTES:
            raise BodyTooLarge
        parts = bytearray()
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            parts += message.get("body", b"")
            if len(parts) > MAX_BODY_BYTES:
                raise BodyTooLarge
            more = message.get("more_body", False)
        self._body = bytes(parts)

    async def run(self, worker: Worker) -> None:
        """Pass the request to *worker* and its answer back, until either side ends.

        When the client closes its connection, close the one to the application, so that it stops too. Raises
        httpx.TransportError when the application cuts the connection.
        """
        passing = asyncio.create_task(self._pass_on(worker))
        leaving = asyncio.create_task(self._until_client_leaves())
        try:
            await asyncio.wait({passing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            passing.cancel()
            leaving.cancel()
            await asyncio.gather(passing, leaving, return_exceptions=True)
        if not passing.cancelled():
            passing.result()

    async def _pass_on(self, worker: Worker) -> None:
        request = worker.client.build_request(
            self._scope["method"],
            httpx.URL(worker.client.base_url).copy_with(raw_path=target(self._scope)),
            headers=to_application(self._scope, worker.function, self.request_id),
            content=self._body if has_body(self._scope) else None,
        )
        answer = await worker.client.send(request, stream=True)
        try:
            self.status = answer.status_code
            headers = from_application(answer.headers.raw, self.request_id)
            await self._send({"type": "http.response.start", "status": self.status, "headers": headers})
            self.began.set()
            async for chunk in answer.aiter_raw():
                await self._send({"type": "http.response.body", "body": chunk, "more_body": True})
            await self._send({"type": "http.response.body", "body": b""})
        finally:
            await answer.aclose()

    async def _until_client_leaves(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass


def has_body(scope: Scope) -> bool:
    """Return whether a request has a body."""
    return any(name in (LENGTH, b"transfer-encoding") for name, _ in scope["headers"])


def declared_length(scope: Scope) -> int:
    """Return the Content-Length of a request, 0 without one."""
    return next((int(value) for name, value in scope["headers"] if name == LENGTH and value.isdigit()), 0)


def target(scope: Scope) -> bytes:
    """Return path and query exactly as the client wrote them."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    return path + b"?" + query if query else path
