"""Fake the context that Lambda passes to a handler."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Context:
    """A Lambda context with the little that handlers ask of it."""

    milliseconds_left: int = 300_000
    memory_limit_in_mb: str = "3008"
    aws_request_id: str = "request-1"

    def get_remaining_time_in_millis(self) -> int:
        """Return what is left of the invocation in ms."""
        return self.milliseconds_left
