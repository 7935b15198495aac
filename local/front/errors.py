"""Define refusals of the page and the CDN, and turn errors into responses: ``{error, code, details?}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

CODES: Final = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}


class Refusal(Exception):
    """A request that is refused; *str()* is the reason in plain words."""

    def __init__(self, status: int, code: str, error: str, **details: object) -> None:
        super().__init__(error)
        self.status = status
        self.code = code
        self.details = details


def refused(_request: Request, error: Exception) -> Response:
    """Answer a refusal."""
    assert isinstance(error, Refusal)  # noqa: S101 - HANDLERS guarantees it
    return answer(error.status, error.code, str(error), error.details)


def invalid(_request: Request, error: Exception) -> Response:
    """Answer a body that is not as expected, field by field."""
    assert isinstance(error, ValidationError)  # noqa: S101 - HANDLERS guarantees it
    fields = {".".join(map(str, one["loc"])) or "body": one["msg"] for one in error.errors()}
    return answer(400, "INVALID_INPUT", "The request is not as expected: see details.", fields)


def unavailable(_request: Request, error: Exception) -> Response:
    """Answer when the emulator fails."""
    return answer(502, "AWS_UNAVAILABLE", f"The emulator did not do what was asked: {error}")


def http_error(_request: Request, error: Exception) -> Response:
    """Answer a request that the router refuses."""
    assert isinstance(error, HTTPException)  # noqa: S101 - HANDLERS guarantees it
    response = answer(error.status_code, CODES.get(error.status_code, "REFUSED"), error.detail)
    response.headers.update(error.headers or {})
    return response


def answer(status: int, code: str, error: str, details: Mapping[str, Any] | None = None) -> Response:
    """Write an error's body."""
    return JSONResponse({"error": error, "code": code, **({"details": dict(details)} if details else {})}, status)


HANDLERS: Final[dict[Any, Any]] = {
    Refusal: refused,
    ValidationError: invalid,
    ClientError: unavailable,
    BotoCoreError: unavailable,
    HTTPException: http_error,
}
