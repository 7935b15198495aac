"""Live states: which records changed since, as server-sent events.

The table has no stream, so one look at it per second serves everybody who listens; nobody listening, nobody looks. A
client that comes back with ``Last-Event-ID`` gets what it missed, or ``resync`` when that is too long ago.
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
SHARE: Final = 5  # of the time at most a fifth is spent looking
KEPT: Final = 2000
Records = Callable[[], Iterable[Mapping[str, Any]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class PhotoChange:
    """One event."""

    number: int
    kind: Literal["photo", "removed"]
    record: Mapping[str, Any]


def new_run() -> str:
    """Name a stretch of time without a gap in what was looked at."""
    return uuid.uuid4().hex[:8]


@dataclass(kw_only=True)
class ChangeFeed:
    """What changed since somebody began to listen. *run*: names the stretch that *changes* are of."""

    records: Records
    run: str = field(default_factory=new_run)
    changes: deque[PhotoChange] = field(default_factory=lambda: deque(maxlen=KEPT))
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    seen: Mapping[str, Mapping[str, Any]] | None = None
    listeners: int = 0
    looked: asyncio.Condition = field(default_factory=asyncio.Condition)
    looking: asyncio.Task[None] | None = None

    async def listen(self, last: str | None) -> AsyncGenerator[Mapping[str, Any]]:
        """Give events for as long as somebody takes them; *last* is the id of the last one that he got."""
        self.listeners += 1
        try:
            while self.seen is None:
                await self.next_look()
            at = self.position(last)
            if last is not None and at is None:
                yield {"event": "resync", "data": {}}
            at = self.newest if at is None else at
            yield {"event": "ready", "id": f"{self.run}-{at}", "data": {}}
            while True:
                for change in [one for one in self.changes if one.number > at]:
                    at = change.number
                    yield {"event": change.kind, "id": f"{self.run}-{at}", "data": change.record}
                await self.next_look()
        finally:
            self.listeners -= 1

    async def next_look(self) -> None:
        """Wait for the next look; raise what made it fail."""
        if self.looking is None:
            self.looking = asyncio.create_task(self.look_on())
        looking = self.looking
        async with self.looked:
            await self.looked.wait()
        if looking.done():
            looking.result()

    @property
    def newest(self) -> int:
        """Give the number of the newest change."""
        return self.changes[-1].number if self.changes else 0

    def position(self, last: str | None) -> int | None:
        """Find where the listener who got *last* goes on; None when nobody knows any more."""
        run, _, number = (last or "").partition("-")
        oldest = self.changes[0].number if self.changes else 1
        if run != self.run or not number.isdecimal() or not oldest - 1 <= int(number) <= self.newest:
            return None
        return int(number)

    async def look_on(self) -> None:
        """Look again and again until nobody listens any more."""
        try:
            while self.listeners:
                began = time.monotonic()
                self.compare(await asyncio.to_thread(lambda: {str(one["id"]): one for one in self.records()}))
                async with self.looked:
                    self.looked.notify_all()
                await asyncio.sleep(max(EVERY_S, SHARE * (time.monotonic() - began)))
        finally:
            # Nobody knows what happens from now on: whoever comes back has to list again.
            self.seen, self.looking, self.run = None, None, new_run()
            async with self.looked:
                self.looked.notify_all()

    def compare(self, now: Mapping[str, Mapping[str, Any]]) -> None:
        """Note what differs from the look before; the first look of all is nobody's news."""
        if self.seen is not None:
            for photo_id in [one for one in now if now[one] != self.seen.get(one)]:
                gone = now[photo_id].get("status") == DELETED
                self.note("removed" if gone else "photo", now[photo_id])
            for photo_id in self.seen.keys() - now.keys():
                self.note("removed", self.seen[photo_id])
        self.seen = now

    def note(self, kind: Literal["photo", "removed"], record: Mapping[str, Any]) -> None:
        """Keep one change for those who listen."""
        self.changes.append(PhotoChange(number=next(self.numbers), kind=kind, record=record))
