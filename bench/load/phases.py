"""Read the load test's phases (arrivals per second over time), as the guide's Artillery file had them.

Locust knows users, not arrivals. Each of ours asks once per PACE_S, so that 5 arrivals a second are 50 users; six
requests a minute also keep every one of them below the ten that the API grants a user.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

PACE_S: Final = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Phase:
    """So many arrivals for so long."""

    seconds: float
    per_second: float

    @property
    def users(self) -> int:
        """Number of users that the phase needs."""
        return max(1, round(self.per_second * PACE_S))


# The guide's "Warm up" and "Sustained load".
GUIDE: Final = (Phase(seconds=60, per_second=5), Phase(seconds=300, per_second=20))


def phase_at(phases: Sequence[Phase], elapsed_s: float) -> Phase | None:
    """Find the phase that is on; None when all are over."""
    ends = accumulate(phase.seconds for phase in phases)
    return next((phase for phase, end in zip(phases, ends, strict=True) if elapsed_s < end), None)


def read_phases(text: str) -> tuple[Phase, ...]:
    """Read ``60:5,300:20``: seconds and arrivals per second; ValueError for anything else."""
    try:
        pairs = [tuple(map(float, one.split(":"))) for one in text.split(",")]
        found = tuple(Phase(seconds=seconds, per_second=per_second) for seconds, per_second in pairs)
    except ValueError as error:
        raise ValueError(f"expected phases such as 60:5,300:20 (seconds:arrivals per second), got {text!r}") from error
    if not all(phase.seconds > 0 and phase.per_second > 0 for phase in found):
        raise ValueError(f"expected phases with more than nothing in them, got {text!r}")
    return found


def planned(phases: Sequence[Phase]) -> int:
    """Count the arrivals of all phases."""
    return round(sum(phase.seconds * phase.per_second for phase in phases))
