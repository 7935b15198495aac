"""One run of the reconciler: three walks, each as far as time allows; the next run goes on where this one stopped.

    records     pending or processing for a while although the original is there  ─▶ stuck: helped
    manifests   the record does not show it, or renditions are missing            ─▶ record written, or original sent
    renditions  no manifest speaks for them                                       ─▶ orphans: counted

Nothing here decides about pixels: a photo that needs rendering goes through the uploads lane like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from processor.budget import Budget
from processor.ops.reconcile.requeue import RequeueList
from processor.ops.reconcile.state import PER_DAY, ReconcilerState, Step, Walk


class Pages(Protocol):
    """Something to walk through."""

    def page(self, after: str) -> Step:
        """Look into the page behind the key *after*."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class ReconcilerReport:
    """What is known after a run. *sent*: photos that this run has sent again; *finished*: no walk was cut short."""

    stuck: int
    orphans: int
    sent: int
    finished: bool


@dataclass(kw_only=True, slots=True)
class Reconciler:
    """One run. *memory* is what it began with, and in the end what it leaves."""

    memory: ReconcilerState
    records: Pages
    manifests: Pages
    renditions: Pages
    chances: RequeueList
    now: Callable[[], float]
    sent: int = 0

    def run(self, budget: Budget) -> ReconcilerReport:
        """Walk until everything was seen or the time is used up, a page here and a page there."""
        for name, per_day in PER_DAY.items():
            if self.walk(name).due(now := self.now(), per_day=per_day):
                self.remember(name, self.walk(name).begun(now))
        while (name := self.next_walk()) and budget.usable_s() > 0:
            self.take_page(name)
        return ReconcilerReport(
            stuck=self.memory.records.figure,
            orphans=self.memory.manifests.figure + self.memory.renditions.figure,
            sent=self.sent,
            finished=name is None,
        )

    def walk(self, name: str) -> Walk:
        """Return a walk as it stands."""
        walk: Walk = getattr(self.memory, name)
        return walk

    def next_walk(self) -> str | None:
        """Name the walk that has waited longest for its turn, None when none is under way.

        Were one walked to its end first, a large table would be begun anew before anybody came to the buckets.
        """
        under_way = [name for name in PER_DAY if self.walk(name).under_way]
        return min(under_way, key=lambda name: self.walk(name).turn_at, default=None)

    def take_page(self, name: str) -> None:
        """Look into the next page of a walk, and send what was found to be stuck."""
        pages: Pages = getattr(self, name)
        step = pages.page(self.walk(name).after)
        self.sent += self.chances.send()
        self.remember(name, self.walk(name).advanced(step, now=self.now()))

    def remember(self, name: str, walk: Walk) -> None:
        """Keep what has been done, page by page: a fault later on does not undo it."""
        self.memory = replace(self.memory, **{name: walk}, sent=dict(self.chances.sent))
