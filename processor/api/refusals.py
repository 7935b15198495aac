"""How refusals stand in the OpenAPI document: by status, with the body and an example per code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from processor.api.documents import ErrorDocument, SessionDocument
from processor.errors import HTTP_STATUS, EditCode

Answers = dict[int | str, dict[str, Any]]

EXAMPLES: Final[Mapping[EditCode, str]] = {
    EditCode.INVALID_INPUT: "images[0].url: found nothing, expected a value",
    EditCode.UNPARSEABLE_COMMAND: 'I do not understand "rezise": did you mean "resize to 800px"?',
    EditCode.UNSUPPORTED_COMMAND: "Nothing can be added to a picture here: text and watermarks can be put on it.",
    EditCode.UNAUTHORIZED: "The token has expired: sign in again.",
    EditCode.FORBIDDEN: "This address is not for direct use: call the service through its public address.",
    EditCode.SESSION_NOT_FOUND: "There is no such session: expected the id of a session of yours that has not expired.",
    EditCode.TOO_MANY_IMAGES: "Too many images: expected at most 50 in one request, received 51.",
    EditCode.IMAGE_TOO_LARGE: "images[0].url: expected at most 26,214,400 bytes, received 30,000,000.",
    EditCode.SOURCE_REFUSED: "images[0].url: expected an address without user name and password.",
    EditCode.TOO_MANY_SESSIONS: "Too many sessions at the same time: expected at most 3, found 3 running.",
    EditCode.RATE_LIMIT_EXCEEDED: "Too many requests: expected at most 10 a minute. Try again in 17 seconds.",
    EditCode.IDEMPOTENCY_CONFLICT: "This Idempotency-Key was used for another request.",
    EditCode.TRY_AGAIN: "A service that this one needs does not answer right now. Try again in a moment.",
    EditCode.INTERNAL_ERROR: "Something went wrong on our side. It has been recorded; try again later.",
}
ALWAYS: Final = (EditCode.UNAUTHORIZED, EditCode.FORBIDDEN, EditCode.TRY_AGAIN, EditCode.INTERNAL_ERROR)
RATE_HEADERS: Final[Mapping[str, Any]] = {
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
STREAM: Final = (
    "retry: 1000\n\nid: 1\nevent: progress\n"
    'data: {"type":"progress","sessionId":"ses_…","timestamp":1763739000000,"imageId":"a",'
    '"status":"fetching","progress":0,"step":"","message":""}\n\n'
)
PROGRESS: Final[Answers] = {
    200: {
        "description": "Events as they happen; or, for polling, the session as it is.",
        "model": SessionDocument,
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": STREAM}},
        "headers": dict(RATE_HEADERS),
    },
    204: {"description": "The session has ended and you know all of its events: stop asking."},
}


def answers(*codes: EditCode) -> Answers:
    """Describe the refusals that a route may answer with, besides those that every route may."""
    by_status: dict[int, list[EditCode]] = {}
    for code in sorted({*codes, *ALWAYS}, key=list(EditCode).index):
        by_status.setdefault(HTTP_STATUS[code], []).append(code)
    return {status: answer(status, of_status) for status, of_status in sorted(by_status.items())}


def answer(status: int, codes: list[EditCode]) -> dict[str, Any]:
    """Describe one status."""
    examples = {code.value: {"value": {"error": EXAMPLES[code], "code": code.value}} for code in codes}
    return {
        "model": ErrorDocument,
        "description": ", ".join(codes),
        "content": {"application/json": {"examples": examples}},
        "headers": dict(RETRY_AFTER) if status in {429, 503} else {},
    }
