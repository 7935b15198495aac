"""Build the edit API's application: its middleware and its routes.

    Measure ▶ CORS ▶ Boundary ▶ OriginGuard ▶ BodyLimit ▶ HeadAsGet ▶ routes ▶ {error, code, details?}

CORS comes before every refusal, so that a page can read why its request was refused.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from anyio import to_thread
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from processor.api.dependencies import Services
from processor.api.errors import RATE_HEADERS, translate_errors
from processor.api.middleware import BodyLimit, Boundary, HeadAsGet, Measure, OriginGuard
from processor.api.openapi import document_api
from processor.api.routes import archives, edits, health, sessions

# Together with the threads of the feeds at most as many as the AWS clients keep connections.
REQUEST_THREADS: Final = 12
CORS_MAX_AGE_S: Final = 600


def create_app(services: Services) -> FastAPI:
    """Build the application."""
    app = FastAPI(
        openapi_url="/image-edit/openapi.json",
        docs_url=None,  # its page loads scripts from another host
        redoc_url=None,
        redirect_slashes=False,  # clients lose the body when a POST is redirected
        middleware=middleware(services),
        lifespan=bounded_threads,
    )
    app.state.services = services
    translate_errors(app)
    for routes in (edits, sessions, archives, health):
        # They are whole: include_router would build each a second time, at the first request of a cold start.
        app.router.routes.extend(routes.router.routes)
    document_api(app)
    return app


def middleware(services: Services) -> list[Middleware]:
    """List the middleware, the outermost first."""
    cors = Middleware(
        CORSMiddleware,
        allow_origins=list(services.cors_origins),
        allow_methods=["GET", "HEAD", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID"],
        expose_headers=[*RATE_HEADERS, "Retry-After"],
        max_age=CORS_MAX_AGE_S,
    )
    return [
        Middleware(Measure, telemetry=services.telemetry),
        cors,
        Middleware(Boundary, telemetry=services.telemetry),
        Middleware(OriginGuard, secret=services.origin_secret),
        Middleware(BodyLimit),
        Middleware(HeadAsGet),
    ]


@asynccontextmanager
async def bounded_threads(_: FastAPI) -> AsyncGenerator[None]:
    """Limit the threads in which requests block."""
    to_thread.current_default_thread_limiter().total_tokens = REQUEST_THREADS
    yield
