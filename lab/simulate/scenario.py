"""Simulate two ways to render a million photos during uploads: two lanes, and one queue for all."""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from lab.simulate.lane import Done, Lane, Photo
from lab.simulate.load import SEED, backlog, uploads
from processor.ops.cost.prices import Prices
from processor.ops.cost.work import Work, compute_usd, requests_usd
from processor.settings.tree import Settings

BIN_S: Final = 600.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """*ends*: when each backfilled photo was ready, s, in order. *uploads*: in the order of their arrival."""

    ends: Sequence[float]
    uploads: Sequence[Done]
    billed_s: float

    @property
    def drained_s(self) -> float:
        """Time at which the last of them was ready."""
        return self.ends[-1]

    def left_at(self, times: Iterable[float]) -> Iterator[int]:
        """Count the photos that are not ready at each of *times*, ascending."""
        done = 0
        for time in times:
            while done < len(self.ends) and self.ends[done] <= time:
                done += 1
            yield len(self.ends) - done

    def usd(self, settings: Settings, prices: Prices) -> float:
        """Price the backfill: compute and requests."""
        mean = Work(ms=1000 * self.billed_s / len(self.ends), stored=0)
        architecture = settings.deployment.architecture
        each = compute_usd(mean, settings.renditions, prices, architecture=architecture)
        return len(self.ends) * (each + requests_usd(settings.renditions, prices))


def chance(stream: int = 0) -> random.Random:
    """Return a random generator that is the same on every run, another for each *stream*."""
    return random.Random(SEED + stream)  # noqa: S311 - a simulation that repeats itself, no secret


def two_lanes(count: int, *, backfill_concurrency: int, uploads_concurrency: int) -> Outcome:
    """Simulate a lane for the backfill and one for uploads: neither waits for the other."""
    done = list(Lane(backfill_concurrency).run(backlog(count, chance())))
    ends = sorted(one.ended for one in done)
    arrivals = uploads(ends[-1], chance(1))
    return Outcome(
        ends=ends, uploads=list(Lane(uploads_concurrency).run(arrivals)), billed_s=sum(one.billed_s for one in done)
    )


def one_queue(count: int, *, concurrency: int, until_s: float) -> Outcome:
    """Simulate one queue for all, as invoking the function for each key does; uploads wait behind the backlog."""
    old = ((photo, False) for photo in backlog(count, chance()))
    new = ((photo, True) for photo in uploads(until_s, chance(1)))
    both: Iterator[tuple[Photo, bool]] = heapq.merge(old, new, key=lambda one: one[0].arrives)
    photos, kinds = zip(*both, strict=True)
    done = list(zip(Lane(concurrency).run(photos), kinds, strict=True))
    return Outcome(
        ends=sorted(one.ended for one, is_upload in done if not is_upload),
        uploads=[one for one, is_upload in done if is_upload],
        billed_s=sum(one.billed_s for one, is_upload in done if not is_upload),
    )


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that *share* (0-1) of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def by_time(done: Iterable[Done], until_s: float) -> list[list[float]]:
    """Sort latencies into bins by time of arrival."""
    bins: list[list[float]] = [[] for _ in range(int(until_s / BIN_S) + 1)]
    for one in done:
        if one.arrived <= until_s:
            bins[int(one.arrived / BIN_S)].append(one.latency_s)
    return bins
