"""Decide whether memory is flat: compare the median after warm-up with that of the last window. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from lab.soak.model import Violation
from lab.soak.sampling import EMULATOR, Sample

# Of 30 minutes: 5 to 10, and the last five.
EARLY: Final = (1 / 6, 1 / 3)
LATE: Final = (5 / 6, 1.0)
# A process may hold more in the end by so much: allocators keep what they once needed.
SERVER_MIB: Final = 8.0
# Sandboxes are killed and replaced all the time, and hold whatever photo they are at.
SANDBOX_MIB: Final = 64.0
FILES: Final = 12
HOUR_S: Final = 3600.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Trend:
    """One process between two windows, *apart_s* from middle to middle. *allowed_mib*: None when it is not judged."""

    name: str
    early_mib: float
    late_mib: float
    early_files: float
    late_files: float
    apart_s: float
    allowed_mib: float | None

    @property
    def grown_mib(self) -> float:
        """Growth from the first window to the last."""
        return self.late_mib - self.early_mib

    @property
    def grown_mib_per_hour(self) -> float:
        """The same as a rate."""
        return self.grown_mib / self.apart_s * HOUR_S


def trends(samples: Sequence[Sample]) -> list[Trend]:
    """Compare both windows of every process that is in both."""
    if not samples:
        return []
    length = samples[-1].at_s
    early, late = window(samples, EARLY, length), window(samples, LATE, length)
    apart_s = (sum(LATE) - sum(EARLY)) / 2 * length
    return [trend(name, early[name], late[name], apart_s) for name in sorted(early.keys() & late.keys())]


def window(samples: Sequence[Sample], part: tuple[float, float], length: float) -> Mapping[str, tuple[float, float]]:
    """Take the medians of memory (MiB) and open files in a *part* of the run, by process."""
    inside = [one for one in samples if part[0] * length <= one.at_s <= part[1] * length]
    names = {name for one in inside for name in one.usages}
    return {
        name: (
            median(one.usages[name].rss_mib for one in inside if name in one.usages),
            median(one.usages[name].files for one in inside if name in one.usages),
        )
        for name in names
    }


def trend(name: str, early: tuple[float, float], late: tuple[float, float], apart_s: float) -> Trend:
    """Compute one process's trend."""
    return Trend(
        name=name,
        early_mib=early[0],
        late_mib=late[0],
        early_files=early[1],
        late_files=late[1],
        apart_s=apart_s,
        allowed_mib=allowed_mib(name),
    )


def allowed_mib(name: str) -> float | None:
    """Return how much a process may grow: the emulator holds all objects and logs in memory."""
    if name == EMULATOR:
        return None
    return SANDBOX_MIB if name.startswith("sandbox") else SERVER_MIB


def check(found: Sequence[Trend]) -> list[Violation]:
    """Name those that grew by more than they may."""
    grew = [
        Violation(
            subject=one.name,
            expected=f"at most {one.allowed_mib:g} MiB more than after warm-up",
            found=f"{one.early_mib:.1f} MiB, then {one.late_mib:.1f} MiB",
        )
        for one in found
        if one.allowed_mib is not None and one.grown_mib > one.allowed_mib
    ]
    opened = [
        Violation(
            subject=one.name,
            expected=f"at most {FILES} more open files than after warm-up",
            found=f"{one.early_files:g}, then {one.late_files:g}",
        )
        for one in found
        if one.allowed_mib is not None and one.late_files - one.early_files > FILES
    ]
    return [*grew, *opened]
