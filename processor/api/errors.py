"""Translate errors into responses with one body, ``{error, code, details?}``: ours and the framework's.

A TransientError may pass: 503 with Retry-After. ``middleware.Boundary`` turns any other exception into 500.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from processor.api.requests import NO_CONTROLS
from processor.errors import HTTP_STATUS, DarkroomError, EditCode, EditError, TransientError
from processor.schema_text import advice, shown

RETRY_AFTER_S: Final = 2
RATE_HEADERS: Final = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
FRAMEWORK_CODES: Final[Mapping[int, EditCode]] = {
    404: EditCode.NOT_FOUND,
    405: EditCode.METHOD_NOT_ALLOWED,
    413: EditCode.IMAGE_TOO_LARGE,
}
FRAMEWORK_SENTENCES: Final[Mapping[int, str]] = {
    400: "The body cannot be read: expected a JSON object in UTF-8 (Content-Type: application/json).",
    404: "There is nothing at this address: see /image-edit/openapi.json for what there is.",
    405: "This address does not take this method: see /image-edit/openapi.json for those that it takes.",
    413: "The body is too large: expected at most 6 MB. Put local files into upload slots (POST /image-edit/uploads).",
}
UNEXPECTED: Final = "Something went wrong on our side. It has been recorded; try again later."
MAX_PROBLEMS: Final = 20
METHODS: Final = ("GET", "POST", "DELETE")
# By pydantic's names: https://docs.pydantic.dev/latest/errors/validation_errors/
EXPECTED: Final[Mapping[str, str]] = {
    "bool_type": "true or false",
    "dict_type": "a JSON object",
    "extra_forbidden": "no such field",
    "greater_than_equal": "{ge} or more",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "less_than_equal": "{le} or less",
    "list_type": "a list",
    "literal_error": "{expected}",
    "missing": "a value",
    "model_attributes_type": "a JSON object (Content-Type: application/json)",
    "model_type": "a JSON object",
    "string_pattern_mismatch": "text of the form {pattern}",
    "string_too_long": "at most {max_length} characters",
    "string_too_short": "at least {min_length} character",
    "string_type": "text",
    "string_unicode": "text in Unicode",
    "too_long": "at most {max_length} items",
    "too_short": "at least {min_length} item",
    "union_tag_invalid": "one of {expected_tags} as {discriminator}",
    "union_tag_not_found": "{discriminator}",
}
MISSING: Final = frozenset({"missing", "union_tag_not_found"})


class ErrorResponse(JSONResponse):
    """An error's body. ASCII: it may quote text of the client that UTF-8 cannot encode (lone surrogates)."""

    def render(self, content: Any) -> bytes:
        """Encode the body."""
        return json.dumps(content, ensure_ascii=True, default=str, separators=(",", ":")).encode("ascii")


def error_response(
    code: EditCode, sentence: str, details: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
) -> ErrorResponse:
    """Build the response of an error."""
    body: dict[str, Any] = {"error": sentence, "code": code.value}
    if details:
        body["details"] = dict(details)
    return ErrorResponse(body, status_code=HTTP_STATUS[code], headers=dict(headers or {}))


def on_edit_error(_: Request, error: Exception) -> Response:
    """Answer with the error's public sentence."""
    assert isinstance(error, EditError)  # noqa: S101 - registered for nothing else
    headers: dict[str, str] = {}
    if error.edit_code is EditCode.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if HTTP_STATUS[error.edit_code] == HTTPStatus.TOO_MANY_REQUESTS:
        headers["Retry-After"] = str(error.details.get("retryAfter", RETRY_AFTER_S))
    if error.edit_code is EditCode.RATE_LIMIT_EXCEEDED:
        # The limit that refused it, which may be one by the hour; other headers tell of the one by the minute.
        headers |= rate_headers(error.details["limit"], 0, error.details["retryAfter"])
    return error_response(error.edit_code, error.public, error.details, headers)


def rate_headers(limit: int, remaining: int, resets_in_s: int) -> dict[str, str]:
    """Return the headers that tell of a limit of requests."""
    values = (limit, remaining, resets_in_s)
    return {name: str(value) for name, value in zip(RATE_HEADERS, values, strict=True)}


