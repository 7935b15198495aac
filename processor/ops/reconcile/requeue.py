"""Requeue originals for rendering: each at most once in a while, none while the uploads queue is behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from processor.aws.queues import Queue
from processor.ops.reconcile.state import MAX_SENT, Sent
from processor.upload.events import hint

# So many visible messages mean that photos still wait: requeueing them would double the work.
QUEUE_IS_BEHIND: Final = 100


@dataclass(kw_only=True, slots=True)
class RequeueList:
    """Collects originals to requeue. *sent*: requeued lately, by key; *busy*: the queue is behind.

    *on_offer(key)* is called for each that is added. *again*: those to work on as if nothing were known of them.
    """

    queue: Queue
    originals_bucket: str
    now: Callable[[], float]
    sent: dict[str, Sent]
    busy: bool
    on_offer: Callable[[str], object] = lambda _: None
    offered: dict[str, Sent] = field(default_factory=dict[str, Sent])
    again: set[str] = field(default_factory=set[str])

    @classmethod
    def resumed(
        cls,
        sent: Mapping[str, Sent],
        *,
        queue: Queue,
        originals_bucket: str,
        now: Callable[[], float],
        on_offer: Callable[[str], object],
    ) -> RequeueList:
        """Start with the keys that earlier runs have *sent*, without those that are done."""
        recent = {key: one for key, one in sent.items() if now() < one.done_at}
        busy = queue.waiting() > QUEUE_IS_BEHIND
        return cls(queue=queue, originals_bucket=originals_bucket, now=now, sent=recent, busy=busy, on_offer=on_offer)

    def may_send(self, key: str) -> bool:
        """Return whether *key* may be sent now: not before its wait is over, nor while the queue is behind."""
        known = self.offered.get(key) or self.sent.get(key)
        if known is None:
            return not self.busy and len(self.sent) + len(self.offered) < MAX_SENT
        return not self.busy and self.now() >= known.next_at

    def offer(self, key: str, *, again: bool = False) -> bool:
        """Add *key* unless it has to wait; return whether it was added."""
        if not self.may_send(key):
            return False
        known = self.sent.get(key)
        self.offered[key] = Sent(at=self.now(), times=known.times + 1 if known else 1)
        if again:
            self.again.add(key)
        self.on_offer(key)
        return True

    def send(self) -> int:
        """Send the offered keys; return their number. After a failure the next run offers them again."""
        offered, self.offered = self.offered, {}
        self.queue.send([hint(self.originals_bucket, key, again=key in self.again) for key in offered])
        self.sent |= offered
        return len(offered)
