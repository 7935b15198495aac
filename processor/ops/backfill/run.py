"""Run a backfill: send originals to the backfill queue, with a limited number in flight.

The outcome of a photo is read from its item: that the queue accepted a message proves nothing. The run stops when too
many photos fail or the budget is reached; photos in flight are then still rendered.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from processor.aws.photo_scans import OriginalBatches
from processor.aws.queues import Queue
from processor.ops.backfill.checkpoint import Checkpoint, Scope
from processor.ops.backfill.plan import Planned
from processor.ops.backfill.reasons import error_at
from processor.original import OriginalItem
from processor.upload.events import hint

POLL_S: Final = 1.0
MAX_FLYING: Final = 1000
FAILURES_PERCENT: Final = 10
# With fewer ended photos the failure rate means nothing.
ENOUGH_ENDED: Final = 20
# SQS's counts are approximate: the queue is empty when it reports 0 several times in a row.
EMPTY_POLLS: Final = 5


class End(StrEnum):
    """Reason for the end of a run. The value is shown to the operator."""

    FINISHED = "finished"
    FAILING = f"stopped: more than {FAILURES_PERCENT} % of the photos fail or become dead letters"
    SPENT = "stopped: the budget is reached"


@dataclass(frozen=True, kw_only=True, slots=True)
class BackfillLimits:
    """*rate*: photos per s, None: no limit. *max_usd*: of the whole backfill. *usd_per_photo*: expected cost."""

    rate: float | None
    max_usd: float | None
    usd_per_photo: float
    usd_of_requests: float


@dataclass(kw_only=True, slots=True)
class Backfill:
    """One run. *on_poll(run)* is called after every poll. *earlier*: photos rendered, and not, in earlier runs."""

    lane: Queue
    originals_bucket: str
    items: OriginalBatches
    scope: Scope
    limits: BackfillLimits
    path: Path
    waiting: deque[Planned]
    flying: dict[str, str | None]
    recipes: dict[str, str]
    inherited: set[str]
    earlier: tuple[int, int] = (0, 0)
    done: int = 0
    failed: int = 0
    unresolved: int = 0
    spent_usd: float = 0.0
    after: str = ""
    empty_polls: int = 0
    on_poll: Callable[[Backfill], None] = lambda _: None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    tokens: float = 1.0

    @classmethod
    def resumed(cls, since: Checkpoint, planned: Iterable[Planned], **parts: object) -> Backfill:
        """Resume from *since* with the photos *planned* after it; photos still in flight are not sent again."""
        return cls(
            scope=since.scope,
            waiting=deque(one for one in planned if one.key not in since.flying),
            flying=dict(since.flying),
            recipes=dict(since.recipes),
            inherited=set(since.flying),
            earlier=(since.done, since.failed + since.unresolved),
            done=since.done,
            failed=since.failed,
            unresolved=since.unresolved,
            spent_usd=since.spent_usd,
            after=since.after,
            **parts,  # pyright: ignore[reportArgumentType] - the collaborators, by name
        )

    def run(self) -> End:
        """Send and poll until every photo has ended or there is a reason to stop; the checkpoint is always current."""
        self.save()
        at = self.clock()
        while self.waiting or self.flying:
            if reason := self.reason_to_stop():
                return reason
            now = self.clock()
            self.send(now - at)
            at = now
            self.sleep(POLL_S)
            self.watch()
            self.save()
            self.on_poll(self)
        return End.FINISHED

    def reason_to_stop(self) -> End | None:
        """Return the reason to stop, if any. Failures of earlier runs do not count: the operator has seen them."""
        ended = (self.done, self.failed + self.unresolved)
        done, failed = (now - before for now, before in zip(ended, self.earlier, strict=True))
        if done + failed >= ENOUGH_ENDED and 100 * failed > FAILURES_PERCENT * (done + failed):
            return End.FAILING
        return End.SPENT if self.waiting and not self.flying and self.affordable() < 1 else None

    def affordable(self) -> int:
        """Return the number of further photos that the budget is expected to pay for."""
        if self.limits.max_usd is None:
            return MAX_FLYING
        reserved = self.spent_usd + len(self.flying) * self.limits.usd_per_photo
        return max(0, int((self.limits.max_usd - reserved) / self.limits.usd_per_photo))

    def send(self, elapsed_s: float) -> None:
        """Send as many photos as rate, budget and MAX_FLYING allow."""
        room = min(MAX_FLYING - len(self.flying), self.affordable(), len(self.waiting))
        if self.limits.rate is not None:
            # Token bucket: unused tokens last for one more poll.
            self.tokens = min(self.tokens + elapsed_s * self.limits.rate, max(1.0, 2 * self.limits.rate * POLL_S))
            room = min(room, int(self.tokens))
        batch = [self.waiting[number] for number in range(max(0, room))]
        if not batch:
            return
        # Recorded as in flight before they are sent: an interruption in between must not send them twice.
        self.flying |= {one.key: one.failed_at for one in batch}
        self.recipes |= {one.key: one.recipe for one in batch if one.recipe != self.scope.recipe}
        self.after = max(self.after, batch[-1].key)
        self.save()
        self.lane.send([hint(self.originals_bucket, one.key) for one in batch])
        self.tokens -= len(batch)
        self.empty_polls = 0
        for _ in batch:
            self.waiting.popleft()

    def watch(self) -> None:
        """Read the items of the photos in flight."""
        items = self.items.read(self.flying)
        for key in list(self.flying):
            self.settle(key, items.get(key))
        self.empty_polls = self.empty_polls + 1 if self.flying and self.lane.unfinished() == 0 else 0
        if self.empty_polls >= EMPTY_POLLS:
            self.give_up(items)

    def settle(self, key: str, item: OriginalItem | None) -> None:
        """Count a photo that has ended, by its item."""
        if item is None:
            return
        if (at := error_at(item)) is not None:
            if at != self.flying[key]:
                self.failed += 1
                self.spend(key, self.limits.usd_per_photo)
        elif item.receipt and item.recipe == self.recipe_of(key):
            self.done += 1
            self.spend(key, float(item.receipt["cost_usd"]) + self.limits.usd_of_requests)

    def recipe_of(self, key: str) -> str:
        """Return the hash of the recipe that a photo in flight is to be rendered by."""
        return self.recipes.get(key, self.scope.recipe)

    def spend(self, key: str, usd: float) -> None:
        """Remove a photo that has cost *usd* from those in flight."""
        del self.flying[key]
        self.recipes.pop(key, None)
        self.spent_usd += usd

    def give_up(self, items: dict[str, OriginalItem]) -> None:
        """End the photos in flight of an empty queue: those with an old error failed again, others are dead letters.

        Photos that an interrupted run left may never have been sent: those are sent once more.
        """
        for key in list(self.flying):
            if error_at(items.get(key)) is not None:
                self.failed += 1
            elif key in self.inherited:
                self.inherited.remove(key)
                self.waiting.append(Planned(key=key, recipe=self.recipe_of(key)))
                del self.flying[key]
                continue
            else:
                self.unresolved += 1
            self.spend(key, self.limits.usd_per_photo)

    def save(self) -> None:
        """Write the checkpoint."""
        Checkpoint(
            scope=self.scope,
            after=self.after,
            flying=self.flying,
            recipes=self.recipes,
            done=self.done,
            failed=self.failed,
            unresolved=self.unresolved,
            spent_usd=self.spent_usd,
        ).write(self.path)
