"""Follow a session's progress as a browser's EventSource does: resume a broken stream after its last event."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

import httpx

from lab.soak.context import PAUSE_S, SoakContext
from testkit.embedded_stack import LocalStack, expect
from testkit.simulated_user import STREAM_S, ProgressEvent, events_of

END: Final = "session_complete"
MOST_STREAMS: Final = 20
NOTHING_MORE: Final = 204


class NeverEnded(Exception):
    """A stream that was taken up again and again, and had no end."""


def follow(context: SoakContext, started: Mapping[str, Any], *, leave_after: int = 0) -> tuple[ProgressEvent, ...]:
    """Read to the end. *leave_after*: so many events, the reader leaves, and comes back with the last one's id."""
    seen: list[ProgressEvent] = []
    for number in range(MOST_STREAMS):
        most = leave_after if leave_after and not number else None
        try:
            seen += islice(stream(context.stack, started, after=seen[-1].id if seen else 0), most)
        except (httpx.TransportError, Interrupted):
            context.ledger.count("streams that broke")
            time.sleep(PAUSE_S)
        if seen and seen[-1].name == END:
            return tuple(seen)
        context.ledger.count("streams taken up again")
    raise NeverEnded(f"expected {END}, received {len(seen)} events on {MOST_STREAMS} streams without it")


class Interrupted(Exception):
    """The process that answers has just died."""


def stream(stack: LocalStack, started: Mapping[str, Any], *, after: int = 0) -> Iterator[ProgressEvent]:
    """Read one stream, from event *after* on."""
    headers = {"Last-Event-ID": str(after)} if after else {}
    address = f"{stack.known['cdn']}{started['progressUrl']}"
    with stack.http.stream("GET", address, headers=headers, timeout=STREAM_S) as answer:
        if answer.is_server_error:
            raise Interrupted(str(answer.status_code))
        if answer.is_error:
            answer.read()
            expect(200, answer)
        if answer.status_code != NOTHING_MORE:
            yield from events_of(answer)
