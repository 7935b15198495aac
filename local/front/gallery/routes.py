"""Serve the gallery's API, which stands in for the product's backend on this machine."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any, Final

from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from local.front.gallery.changes import ChangeFeed
from local.front.gallery.dead_letters import DeadLetterApi
from local.front.gallery.model import FocalPoint, Listing, NewPhoto, Renewal
from local.front.gallery.operations import Operations
from local.front.gallery.runbook import section
from local.front.gallery.store import PhotoStore
from processor.aws.archive_files import disposition

PING_S: Final = 15
NO_STORE: Final = {"Cache-Control": "no-store"}


def routes(store: PhotoStore, operations: Operations, feed: ChangeFeed) -> list[Route]:
    """Serve photos, their changes, and the operators' page."""
    return [*change_routes(store), *photo_routes(store, feed), *operator_routes(operations)]


def change_routes(store: PhotoStore) -> list[Route]:
    """Serve what is done with one photo."""

    async def renew(request: Request) -> Response:
        return await respond(store.renew, request.path_params["id"], Renewal.model_validate_json(await request.body()))

    async def retry(request: Request) -> Response:
        return await respond(store.retry, request.path_params["id"], status=202)

    async def focus(request: Request) -> Response:
        point = FocalPoint.model_validate_json(await request.body())
        return await respond(store.focus, request.path_params["id"], point, status=202)

    return [
        Route("/gallery/photos/{id:path}/retry", retry, methods=["POST"]),
        Route("/gallery/photos/{id:path}/upload", renew, methods=["POST"]),
        Route("/gallery/photos/{id:path}/focus", focus, methods=["PUT"]),
    ]


def photo_routes(store: PhotoStore, feed: ChangeFeed) -> list[Route]:
    """Serve photos and their changes."""

    async def photos(request: Request) -> Response:
        return await respond(store.page, Listing.model_validate(dict(request.query_params)))

    async def create(request: Request) -> Response:
        return await respond(store.create, NewPhoto.model_validate_json(await request.body()), status=201)

    async def galleries(_request: Request) -> Response:
        return await respond(store.galleries)

    async def photo(request: Request) -> Response:
        return await respond(store.with_receipt, request.path_params["id"])

    async def original(request: Request) -> Response:
        name, size, content = await run_in_threadpool(store.original, request.path_params["id"])
        return StreamingResponse(content, headers={**NO_STORE, **attachment(name), "Content-Length": str(size)})

    async def delete(request: Request) -> Response:
        await run_in_threadpool(store.delete, request.path_params["id"])
        return Response(status_code=202, headers=NO_STORE)

    async def changes(request: Request) -> Response:
        store.deployed.require()
        return EventSourceResponse(events(feed, request.headers.get("last-event-id")), ping=PING_S, sep="\n")

    return [
        Route("/gallery/galleries", galleries),
        Route("/gallery/photos", photos),
        Route("/gallery/photos", create, methods=["POST"]),
        # An id may be a key, with slashes in it.
        Route("/gallery/photos/{id:path}/original", original),
        Route("/gallery/photos/{id:path}", photo),
        Route("/gallery/photos/{id:path}", delete, methods=["DELETE"]),
        Route("/gallery/changes", changes),
    ]


def operator_routes(operations: Operations) -> list[Route]:
    """Serve the operators' figures, dead letters and runbook."""
    dead = DeadLetterApi(operations=operations)

    async def overview(_request: Request) -> Response:
        return await respond(operations.overview)

    async def redrive(request: Request) -> Response:
        return await respond(operations.redrive, request.path_params["role"], status=202)

    async def letters(request: Request) -> Response:
        return await respond(dead.listed, request.path_params["role"])

    async def redrive_one(request: Request) -> Response:
        return await respond(dead.redrive, request.path_params["role"], request.path_params["id"], status=202)

    async def discard_one(request: Request) -> Response:
        return await respond(dead.discard, request.path_params["role"], request.path_params["id"])

    async def runbook(request: Request) -> Response:
        return await respond(section, request.path_params["name"])

    return [
        Route("/gallery/operations", overview),
        Route("/gallery/runbook/{name}", runbook),
        Route("/gallery/queues/{role}/redrive", redrive, methods=["POST"]),
        Route("/gallery/queues/{role}/letters", letters),
        Route("/gallery/queues/{role}/letters/{id}", discard_one, methods=["DELETE"]),
        Route("/gallery/queues/{role}/letters/{id}/redrive", redrive_one, methods=["POST"]),
    ]


def attachment(name: str) -> Mapping[str, str]:
    """Let a browser save the answer under *name*, and never show it: an original may be any file."""
    return {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": disposition(name),
    }


async def respond(work: Callable[..., Any], *arguments: Any, status: int = 200) -> Response:
    """Run *work*, which waits for the emulator, in a thread, and answer with its result."""
    return JSONResponse(await run_in_threadpool(work, *arguments), status, headers=NO_STORE)


async def events(feed: ChangeFeed, last: str | None) -> AsyncGenerator[Mapping[str, Any]]:
    """Write the feed's events as server-sent events."""
    async for event in feed.listen(last):
        yield {**event, "data": json.dumps(event["data"])}
