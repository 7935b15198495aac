"""Publish changes of photo records as server-sent events.

The table has no stream, so one poll per second serves all listeners; without listeners there is no poll. A client that
reconnects with ``Last-Event-ID`` gets the changes that it missed, or ``resync`` when they are no longer kept.
"""

from __future__ import annotations

import asyncio
import itertools
import time
import uuid
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from local.front.gallery.model import DELETED

EVERY_S: Final = 0.7
SHARE: Final = 5  # a poll takes at most a fifth of the time
KEPT: Final = 2000
Records = Callable[[], Iterable[Mapping[str, Any]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class PhotoChange:
    """One event."""

    number: int
    kind: Literal["photo", "removed"]
    record: Mapping[str, Any]


def new_run() -> str:
    """Make the id of a time span in which polls had no gap."""
    return uuid.uuid4().hex[:8]


@dataclass(kw_only=True)
class ChangeFeed:
    """Changes since the first listener came. *run*: id of the time span of *changes*."""

    records: Records
    run: str = field(default_factory=new_run)
    changes: deque[PhotoChange] = field(default_factory=lambda: deque(maxlen=KEPT))
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    seen: Mapping[str, Mapping[str, Any]] | None = None
    listeners: int = 0
    polled: asyncio.Condition = field(default_factory=asyncio.Condition)
    polling: asyncio.Task[None] | None = None

    async def listen(self, last: str | None) -> AsyncGenerator[Mapping[str, Any]]:
        """Yield events until the listener leaves; *last* is the id of the last event that it got."""
        self.listeners += 1
        try:
            while self.seen is None:
                await self.next_poll()
            at = self.position(last)
            if last is not None and at is None:
                yield {"event": "resync", "data": {}}
            at = self.newest if at is None else at
            yield {"event": "ready", "id": f"{self.run}-{at}", "data": {}}
            while True:
                for change in [one for one in self.changes if one.number > at]:
                    at = change.number
                    yield {"event": change.kind, "id": f"{self.run}-{at}", "data": change.record}
                await self.next_poll()
        finally:
            self.listeners -= 1

    async def next_poll(self) -> None:
        """Wait for the next poll; raise the error that made it fail."""
        if self.polling is None:
            self.polling = asyncio.create_task(self.poll())
        polling = self.polling
        async with self.polled:
            await self.polled.wait()
        if polling.done():
            polling.result()

    @property
    def newest(self) -> int:
        """Return the number of the newest change, 0 without one."""
        return self.changes[-1].number if self.changes else 0

    def position(self, last: str | None) -> int | None:
        """Return the number of the event *last*; None when later changes are no longer kept."""
        run, _, number = (last or "").partition("-")
        oldest = self.changes[0].number if self.changes else 1
        if run != self.run or not number.isdecimal() or not oldest - 1 <= int(number) <= self.newest:
            return None
        return int(number)

    async def poll(self) -> None:
        """Poll the records until the last listener leaves."""
        try:
            while self.listeners:
                began = time.monotonic()
                self.compare(await asyncio.to_thread(lambda: {str(one["id"]): one for one in self.records()}))
                async with self.polled:
                    self.polled.notify_all()
                await asyncio.sleep(max(EVERY_S, SHARE * (time.monotonic() - began)))
        finally:
            # Changes from now on are unknown: a listener that returns has to list again.
            self.seen, self.polling, self.run = None, None, new_run()
            async with self.polled:
                self.polled.notify_all()

    def compare(self, now: Mapping[str, Mapping[str, Any]]) -> None:
        """Record the differences from the previous poll; the first poll has none."""
        if self.seen is not None:
            for photo_id in [one for one in now if now[one] != self.seen.get(one)]:
                gone = now[photo_id].get("status") == DELETED
                self.note("removed" if gone else "photo", now[photo_id])
            for photo_id in self.seen.keys() - now.keys():
                self.note("removed", self.seen[photo_id])
        self.seen = now

    def note(self, kind: Literal["photo", "removed"], record: Mapping[str, Any]) -> None:
        """Keep one change for the listeners."""
        self.changes.append(PhotoChange(number=next(self.numbers), kind=kind, record=record))
