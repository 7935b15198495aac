"""Where errors become answers: one body, ``{error, code, details?}``, for ours and for the framework's.

A TransientError is nobody's fault and may pass: 503 with Retry-After. What nobody foresaw is turned into 500 by
``middleware.Boundary``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from processor.api.problems import problems_of
from processor.errors import HTTP_STATUS, DarkroomError, EditCode, EditError, TransientError

RETRY_AFTER_S: Final = 2
FOREIGN_CODES: Final[Mapping[int, EditCode]] = {
    404: EditCode.NOT_FOUND,
    405: EditCode.METHOD_NOT_ALLOWED,
    413: EditCode.IMAGE_TOO_LARGE,
}
FOREIGN_SENTENCES: Final[Mapping[int, str]] = {
    400: "The body cannot be read: expected a JSON object in UTF-8 (Content-Type: application/json).",
    404: "There is nothing at this address: see /image-edit/openapi.json for what there is.",
    405: "This address does not take this method: see /image-edit/openapi.json for those that it takes.",
    413: "The body is too large: expected at most 6 MB. Put local files into upload slots (POST /image-edit/uploads).",
}
UNFORESEEN: Final = "Something went wrong on our side. It has been recorded; try again later."


class ErrorResponse(JSONResponse):
    """An error's body. ASCII: what clients sent may stand in it, even what UTF-8 cannot say (lone surrogates)."""

    def render(self, content: Any) -> bytes:
        """Write the body."""
        return json.dumps(content, ensure_ascii=True, default=str, separators=(",", ":")).encode("ascii")


def error_response(
    code: EditCode, sentence: str, details: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
) -> ErrorResponse:
    """Answer with an error."""
    body: dict[str, Any] = {"error": sentence, "code": code.value}
    if details:
        body["details"] = dict(details)
    return ErrorResponse(body, status_code=HTTP_STATUS[code], headers=dict(headers or {}))


def on_edit_error(_: Request, error: Exception) -> Response:
    """Answer with what the error says to the public."""
    assert isinstance(error, EditError)  # noqa: S101 - registered for nothing else
    headers: dict[str, str] = {}
    if error.edit_code is EditCode.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if "retryAfter" in error.details:
        headers["Retry-After"] = str(error.details["retryAfter"])
    return error_response(error.edit_code, error.public, error.details, headers)


def on_transient_error(request: Request, error: Exception) -> Response:
    """Ask to come again, and tell the operators: nothing is swallowed."""
    assert isinstance(error, DarkroomError)  # noqa: S101 - registered for nothing else
    request.app.state.parts.telemetry.warning("Request put off", code=error.code, reason=str(error))
    sentence = "A service that this one needs does not answer right now. Try again in a moment."
    return error_response(EditCode.TRY_AGAIN, sentence, headers={"Retry-After": str(RETRY_AFTER_S)})


def on_invalid_request(_: Request, error: Exception) -> Response:
    """Say every problem of a request, the first as the sentence."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for nothing else
    problems = problems_of(error)
    first, *more = problems
    sentence = f"{first}{f' (and {len(more)} more)' if more else ''}"
    return error_response(EditCode.INVALID_INPUT, sentence, {"problems": problems} if more else None)


def on_foreign_error(_: Request, error: Exception) -> Response:
    """Put the framework's refusals into our words."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
    code = FOREIGN_CODES.get(error.status_code, EditCode.INVALID_INPUT)
    sentence = FOREIGN_SENTENCES.get(error.status_code, FOREIGN_SENTENCES[400])
    return error_response(code, sentence, headers=error.headers)


def translate_errors(app: FastAPI) -> None:
    """Register the translations."""
    app.add_exception_handler(EditError, on_edit_error)
    app.add_exception_handler(TransientError, on_transient_error)
    app.add_exception_handler(RequestValidationError, on_invalid_request)
    app.add_exception_handler(HTTPException, on_foreign_error)
