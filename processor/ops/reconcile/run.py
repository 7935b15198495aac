"""Run the reconciler: five walks, each as far as time allows; the next run continues where this one stopped.

    records     pending or processing for too long although the original exists    ─▶ stuck: requeued
    shown       the record shows an original that is gone, and has no item          ─▶ requeued
    originals   no item of the current version, renditions lost, record differs    ─▶ requeued
    items       the original is gone, or a lease was never released                ─▶ requeued
    renditions  no original has claimed their stem, nor could have                 ─▶ orphans: removed

What differs goes through the uploads queue like any other event; only orphans, which have no event, are removed here.
An entry that cannot be read is reported and passed over. A page that cannot be read ends its walk for this run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from processor.budget import Budget
from processor.errors import DarkroomError
from processor.ops.reconcile.orphans import OrphanWalk
from processor.ops.reconcile.requeue import RequeueList
from processor.ops.reconcile.state import PER_DAY, ReconcilerState, Step, Walk


class Pages(Protocol):
    """A walk, page by page."""

    def page(self, after: str) -> Step:
        """Check the page after the key *after*."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class ReconcilerReport:
    """Numbers after a run. *sent*, *removed*: by this run; *finished*: no walk was cut short.

    *orphans*: renditions that should not be there, without the *removed*. *unrepaired*: what a person has to look at,
    orphans that nothing removes among them.
    """

    stuck: int
    orphans: int
    sent: int
    removed: int
    unrepaired: int
    finished: bool


@dataclass(kw_only=True, slots=True)
class Reconciler:
    """One run. *state*: from the last run at the start, for the next run in the end."""

    state: ReconcilerState
    records: Pages
    shown: Pages
    originals: Pages
    items: Pages
    renditions: OrphanWalk
    requeue: RequeueList
    now: Callable[[], float]
    sent: int = 0
    errors: dict[str, DarkroomError] = field(default_factory=dict[str, DarkroomError])

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
            removed=self.renditions.removed,
            unrepaired=sum(self.walk(one).failures for one in PER_DAY) + self.state.renditions.figure,
            finished=name is None and not self.errors,
        )

    def walk(self, name: str) -> Walk:
        """Return the progress of a walk."""
        walk: Walk = getattr(self.state, name)
        return walk

    def next_walk(self) -> str | None:
        """Name the walk that has waited longest for its turn, None when none is under way.

        Taking turns matters: with a large table, one walk after the other would never reach the buckets.
        """
        under_way = [name for name in PER_DAY if self.walk(name).under_way and name not in self.errors]
        return min(under_way, key=lambda name: self.walk(name).turn_at, default=None)

    def take_page(self, name: str) -> None:
        """Check the next page of a walk, and requeue the photos that it found; an error ends the walk for this run."""
        pages: Pages = getattr(self, name)
        try:
            step = pages.page(self.walk(name).after)
            self.sent += self.requeue.send()
        except DarkroomError as error:
            self.errors[name] = error
            # Its turn is over: the next run begins with another walk.
            self.remember(name, replace(self.walk(name), turn_at=self.now()))
            return
        self.remember(name, self.walk(name).advanced(step, now=self.now()))

    def remember(self, name: str, walk: Walk) -> None:
        """Record the progress after each page, so that a later failure does not lose it."""
        self.state = replace(self.state, **{name: walk}, sent=dict(self.requeue.sent))
