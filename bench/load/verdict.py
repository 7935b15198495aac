"""Count the load test's sessions that ended well, and decide whether it passed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

# What the guide's test would have taken for success is the first of these alone.
ENOUGH: Final = 0.99
# What has begun when the last phase is over has this long to end; then Locust kills it.
STOP_S: Final = 120
# Users start one after the other, and the last ones may have no time left for a second session.
REACHED: Final = 0.8


@dataclass(kw_only=True, slots=True)
class Tally:
    """Counts of sessions. *ended_s*: from the request to the end of each session that was completed."""

    planned: int
    started: int = 0
    accepted: int = 0
    limited: int = 0
    ended_s: list[float] = field(default_factory=list[float])

    @property
    def completed(self) -> int:
        """Number of sessions that completed, with pictures that the CDN serves."""
        return len(self.ended_s)

    def cut(self, age_s: float) -> None:
        """Count a session that Locust killed *age_s* after its start.

        A young one began while the run ended: it is taken back. One that had STOP_S to end hangs: it stays started.
        """
        if age_s < STOP_S:
            self.started -= 1

    @property
    def problems(self) -> list[str]:
        """Return why the test failed."""
        found: list[str] = []
        if self.completed < ENOUGH * self.started or not self.started:
            found.append(f"expected {ENOUGH:.0%} of the sessions to be completed")
        if self.started < REACHED * self.planned:
            found.append(f"expected {self.planned} arrivals: sessions take longer than users pause, or users are few")
        if self.limited:
            found.append(f"{self.limited} refused by a user's limit: expected more tokens, or an issuer")
        return found

    def words(self) -> str:
        """Return the result as lines."""
        times = sorted(self.ended_s)
        counts = (
            f"{self.started} started of {self.planned} planned, {self.accepted} accepted, {self.completed} completed"
        )
        lines = [f"sessions   {counts}"]
        if times:
            points = ", ".join(f"p{share} {percentile(times, share):.2f} s" for share in (50, 95, 99))
            lines.append(f"to the end {points}, longest {times[-1]:.2f} s")
        return "\n".join([*lines, *(f"FAILED     {problem}" for problem in self.problems)])


def percentile(ordered: Sequence[float], share: int) -> float:
    """Return the value that *share* percent of the *ordered* values do not exceed."""
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]
