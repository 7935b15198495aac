"""Requeue originals for rendering: each at most once in a while, none while the uploads queue is behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from processor.aws.queues import Queue
from processor.ops.reconcile.state import MOST_REMEMBERED, Sent
from processor.upload.events import render_newest

# So many messages that nobody has received mean that photos wait for their turn: sending them again would double it.
LANE_IS_BEHIND: Final = 100


@dataclass(kw_only=True, slots=True)
class RequeueList:
    """Collects photos to send again. *sent*: what was sent lately, by key; *busy*: the lane is behind."""

    queue: Queue
    originals_bucket: str
    now: Callable[[], float]
    sent: dict[str, Sent]
    busy: bool
    offered: dict[str, Sent] = field(default_factory=dict[str, Sent])

    @classmethod
    def remembering(
        cls, sent: Mapping[str, Sent], *, queue: Queue, originals_bucket: str, now: Callable[[], float]
    ) -> RequeueList:
        """Begin with what earlier runs have *sent*, apart from what is long done."""
        recent = {key: one for key, one in sent.items() if now() < one.forgotten_at}
        busy = queue.waiting() > LANE_IS_BEHIND
        return cls(queue=queue, originals_bucket=originals_bucket, now=now, sent=recent, busy=busy)

    def may_take(self, key: str) -> bool:
        """Return whether *key* can be sent now: not when it was a while ago, nor while the lane is behind."""
        known = self.offered.get(key) or self.sent.get(key)
        if known is None:
            return not self.busy and len(self.sent) + len(self.offered) < MOST_REMEMBERED
        return not self.busy and self.now() >= known.rests_until

    def offer(self, key: str) -> bool:
        """Take *key* along, if it can be."""
        if not self.may_take(key):
            return False
        known = self.sent.get(key)
        self.offered[key] = Sent(at=self.now(), times=known.times + 1 if known else 1)
        return True

    def send(self) -> int:
        """Send what was offered, and tell how much that was. What could not be sent is offered by the next run."""
        offered, self.offered = self.offered, {}
        self.queue.send([render_newest(self.originals_bucket, key) for key in offered])
        self.sent |= offered
        return len(offered)
