"""State that one run of the reconciler leaves to the next: the position of each walk, and what was requeued lately."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Self

DAY_S: Final = 24 * 3600.0
FIRST_WAIT_S: Final = 3600.0
BACKOFF: Final = 4
# As long as the longest walk, so that the next one knows what this one has sent.
REMEMBERED_S: Final = 2 * DAY_S
# About 10 MB; further photos are requeued when some of these are done.
MAX_SENT: Final = 100_000
# Entries of a table or bucket that are visited a day at most, which limits the cost to about $0.50 a day and million
# photos. Galleries of up to 100,000 photos are walked by every run. ``ops.cost`` computes with these numbers too.
PER_DAY: Final[Mapping[str, int]] = {
    "records": 10_000_000,
    "shown": 1_000_000,
    "originals": 1_000_000,
    "items": 1_000_000,
    "renditions": 4_000_000,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """Result of one page of a walk: entries *seen* and *found* to count; *last*: the last key, None at the end.

    *failed*: entries that cannot be repaired, or not even checked.
    """

    last: str | None
    seen: int
    found: int
    failed: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Walk:
    """Progress of one walk through a table or a bucket, page by page, over several runs.

    *after*: the key to continue after. *before*, *failed_before*: the numbers of the previous walk. *began_at*, and
    *turn_at* of the latest page: s since the epoch.
    """

    under_way: bool = False
    after: str = ""
    began_at: float = 0.0
    turn_at: float = 0.0
    seen: int = 0
    found: int = 0
    before: int = 0
    failed: int = 0
    failed_before: int = 0

    def due(self, now: float, *, per_day: int) -> bool:
        """Return whether to walk: to continue, or to start again at most *per_day* entries a day."""
        return self.under_way or now >= self.began_at + DAY_S * self.seen / per_day

    def begun(self, now: float) -> Self:
        """Start the walk, unless it is under way."""
        if self.under_way:
            return self
        return replace(self, under_way=True, began_at=now, after="", seen=0, found=0, failed=0)

    def advanced(self, step: Step, *, now: float) -> Self:
        """Add a step; the last one ends the walk."""
        seen, found, failed = self.seen + step.seen, self.found + step.found, self.failed + step.failed
        walk = replace(self, turn_at=now, seen=seen, found=found, failed=failed)
        if step.last is None:
            return replace(walk, under_way=False, after="", before=found, failed_before=failed)
        return replace(walk, after=step.last)

    @property
    def figure(self) -> int:
        """The number to publish: while a walk is under way at least the number that the previous one found."""
        return max(self.found, self.before) if self.under_way else self.before

    @property
    def failures(self) -> int:
        """The number of failures to publish, likewise."""
        return max(self.failed, self.failed_before) if self.under_way else self.failed_before


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """A photo that was requeued, or could not be read, *times* times, the last time *at* (s since the epoch)."""

    at: float
    times: int

    @property
    def next_at(self) -> float:
        """The time of the next attempt, after 1 h, 4 h, 16 h …: a photo that never succeeds costs almost nothing."""
        return self.at + FIRST_WAIT_S * BACKOFF ** (self.times - 1)

    @property
    def done_at(self) -> float:
        """The time to drop the entry: after twice the wait, and a walk, without another report."""
        return self.at + max(2 * (self.next_at - self.at), REMEMBERED_S)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReconcilerState:
    """State of all walks, and the originals requeued lately, by key."""

    records: Walk = Walk()
    shown: Walk = Walk()
    originals: Walk = Walk()
    items: Walk = Walk()
    renditions: Walk = Walk()
    sent: Mapping[str, Sent] = field(default_factory=dict[str, Sent])

    def recent(self, now: float) -> dict[str, Sent]:
        """Return what earlier runs have sent, without what is done."""
        return {key: one for key, one in self.sent.items() if now < one.done_at}

    def to_json(self) -> bytes:
        """Encode; equal states give equal bytes."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """Decode the output of ``to_json``; a new state for an empty text."""
        tree: dict[str, Any] = json.loads(text) if text else {}
        walks = {name: Walk(**tree[name]) for name in PER_DAY if name in tree}
        return cls(**walks, sent={key: Sent(**one) for key, one in tree.get("sent", {}).items()})
