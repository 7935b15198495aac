"""Read followed sessions again and again, one task per session for all its readers.

A reader looks at the session that was read last and remembers only its place in the list of events. So a slow reader
costs no memory, and a hundred readers of one session cost one read. Reads block (botocore), so they run in a few
threads of their own; requests never wait for them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

import anyio
from anyio import to_thread

from processor.edits.session import Session
from processor.errors import TransientError
from processor.telemetry import Telemetry

THREADS: Final = 4
# Read fast after a change, since the next one is near; read a session without changes once a second.
FASTEST_S: Final = 0.15
SLOWEST_S: Final = 1.0
SLOWER: Final = 1.4
# Slow reads (waiting for a thread included) mean too many of them: pause this many times as long as a read took.
REST: Final = 5
# After this many failed reads in a row streams end; their clients reconnect.
FAILURES: Final = 5


class SessionFeed:
    """One session, as it was read last. *over*: it is no longer read."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.over = session.status.ended
        self.news = asyncio.Event()
        self.readers = 0

    def publish(self, session: Session) -> bool:
        """Publish *session* if it has new events, and wake all readers; return whether it had."""
        if len(session.events) <= len(self.session.events):
            return False
        self.session = session
        self.over = session.status.ended
        self.wake()
        return True

    def end(self) -> None:
        """Stop reading, whatever the session's status."""
        self.over = True
        self.wake()

    def wake(self) -> None:
        """Wake all readers; later ones wait for the next change."""
        news, self.news = self.news, asyncio.Event()
        news.set()


@dataclass(kw_only=True)
class SessionFeeds:
    """The followed sessions of one process. *read* returns a session, None when it is gone."""

    read: Callable[[str], Session | None]
    telemetry: Telemetry
    fastest_s: float = FASTEST_S
    slowest_s: float = SLOWEST_S
    followed: dict[str, SessionFeed] = field(default_factory=dict[str, SessionFeed], init=False)
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict[str, "asyncio.Task[None]"], init=False)
    _threads: anyio.CapacityLimiter | None = field(default=None, init=False)

    @asynccontextmanager
    async def follow(self, session: Session) -> AsyncGenerator[SessionFeed]:
        """Follow *session*, which was just read, until the block is left."""
        feed = self.followed.get(session.session_id)
        if feed is None or feed.over:
            feed = self.followed[session.session_id] = SessionFeed(session)
            if not feed.over:
                self._tasks[session.session_id] = asyncio.create_task(self.keep_reading(feed))
        feed.publish(session)
        feed.readers += 1
        try:
            yield feed
        finally:
            feed.readers -= 1
            if not feed.readers:
                await self.forget(feed)

    async def forget(self, feed: SessionFeed) -> None:
        """Stop reading a session without readers."""
        session_id = feed.session.session_id
        if self.followed.get(session_id) is not feed:
            return
        del self.followed[session_id]
        task = self._tasks.pop(session_id, None)
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def keep_reading(self, feed: SessionFeed) -> None:
        """Read a session again and again until it has ended, is gone, or cannot be read."""
        try:
            await self.read_on(feed)
        except Exception as error:  # noqa: BLE001 - no one awaits this task: log, and end the streams
            self.telemetry.defect("Session not followed", error, session_id=feed.session.session_id)
        finally:
            feed.end()

    async def read_on(self, feed: SessionFeed) -> None:
        """Read until the end: faster while the session changes, slower while reads take long."""
        pause, failures = self.fastest_s, 0
        while not feed.over:
            await asyncio.sleep(pause)
            began = time.monotonic()
            try:
                session = await self.read_once(feed.session.session_id)
            except TransientError as error:
                failures += 1
                self.telemetry.warning("Session not read", reason=str(error), failures=failures)
                if failures == FAILURES:
                    return
                pause = self.slowest_s
                continue
            if session is None:
                return
            failures = 0
            pause = self.fastest_s if feed.publish(session) else pause * SLOWER
            pause = min(max(pause, REST * (time.monotonic() - began)), self.slowest_s)

    async def read_once(self, session_id: str) -> Session | None:
        """Read a session in a thread, so that the event loop is not blocked."""
        if self._threads is None:
            self._threads = anyio.CapacityLimiter(THREADS)
        return await to_thread.run_sync(self.read, session_id, limiter=self._threads)
