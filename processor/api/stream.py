"""Send a session's progress as server-sent events.

    id: 7
    event: progress
    data: {"type":"progress","sessionId":"ses_…","timestamp":1763739000000,"imageId":"a",…}

An event's id is its place in the session's list, so a client that reconnects with ``Last-Event-ID`` misses no event
and receives none twice. One generator writes everything: a heartbeat repeats the id of the event before it and never
overtakes one. ``retry:`` comes with a heartbeat, because some clients deliver a block without data as an empty event.
https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any, Final

import anyio
from anyio import to_thread
from sse_starlette import EventSourceResponse, JSONServerSentEvent, ServerSentEvent
from sse_starlette.sse import SendTimeoutError
from starlette.types import Receive, Scope, Send

from processor.api.feeds import SessionFeed, SessionFeeds
from processor.edits.session import Session
from processor.errors import EditCode, EditError, TransientError

HEARTBEAT_S: Final = 15.0
RETRY_MS: Final = 1000
LINE_END: Final = "\n"
# A client that accepts no bytes for this long is disconnected; it can resume.
SEND_TIMEOUT_S: Final = 30
# Part of an invocation's time that is reserved for authentication before the stream and for its end.
MARGIN_S: Final = 15


@dataclass(frozen=True, kw_only=True, slots=True)
class Streams:
    """Writes streams. After *lifetime_s* a stream ends with a ``retry:`` hint, and the client resumes."""

    feeds: SessionFeeds
    lifetime_s: float
    heartbeat_s: float = HEARTBEAT_S
    clock: Callable[[], float] = time.monotonic

    async def events(self, session: Session, last_id: int) -> AsyncGenerator[ServerSentEvent]:
        """Yield the events after *last_id* as they happen, until the session's end."""
        async with self.feeds.follow(session) as feed:
            end = self.clock() + self.lifetime_s
            # The first bytes make sure that the headers reach the client.
            yield heartbeat(feed, last_id, retry=RETRY_MS)
            while True:
                news = feed.news  # taken before reading the events, so that none is missed in between
                for event in feed.session.events_after(last_id):
                    yield block(feed.session.data_of(event), event.id)
                    last_id = event.id
                if feed.session.status.ended:
                    return
                if feed.over or self.clock() >= end:
                    yield heartbeat(feed, last_id, retry=RETRY_MS, comment="resume")
                    return
                if not await happens(news, min(self.heartbeat_s, max(end - self.clock(), 0))) and self.clock() < end:
                    yield heartbeat(feed, last_id)


async def until_closed(
    events: AsyncGenerator[ServerSentEvent], close: Callable[[], None]
) -> AsyncGenerator[ServerSentEvent]:
    """Yield *events*; call *close*, which may block, when they end or their reader goes away."""
    try:
        async with aclosing(events):
            async for event in events:
                yield event
    finally:
        # The reader's leaving cancels this task.
        with anyio.CancelScope(shield=True), suppress(TransientError):
            await to_thread.run_sync(close)


async def happens(news: asyncio.Event, within_s: float) -> bool:
    """Wait for *news*; return False after *within_s*."""
    try:
        async with asyncio.timeout(within_s):
            await news.wait()
    except TimeoutError:
        return False
    return True


def block(data: dict[str, Any], event_id: int, **more: Any) -> ServerSentEvent:
    """Encode one event; *more*: its `retry` and its comment."""
    return JSONServerSentEvent(data, id=str(event_id), event=data["type"], sep=LINE_END, **more)


def heartbeat(feed: SessionFeed, last_id: int, **more: Any) -> ServerSentEvent:
    """Build a heartbeat, which shows that the stream is alive; *more*: as for ``block``."""
    data = {"type": "heartbeat", "sessionId": feed.session.session_id, "timestamp": time.time_ns() // 1_000_000}
    return block(data, last_id, **more)


def resume_point(session: Session, last_event_id: str | None) -> int:
    """Parse ``Last-Event-ID``: 0 without one; raise EditError(INVALID_INPUT) when *session* has no such event."""
    if not last_event_id:
        return 0
    known = len(session.events)
    if last_event_id.isascii() and last_event_id.isdigit() and len(last_event_id) < len(str(known)) + 1:
        place = int(last_event_id)
        if place <= known:
            return place
    raise EditError(
        EditCode.INVALID_INPUT,
        f"Last-Event-ID: expected 0 to {known}, received {last_event_id[:20]!r}.",
        public=f"Last-Event-ID: expected the id of an event of this session (0 to {known}), received another text. "
        "Leave it out to get all events.",
    )


class EventStream(EventSourceResponse):
    """Response of a stream. It sends its own heartbeats, so the library's are off."""

    def __init__(
        self, events: AsyncGenerator[ServerSentEvent], *, stuck: Callable[[], None], patience_s: float = SEND_TIMEOUT_S
    ) -> None:
        options: dict[str, Any] = {"ping": 0, "send_timeout": patience_s}
        super().__init__(events, **options)  # pyright: ignore[reportUnknownMemberType] - the library's own types
        self.stuck = stuck

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream until the end; disconnect a client that accepts no more bytes, and call *stuck*."""
        try:
            await super().__call__(scope, receive, send)
        except SendTimeoutError:
            self.stuck()
