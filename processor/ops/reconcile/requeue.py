"""Requeue originals for rendering: each at most once in a while, none while the uploads queue is behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from processor.aws.queues import Queue
from processor.errors import DarkroomError
from processor.ops.reconcile.state import MAX_SENT, Sent
from processor.upload.events import hint

# So many visible messages mean that photos still wait: requeueing them would double the work.
QUEUE_IS_BEHIND: Final = 100
# A photo that still differs after so many messages, 1 h and 4 h apart, is one that the reconciler cannot repair.
ENOUGH_SENT: Final = 3


class Observer(Protocol):
    """Learns of everything that a run does."""

    def sent(self, key: str) -> None:
        """Learn that an original is sent through the lane again."""
        ...

    def removed(self, key: str) -> None:
        """Learn that an orphan rendition is removed."""
        ...

    def failed(self, name: str, reason: str) -> None:
        """Learn that an original, a record, a stem or a walk could not be checked."""
        ...


@dataclass(kw_only=True, slots=True)
class RequeueList:
    """Collects originals to requeue. *sent*: requeued lately, or not readable, by key; *busy*: the queue is behind.

    *again*: those to work on as if nothing were known of them. *rehearsal*: send nothing.
    """

    queue: Queue
    originals_bucket: str
    now: Callable[[], float]
    sent: dict[str, Sent]
    busy: bool
    observer: Observer
    rehearsal: bool = False
    offered: dict[str, Sent] = field(default_factory=dict[str, Sent])
    again: set[str] = field(default_factory=set[str])

    def may_send(self, key: str) -> bool:
        """Return whether *key* may be sent now: not before its wait is over, nor while the queue is behind."""
        return not self.busy and self.is_due(key)

    def is_due(self, key: str) -> bool:
        """Return whether *key* may be tried now: it is new, and there is room for it, or its wait is over."""
        known = self.offered.get(key) or self.sent.get(key)
        if known is None:
            return len(self.sent) + len(self.offered) < MAX_SENT
        return self.now() >= known.next_at

    def offer(self, key: str, *, again: bool = False) -> int:
        """Add *key* unless it has to wait; return 1 for a photo that further messages cannot repair, else 0."""
        hopeless = self.hopeless(key)
        if self.may_send(key):
            self.offered[key] = self.attempt(key)
            if again:
                self.again.add(key)
            self.observer.sent(key)
        return hopeless

    def fail(self, key: str, error: DarkroomError) -> int:
        """Note that *key* could not be checked, after growing waits; return 1 when it never can be, else 0."""
        hopeless = self.hopeless(key)
        if self.is_due(key):
            self.sent[key] = self.attempt(key)
            self.observer.failed(key, str(error))
        return hopeless

    def attempt(self, key: str) -> Sent:
        """Return one more attempt at *key*."""
        known = self.sent.get(key)
        return Sent(at=self.now(), times=known.times + 1 if known else 1)

    def hopeless(self, key: str) -> int:
        """Return 1 for a key that was tried often enough, else 0."""
        return int(key in self.sent and self.sent[key].times >= ENOUGH_SENT)

    def send(self) -> int:
        """Send the offered keys; return their number. After a failure the next run offers them again."""
        offered, self.offered = self.offered, {}
        if not self.rehearsal:
            self.queue.send([hint(self.originals_bucket, key, again=key in self.again) for key in offered])
        self.sent |= offered
        return len(offered)
