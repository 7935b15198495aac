"""Serve the gallery's API, which stands in for the product's backend on this machine."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any, Final

from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.front.gallery.changes import ChangeFeed
from local.front.gallery.model import Listing, NewPhoto
from local.front.gallery.operations import Operations
from local.front.gallery.store import PhotoStore

PING_S: Final = 15
NO_STORE: Final = {"Cache-Control": "no-store"}


def routes(store: PhotoStore, operations: Operations, feed: ChangeFeed) -> list[Route]:
    """Serve photos, their changes, and the operators' page."""

    async def photos(request: Request) -> Response:
        return await respond(store.page, Listing.model_validate(dict(request.query_params)))

    async def create(request: Request) -> Response:
        return await respond(store.create, NewPhoto.model_validate_json(await request.body()), status=201)

    async def photo(request: Request) -> Response:
        return await respond(store.with_receipt, request.path_params["id"])

    async def retry(request: Request) -> Response:
        return await respond(store.retry, request.path_params["id"], status=202)

    async def delete(request: Request) -> Response:
        await run_in_threadpool(store.delete, request.path_params["id"])
        return Response(status_code=202, headers=NO_STORE)

    async def changes(request: Request) -> Response:
        store.deployed.require()
        return EventSourceResponse(events(feed, request.headers.get("last-event-id")), ping=PING_S, sep="\n")

    async def overview(_request: Request) -> Response:
        return await respond(operations.overview)

    async def redrive(request: Request) -> Response:
        return await respond(operations.redrive, request.path_params["role"], status=202)

    return [
        Route("/gallery/photos", photos),
        Route("/gallery/photos", create, methods=["POST"]),
        # An id may be a key, with slashes in it.
        Route("/gallery/photos/{id:path}/retry", retry, methods=["POST"]),
        Route("/gallery/photos/{id:path}", photo),
        Route("/gallery/photos/{id:path}", delete, methods=["DELETE"]),
        Route("/gallery/changes", changes),
        Route("/gallery/operations", overview),
        Route("/gallery/queues/{role}/redrive", redrive, methods=["POST"]),
    ]


async def respond(work: Callable[..., Any], *arguments: Any, status: int = 200) -> Response:
    """Run *work*, which waits for the emulator, in a thread, and answer with its result."""
    return JSONResponse(await run_in_threadpool(work, *arguments), status, headers=NO_STORE)


async def events(feed: ChangeFeed, last: str | None) -> AsyncGenerator[Mapping[str, Any]]:
    """Write the feed's events as server-sent events."""
    async for event in feed.listen(last):
        yield {**event, "data": json.dumps(event["data"])}
