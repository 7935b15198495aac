"""Compute what a photo costs at each size of Lambda's memory. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.pricing import gb_seconds_per_1000
from processor.ops.cost.work import NETWORK_MS
from processor.settings.services import MEMORY_ALARM_PERCENT

MIB_PER_VCPU = 1769
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html"""

RUNTIME_MIB = 64
"""Beside the function's own processes: Lambda's runtime interface and the Insights extension. An assumption."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """One kind of photo at one size of memory. *failure*: how it ended when it was not rendered, else empty."""

    kind: str
    memory_mib: int
    seconds: float
    peak_rss_mib: float
    usd_per_1000: float
    failure: str = ""

    @property
    def fits(self) -> bool:
        """Return whether it renders and leaves the memory alarm silent."""
        return not self.failure and self.peak_rss_mib + RUNTIME_MIB <= self.memory_mib * MEMORY_ALARM_PERCENT / 100


def vcpus(memory_mib: int) -> float:
    """Return how many vCPUs Lambda allots to *memory_mib*."""
    return memory_mib / MIB_PER_VCPU


def point(kind: str, memory_mib: int, *, wall_ms: float, peak_rss_mib: float, usd_per_gb_s: float) -> Point:
    """Price what was measured, with the network that the cost model assumes."""
    seconds = (wall_ms + NETWORK_MS) / 1000
    usd = gb_seconds_per_1000(1000 * seconds, memory_mib) * usd_per_gb_s
    return Point(
        kind=kind,
        memory_mib=memory_mib,
        seconds=round(seconds, 3),
        peak_rss_mib=peak_rss_mib,
        usd_per_1000=round(usd, 5),
    )


def failed(kind: str, memory_mib: int, ending: str) -> Point:
    """Return the point of a memory with which the photo was not rendered."""
    return Point(kind=kind, memory_mib=memory_mib, seconds=0, peak_rss_mib=0, usd_per_1000=0, failure=ending)


def by_kind(points: Iterable[Point]) -> dict[str, list[Point]]:
    """Sort into curves, smallest memory first."""
    curves: dict[str, list[Point]] = {}
    for one in sorted(points, key=lambda it: it.memory_mib):
        curves.setdefault(one.kind, []).append(one)
    return curves


def cheapest(points: Iterable[Point]) -> Point | None:
    """Find the cheapest size that fits; of two that cost the same, the faster."""
    return min((it for it in points if it.fits), key=lambda it: (it.usd_per_1000, it.seconds), default=None)


def one_for_all(curves: Mapping[str, Sequence[Point]]) -> dict[int, float]:
    """Map each size that fits every kind to the mean cost of 1,000 photos, as many of each kind."""
    sizes = {it.memory_mib for points in curves.values() for it in points}
    at = {size: [it for points in curves.values() for it in points if it.memory_mib == size] for size in sizes}
    return {
        size: sum(it.usd_per_1000 for it in found) / len(found)
        for size, found in sorted(at.items())
        if len(found) == len(curves) and all(it.fits for it in found)
    }
