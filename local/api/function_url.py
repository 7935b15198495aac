"""Stand in for a function URL: hand each request to the process whose turn it is."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import httpx
from starlette.types import Receive, Scope, Send

from local.api.fleet import Fleet
from local.api.headers import new_request_id, unreadable
from local.api.proxy_request import MAX_BODY_BYTES, BodyTooLarge, ClientGone, ProxyRequest, ResponseCutOff
from local.api.url_metrics import UrlMetrics
from local.api.worker import Worker

STATUS_PATH: Final = "/_front/status"

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionUrl:
    """The ASGI application. *url_metrics* publishes what a function URL counts."""

    fleet: Fleet
    url_metrics: UrlMetrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            raise AssertionError(f"only HTTP comes here, received {scope['type']}")
        if scope["path"] == STATUS_PATH:
            return await answer(send, HTTPStatus.OK, status(self.fleet))
        began = time.monotonic()
        request = ProxyRequest(scope, receive, send, request_id=new_request_id())
        code = await self._answer(scope, request, send)
        self.url_metrics.request(code or request.status, seconds=time.monotonic() - began)
        return None

    async def _answer(self, scope: Scope, request: ProxyRequest, send: Send) -> int | None:
        """Let a process answer; return the status if this server had to answer itself, else None."""
        try:
            await request.read()
        except ClientGone:
            return HTTPStatus.BAD_REQUEST
        except BodyTooLarge:
            return await refuse(send, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)
        if (reason := unreadable(scope)) is not None:
            return await refuse(send, HTTPStatus.BAD_GATEWAY, reason)
        worker = await self.fleet.round_robin.take()
        if worker is None:
            return await refuse(send, HTTPStatus.BAD_GATEWAY, "No process of the edit API runs; see its log")
        try:
            await self._forward(worker, request)
        except (httpx.TransportError, TimeoutError) as error:
            log.warning("%s: %s %s", request.request_id, type(error).__name__, error)
            if request.status:
                # The server cuts the connection: a client must not take half an answer for a whole one.
                raise ResponseCutOff from error
            return await refuse(send, HTTPStatus.BAD_GATEWAY, "The edit API broke off before it answered; see its log")
        return None

    async def _forward(self, worker: Worker, request: ProxyRequest) -> None:
        """Run *request* with *worker*, which gets its next turn once the answer begins."""
        self.url_metrics.start(worker, request.request_id)
        began = time.monotonic()
        turn = asyncio.create_task(self._next_turn(worker, request))
        worker.streams += 1
        failed = True
        try:
            async with asyncio.timeout(worker.function.timeout_s):
                await request.run(worker)
            failed = False
        except TimeoutError:
            self.url_metrics.timed_out(worker, request.request_id)
            if not request.status:
                # The process hangs. A stream that lasted too long is only cut, because other streams run beside it.
                await self.fleet.end(worker)
            raise
        finally:
            worker.streams -= 1
            request.began.set()
            await turn
            self.url_metrics.end(worker, request.request_id, seconds=time.monotonic() - began, failed=failed)

    async def _next_turn(self, worker: Worker, request: ProxyRequest) -> None:
        await request.began.wait()
        await self.fleet.round_robin.put_back(worker)


TOO_LARGE: Final = f"The request's body must have at most {MAX_BODY_BYTES} bytes"


async def refuse(send: Send, code: HTTPStatus, message: str) -> int:
    """Answer in place of the function, with *message* as text; return the status."""
    await answer(send, code, {"message": message})
    return code


async def answer(send: Send, code: HTTPStatus, body: object) -> None:
    """Answer in JSON."""
    data = json.dumps(body).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(data)).encode())]
    await send({"type": "http.response.start", "status": code, "headers": headers})
    await send({"type": "http.response.body", "body": data})


def status(fleet: Fleet) -> dict[str, object]:
    """Describe the processes as JSON data."""
    return {
        "processes": [
            {
                "pid": worker.pid,
                "version": worker.function.version,
                "streams": worker.streams,
                "memory_mib": worker.function.memory_mib,
                "used_mib": round(worker.peak_mib, 1),
                "log_stream": worker.stream.name,
            }
            for worker in fleet.round_robin.alive
        ]
    }