def on_transient_error(request: Request, error: Exception) -> Response:
    """Answer 503 with Retry-After, and log the error."""
    assert isinstance(error, DarkroomError)  # noqa: S101 - registered for nothing else
    request.app.state.services.telemetry.warning("Request put off", code=error.code, reason=str(error))
    sentence = "A service that this one needs does not answer right now. Try again in a moment."
    return error_response(EditCode.TRY_AGAIN, sentence, headers={"Retry-After": str(RETRY_AFTER_S)})


def on_invalid_request(_: Request, error: Exception) -> Response:
    """Answer with the problems of a request: the first as the sentence, all in the details."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for nothing else
    problems = problems_of(error)
    first, *more = problems
    sentence = f"{first}{f' (and {len(more)} more)' if more else ''}"
    details = {"problems": problems} if more else limit_of(error.errors()[0])
    return error_response(EditCode.INVALID_INPUT, sentence, details)


def limit_of(problem: Mapping[str, Any]) -> dict[str, Any]:
    """Return the limit that a value exceeds, and what was received; {} when the problem is another one."""
    context, received = problem.get("ctx", {}), problem["input"]
    match problem["type"]:
        case "string_too_long" | "too_long":
            return {"limit": context["max_length"], "received": len(received)}
        case "less_than_equal":
            return {"limit": context["le"], "received": received}
        case _:
            return {}


def on_framework_error(request: Request, error: Exception) -> Response:
    """Answer an error of the framework with our body."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
    code = FRAMEWORK_CODES.get(error.status_code, EditCode.INVALID_INPUT)
    sentence = FRAMEWORK_SENTENCES.get(error.status_code, FRAMEWORK_SENTENCES[400])
    headers = {"Allow": ", ".join(methods_at(request))} if code is EditCode.METHOD_NOT_ALLOWED else error.headers
    return error_response(code, sentence, headers=headers)


def methods_at(request: Request) -> list[str]:
    """List the methods of an address; the framework names those of its first route alone."""
    routes: list[BaseRoute] = request.app.routes
    methods = (one for one in METHODS if any(takes(route, request.scope, one) for route in routes))
    return [name for method in methods for name in ((method, "HEAD") if method == "GET" else (method,))]


def takes(route: BaseRoute, scope: Scope, method: str) -> bool:
    """Return whether *route* answers *method* at the address of *scope*."""
    match, _ = route.matches({**scope, "method": method})
    return match is Match.FULL


def translate_errors(app: FastAPI) -> None:
    """Register the handlers."""
    app.add_exception_handler(EditError, on_edit_error)
    app.add_exception_handler(TransientError, on_transient_error)
    app.add_exception_handler(RequestValidationError, on_invalid_request)
    app.add_exception_handler(HTTPException, on_framework_error)


def problems_of(error: RequestValidationError) -> list[str]:
    """Describe at most MAX_PROBLEMS problems of a request, one line each: a hostile request could hold any number."""
    errors: Sequence[Any] = error.errors()
    return [problem_line(one) for one in errors[:MAX_PROBLEMS]]


def problem_line(problem: Mapping[str, Any]) -> str:
    """Describe one problem in a line."""
    kind: str = problem["type"]
    if kind == "json_invalid":
        where = f"{problem['ctx']['error']} at character {problem['loc'][-1]}"
        return f"Invalid body: expected JSON ({where}). Send a JSON object."
    expected = EXPECTED.get(kind, str(problem["msg"]))
    if problem.get("ctx", {}).get("pattern") == NO_CONTROLS:
        expected = "text without control characters, such as line ends"
    for name, value in problem.get("ctx", {}).items():
        expected = expected.replace(f"{{{name}}}", str(value))
    where = field_path(problem["loc"])
    if kind in MISSING:
        return f"Missing value for {where}: expected {expected}. Add it."
    # The framework passes a body of another type as bytes.
    found = "" if isinstance(problem["input"], bytes) else f" {shown(problem['input'])}"
    return f"Invalid value{found} for {where}: expected {expected}. {advice(problem)}"


def field_path(location: Sequence[int | str]) -> str:
    """Write ``("body", "images", 0, "url")`` as ```images[0].url```, other places with their kind."""
    kind, *parts = location
    # After "operation" pydantic inserts the variant, which is not in the request.
    if parts[:1] == ["operation"] and len(parts) > 2:  # noqa: PLR2004 - operation, variant, field
        del parts[1]
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).lstrip(".")
    if not text:
        return f"the {kind}"
    return f"`{text}`" if kind == "body" else f"`{text}` ({kind})"
