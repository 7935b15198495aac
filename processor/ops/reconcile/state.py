"""State that one run of the reconciler leaves to the next: the position of each walk, and what was requeued lately."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Self

DAY_S: Final = 24 * 3600.0
FIRST_WAIT_S: Final = 3600.0
BACKOFF: Final = 4
# About a megabyte; more photos than this are not sent again before some of these are done.
MOST_REMEMBERED: Final = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One page of a walk: *seen* entries, *found* ones of the kind that the walk counts; *last*: None at the end."""

    last: str | None
    seen: int
    found: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Walk:
    """One way through a table or a bucket, page by page, over as many runs as it takes.

    *after*: the key to go on behind. *before*: what the previous walk found. *began_at* and *turn_at*, its latest page:
    s since the epoch.
    """

    under_way: bool = False
    after: str = ""
    began_at: float = 0.0
    turn_at: float = 0.0
    seen: int = 0
    found: int = 0
    before: int = 0

    def due(self, now: float, *, per_day: int) -> bool:
        """Return whether to walk: on, or anew when that visits no more than *per_day* entries a day."""
        return self.under_way or now >= self.began_at + DAY_S * self.seen / per_day

    def begun(self, now: float) -> Self:
        """Set out, unless under way."""
        return self if self.under_way else replace(self, under_way=True, began_at=now, after="", seen=0, found=0)

    def advanced(self, step: Step, *, now: float) -> Self:
        """Take a step; the last one ends the walk."""
        walk = replace(self, turn_at=now, seen=self.seen + step.seen, found=self.found + step.found)
        if step.last is None:
            return replace(walk, under_way=False, after="", before=walk.found)
        return replace(walk, after=step.last)

    @property
    def figure(self) -> int:
        """What there is as far as is known: half a walk does not take back what the one before has found."""
        return max(self.found, self.before) if self.under_way else self.before


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """A photo was sent again: the last time *at* (s since the epoch), and how many *times* so far."""

    at: float
    times: int

    @property
    def rests_until(self) -> float:
        """When it may be sent again: after 1 h, 4 h, 16 h …, so that what never works costs next to nothing."""
        return self.at + FIRST_WAIT_S * BACKOFF ** (self.times - 1)

    @property
    def forgotten_at(self) -> float:
        """When it counts as done: twice the wait has passed and nobody found it stuck."""
        return self.at + 2 * (self.rests_until - self.at)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReconcilerState:
    """All of it."""

    records: Walk = Walk()
    manifests: Walk = Walk()
    renditions: Walk = Walk()
    sent: Mapping[str, Sent] = field(default_factory=dict[str, Sent])

    def to_json(self) -> bytes:
        """Encode; equal memories give equal bytes."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """Decode what ``to_json`` wrote, nothing for an empty text."""
        tree: dict[str, Any] = json.loads(text) if text else {}
        walks = {name: Walk(**tree[name]) for name in ("records", "manifests", "renditions") if name in tree}
        return cls(**walks, sent={key: Sent(**one) for key, one in tree.get("sent", {}).items()})


# How much of a table or bucket is visited a day at most, so that looking never costs more than about $0.50 a day and
# million photos. Galleries of 100,000 photos and fewer are looked at by every run.
PER_DAY: Final[Mapping[str, int]] = {"records": 10_000_000, "manifests": 1_000_000, "renditions": 4_000_000}
