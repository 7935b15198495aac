"""Write the OpenAPI document: the framework's, with portable schemas, the events and an example of every error code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from processor.api import openapi_schemas
from processor.api.documents import ErrorDocument
from processor.errors import HTTP_STATUS, EditCode

TITLE: Final = "Darkroom edits"
VERSION: Final = "1"
DESCRIPTION: Final = (
    "Edit pictures by plain commands and follow the progress live. Every refusal has one body: "
    "`{error, code, details?}`. Send `Authorization: Bearer <JWT>`; a browser's EventSource, which cannot, uses "
    "the `progressUrl` of its session as it is. HEAD works wherever GET does."
)
CONTACT: Final = {"name": "The operator of this stack"}
LICENCE: Final = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
SERVERS: Final = [{"url": "/", "description": "Origin of this document: the CDN."}]
TAGS: Final = [
    {"name": "sessions", "description": "Start edits of pictures, follow and cancel them."},
    {"name": "commands", "description": "Look up what can be asked for."},
    {"name": "uploads", "description": "Upload local files."},
    {"name": "archives", "description": "Download photos as one ZIP file."},
    {"name": "service", "description": "Check the service."},
]
UNCOUNTED: Final = frozenset({"/image-edit/health"})
ResponseDocs = dict[int | str, dict[str, Any]]
EXAMPLES: Final[Mapping[EditCode, str]] = {
    EditCode.INVALID_INPUT: "Missing value for `images[0].url`: expected text. Add it.",
    EditCode.UNPARSEABLE_COMMAND: 'I do not understand "rezise": did you mean "resize to 800px"?',
    EditCode.UNSUPPORTED_COMMAND: "Nothing can be added to a picture here: text and watermarks can be put on it.",
    EditCode.UNAUTHORIZED: "The token has expired: sign in again.",
    EditCode.FORBIDDEN: "This address is not for direct use: call the service through its public address.",
    EditCode.SESSION_NOT_FOUND: "There is no such session: expected the id of a session of yours that has not expired.",
    EditCode.NOT_FOUND: "There is no such archive: expected the id of an archive of yours that was not withdrawn.",
    EditCode.TOO_MANY_IMAGES: "Too many images: expected at most 50 in one request, received 51.",
    EditCode.IMAGE_TOO_LARGE: "images[0].url: expected at most 26,214,400 bytes, received 30,000,000.",
    EditCode.SOURCE_REFUSED: "images[0].url: expected an address without user name and password.",
    EditCode.TOO_MANY_SESSIONS: "Too many sessions at the same time: expected at most 3, found 3 running.",
    EditCode.TOO_MANY_STREAMS: "Too many open streams: expected at most 4 of one session. Close one first.",
    EditCode.RATE_LIMIT_EXCEEDED: "Too many requests: expected at most 10 a minute. Try again in 17 seconds.",
    EditCode.IDEMPOTENCY_CONFLICT: "This Idempotency-Key was used for another request.",
    EditCode.TRY_AGAIN: "A service that this one needs does not answer right now. Try again in a moment.",
    EditCode.INTERNAL_ERROR: "Something went wrong on our side. It has been recorded; try again later.",
}
ALWAYS: Final = (EditCode.UNAUTHORIZED, EditCode.FORBIDDEN, EditCode.TRY_AGAIN, EditCode.INTERNAL_ERROR)
RATE_HEADER_DOCS: Final[Mapping[str, Any]] = {
    name: {"schema": {"type": "integer"}, "description": description}
    for name, description in {
        "X-RateLimit-Limit": "Requests of this kind that a user has per minute.",
        "X-RateLimit-Remaining": "How many of them are left.",
        "X-RateLimit-Reset": "When all of them are back, s from now.",
    }.items()
}
RETRY_AFTER: Final[Mapping[str, Any]] = {
    "Retry-After": {"schema": {"type": "integer"}, "description": "When to come again, s from now."}
}
CHALLENGE: Final[Mapping[str, Any]] = {
    "WWW-Authenticate": {"schema": {"type": "string"}, "description": "`Bearer` (RFC 6750)."}
}
STREAM: Final = (
    'id: 0\nevent: heartbeat\ndata: {"type":"heartbeat","sessionId":"ses_…","timestamp":1763739000000}\nretry: 1000\n\n'
    "id: 1\nevent: progress\n"
    'data: {"type":"progress","sessionId":"ses_…","timestamp":1763739000000,"imageId":"a",'
    '"status":"fetching","progress":0,"step":"","message":""}\n\n'
)
STREAM_SCHEMA: Final = {
    "type": "string",
    "format": "binary",  # generated clients would decode any other string as JSON
    "description": "Blocks of id, event and data, as EventSource reads them; `contentSchema` is that of each data.",
    "contentSchema": {"$ref": openapi_schemas.COMPONENT.format(model=openapi_schemas.EVENT)},
}
PROGRESS: Final[ResponseDocs] = {
    200: {
        "description": "Events as they happen.",
        "content": {"text/event-stream": {"schema": STREAM_SCHEMA, "example": STREAM}},
        "headers": dict(RATE_HEADER_DOCS),
    },
    204: {"description": "The session has ended and you know all of its events: stop asking."},
}


HEADERS: Final[Mapping[int, Mapping[str, Any]]] = {401: CHALLENGE, 429: RETRY_AFTER, 503: RETRY_AFTER}


def document_api(app: FastAPI) -> None:
    """Make *app* serve ``document`` as its OpenAPI document."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = document(app)
        return app.openapi_schema

    app.openapi = openapi  # FastAPI's own way: https://fastapi.tiangolo.com/how-to/extending-openapi/


def document(app: FastAPI) -> dict[str, Any]:
    """Build the document."""
    written = get_openapi(
        title=TITLE,
        version=VERSION,
        description=DESCRIPTION,
        routes=app.routes,
        tags=TAGS,
        servers=SERVERS,
        contact=CONTACT,
        license_info=LICENCE,
    )
    openapi_schemas.complete(written["components"]["schemas"])
    for path, methods in written["paths"].items():
        for operation in methods.values():
            correct(operation, counted=path not in UNCOUNTED)
    return written


def correct(operation: dict[str, Any], *, counted: bool) -> None:
    """Remove the framework's 422, which we answer as 400; add the rate headers to counted routes."""
    answers: dict[str, Any] = operation["responses"]
    if "HTTPValidationError" in str(answers.get("422")):
        del answers["422"]
    operation.setdefault("security", [])  # none is needed
    for parameter in operation.get("parameters", ()):
        parameter["schema"] = openapi_schemas.portable(parameter["schema"])
    for status, answer in answers.items():
        if counted and (status.startswith("2") or status == "429"):
            answer["headers"] = {**RATE_HEADER_DOCS, **answer.get("headers", {})}


def error_responses(*codes: EditCode) -> ResponseDocs:
    """Document the errors of a route: *codes*, and those that every route may return."""
    by_status: dict[int, list[EditCode]] = {}
    for code in sorted({*codes, *ALWAYS}, key=list(EditCode).index):
        by_status.setdefault(HTTP_STATUS[code], []).append(code)
    return {status: error_response_of(status, of_status) for status, of_status in sorted(by_status.items())}


def error_response_of(status: int, codes: list[EditCode]) -> dict[str, Any]:
    """Document the errors of one status, with an example each."""
    examples = {code.value: {"value": {"error": EXAMPLES[code], "code": code.value}} for code in codes}
    return {
        "model": ErrorDocument,
        "description": ", ".join(codes),
        "content": {"application/json": {"examples": examples}},
        "headers": {**HEADERS.get(status, {})},
    }
