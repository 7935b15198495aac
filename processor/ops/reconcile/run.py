"""One run of the reconciler: three walks, each as far as time allows; the next run goes on where this one stopped.

    records     pending or processing for a while although the original is there  ─▶ stuck: helped
    manifests   the record does not show it, or renditions are missing            ─▶ record written, or original sent
    renditions  no manifest speaks for them                                       ─▶ orphans: counted

Nothing here decides about pixels: a photo that needs rendering goes through the uploads lane like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

from processor.budget import Budget
from processor.ops.reconcile.lane import SecondChances
from processor.ops.reconcile.memory import Memory, Step, Walk

# How much of a table or bucket is visited a day at most, so that looking never costs more than about $0.50 a day and
# million photos. Galleries of 100,000 photos and fewer are looked at by every run.
RECORDS_PER_DAY: Final = 10_000_000
MANIFESTS_PER_DAY: Final = 1_000_000
RENDITIONS_PER_DAY: Final = 4_000_000


class Pages(Protocol):
    """Something to walk through."""

    def page(self, after: str) -> Step:
        """Look into the page behind the key *after*."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What is known after a run. *sent*: photos that this run has sent again; *finished*: no walk was cut short."""

    stuck: int
    orphans: int
    sent: int
    finished: bool


@dataclass(kw_only=True, slots=True)
class Reconciler:
    """One run. *memory* is what it began with, and in the end what it leaves."""

    memory: Memory
    records: Pages
    manifests: Pages
    renditions: Pages
    chances: SecondChances
    now: Callable[[], float]
    sent: int = 0

    def run(self, budget: Budget) -> Report:
        """Walk until everything was seen or the time is used up."""
        for name, pages, per_day in (
            ("records", self.records, RECORDS_PER_DAY),
            ("manifests", self.manifests, MANIFESTS_PER_DAY),
            ("renditions", self.renditions, RENDITIONS_PER_DAY),
        ):
            self.walk(name, pages, budget, per_day=per_day)
        walks = (self.memory.records, self.memory.manifests, self.memory.renditions)
        return Report(
            stuck=self.memory.records.figure,
            orphans=self.memory.manifests.figure + self.memory.renditions.figure,
            sent=self.sent,
            finished=not any(walk.under_way for walk in walks),
        )

    def walk(self, name: str, pages: Pages, budget: Budget, *, per_day: int) -> None:
        """Go on with one walk, or begin it anew when it is due."""
        walk: Walk = getattr(self.memory, name)
        if not walk.due(self.now(), per_day=per_day):
            return
        walk = walk.begun(self.now())
        self.remember({name: walk})
        while walk.under_way and budget.usable_s() > 0:
            step = pages.page(walk.after)
            self.sent += self.chances.send()
            walk = walk.advanced(step)
            self.remember({name: walk})

    def remember(self, walks: Mapping[str, Walk]) -> None:
        """Keep what has been done, page by page: a fault later on does not undo it."""
        self.memory = replace(self.memory, **walks, sent=dict(self.chances.sent))
