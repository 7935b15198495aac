"""Define an invocation and its outcome."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Final

TIMED_OUT: Final = "Sandbox.Timedout"
EXITED: Final = "Runtime.ExitError"
UNHANDLED: Final = "Unhandled"
RESPONSE_TOO_LARGE: Final = "Function.ResponseSizeTooLarge"


@dataclass(frozen=True, kw_only=True, slots=True)
class Invocation:
    """One request of the emulator. *arn*: as the caller named the function; *event*: JSON; *trace*: X-Ray's header."""

    request_id: str
    arn: str
    event: bytes = field(repr=False)
    trace: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """The function's answer (JSON); or with *error_type*, the error that it or Lambda reports in its place."""

    payload: bytes
    error_type: str | None = None


def failure(error_type: str, message: str) -> Outcome:
    """Report an error as Lambda words it."""
    payload = json.dumps({"errorType": error_type, "errorMessage": message})
    return Outcome(payload=payload.encode(), error_type=error_type)


def timed_out(request_id: str, timeout_s: int) -> Outcome:
    """Report that the function timed out."""
    return failure(TIMED_OUT, f"RequestId: {request_id} Error: Task timed out after {timeout_s}.00 seconds")


def exited(request_id: str, cause: str) -> Outcome:
    """Report that the function's process ended; *cause*: ``signal: killed``, ``exit status 1``."""
    return failure(EXITED, f"RequestId: {request_id} Error: Runtime exited with error: {cause}")
