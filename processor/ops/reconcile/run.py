"""Run the reconciler: four walks, each as far as time allows; the next run continues where this one stopped.

    records     pending or processing for too long although the original exists    ─▶ stuck: requeued
    originals   no item of the current version, renditions lost, record differs    ─▶ requeued
    items       the original is gone, or a lease was never released                ─▶ requeued
    renditions  no original has claimed their stem                                 ─▶ orphans: counted

The reconciler changes nothing itself: what differs goes through the uploads queue like any other event.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from processor.budget import Budget
from processor.ops.reconcile.requeue import RequeueList
from processor.ops.reconcile.state import PER_DAY, ReconcilerState, Step, Walk


class Pages(Protocol):
    """A walk, page by page."""

    def page(self, after: str) -> Step:
        """Check the page after the key *after*."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class ReconcilerReport:
    """Numbers after a run. *sent*: photos that this run requeued; *finished*: no walk was cut short."""

    stuck: int
    orphans: int
    sent: int
    finished: bool


@dataclass(kw_only=True, slots=True)
class Reconciler:
    """One run. *state*: from the last run at the start, for the next run in the end."""

    state: ReconcilerState
    records: Pages
    originals: Pages
    items: Pages
    renditions: Pages
    requeue: RequeueList
    now: Callable[[], float]
    sent: int = 0

    def run(self, budget: Budget) -> ReconcilerReport:
        """Walk until everything was seen or the time is used up, one page of each walk in turn."""
        for name, per_day in PER_DAY.items():
            if self.walk(name).due(now := self.now(), per_day=per_day):
                self.remember(name, self.walk(name).begun(now))
        while (name := self.next_walk()) and budget.usable_s() > 0:
            self.take_page(name)
        return ReconcilerReport(
            stuck=self.state.records.figure,
            orphans=self.state.items.figure + self.state.renditions.figure,
            sent=self.sent,
            finished=name is None,
        )

    def walk(self, name: str) -> Walk:
        """Return the progress of a walk."""
        walk: Walk = getattr(self.state, name)
        return walk

    def next_walk(self) -> str | None:
        """Name the walk that has waited longest for its turn, None when none is under way.

        Taking turns matters: with a large table, one walk after the other would never reach the buckets.
        """
        under_way = [name for name in PER_DAY if self.walk(name).under_way]
        return min(under_way, key=lambda name: self.walk(name).turn_at, default=None)

    def take_page(self, name: str) -> None:
        """Check the next page of a walk, and requeue the stuck photos that it found."""
        pages: Pages = getattr(self, name)
        step = pages.page(self.walk(name).after)
        self.sent += self.requeue.send()
        self.remember(name, self.walk(name).advanced(step, now=self.now()))

    def remember(self, name: str, walk: Walk) -> None:
        """Record the progress after each page, so that a later failure does not lose it."""
        self.state = replace(self.state, **{name: walk}, sent=dict(self.requeue.sent))
