"""Simulate a lane as a queue with servers: messages in order, a maximum of concurrent sandboxes, cold starts."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

# Lambda keeps an idle sandbox for some minutes. A cold one loads layers, imports and clients (docs/performance.md: a
# third of a second of CPU for the latter two) before it begins.
WARM_FOR_S: Final = 600.0
COLD_START_S: Final = 1.5
# From the message's arrival to the function's start, by long polling.
DELIVERY_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo: when its message *arrives* and how long it takes, both in s."""

    arrives: float
    takes: float


@dataclass(frozen=True, slots=True)
class Done:
    """The end of a photo. *billed_s*: billed duration, cold start included."""

    arrived: float
    began: float
    ended: float
    billed_s: float

    @property
    def latency_s(self) -> float:
        """From upload to renditions."""
        return self.ended - self.arrived


@dataclass(slots=True)
class Lane:
    """At most *concurrency* sandboxes. The one that was used last is used first, as Lambda does."""

    concurrency: int
    busy: list[float] = field(default_factory=list[float])
    idle: list[float] = field(default_factory=list[float])

    def run(self, photos: Iterable[Photo]) -> Iterator[Done]:
        """Render *photos*, which come in the order of their arrival."""
        for photo in photos:
            began, cold_s = self.begin(photo.arrives + DELIVERY_S)
            billed = cold_s + photo.takes
            heapq.heappush(self.busy, began + billed)
            yield Done(photo.arrives, began, began + billed, billed)

    def begin(self, at: float) -> tuple[float, float]:
        """Take a sandbox at the time *at* or as soon as there is one; give that time, and how long it starts up."""
        while self.busy and self.busy[0] <= at:
            self.idle.append(heapq.heappop(self.busy))
        if self.idle:
            return at, 0.0 if at - self.idle.pop() <= WARM_FOR_S else COLD_START_S
        if len(self.busy) < self.concurrency:
            return at, COLD_START_S
        return heapq.heappop(self.busy), 0.0
