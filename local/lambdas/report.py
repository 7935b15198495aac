"""Write the log lines that Lambda adds to an invocation.

https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from local.lambdas.function import Function
from local.lambdas.invocation import EXITED, TIMED_OUT, Outcome

MS: Final = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """Time and memory of an invocation. *init_s*: the cold start before it, None for a warm sandbox."""

    duration_s: float
    init_s: float | None
    used_mib: float

    @property
    def billed_ms(self) -> int:
        """Milliseconds that AWS would charge: since August 2025, with the start."""
        return math.ceil(MS * (self.duration_s + (self.init_s or 0)))


def start(request_id: str, function: Function) -> str:
    """Write the START line."""
    return f"START RequestId: {request_id} Version: {function.version}"


def end(request_id: str) -> str:
    """Write the END line."""
    return f"END RequestId: {request_id}"


def report(request_id: str, function: Function, usage: Usage, outcome: Outcome) -> str:
    """Write the REPORT line."""
    parts = [
        f"REPORT RequestId: {request_id}",
        f"Duration: {MS * usage.duration_s:.2f} ms",
        f"Billed Duration: {usage.billed_ms} ms",
        f"Memory Size: {function.memory_mib} MB",
        f"Max Memory Used: {math.ceil(usage.used_mib)} MB",
    ]
    if usage.init_s is not None:
        parts.append(f"Init Duration: {MS * usage.init_s:.2f} ms")
    if outcome.error_type == TIMED_OUT:
        parts.append("Status: timeout")
    elif outcome.error_type:
        parts.append(f"Status: error\tError Type: {outcome.error_type}")
    return "\t".join(parts)


def timeout_line(request_id: str, function: Function) -> str:
    """Write the line of a timeout."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"{now} {request_id} Task timed out after {function.timeout_s}.00 seconds"


def exit_line(request_id: str, ended: str) -> str:
    """Write the line of a process that ended during an invocation; *ended*: ``signal: killed``."""
    return f"RequestId: {request_id} Error: Runtime exited with error: {ended}\n{EXITED}"
