"""Print a table of how many photos ended, how, and how fast."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Final

from lab.bulk_upload.upload import Ended

MB: Final = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """All photos, the time from the first request to the last end (s), and the peak of each invocation (MiB)."""

    photos: Sequence[Ended]
    total_s: float
    peaks_mib: Sequence[int]

    @property
    def all_ended(self) -> bool:
        """Return whether every photo is active, or failed with a reason."""
        return all(one.status == "active" or (one.status == "failed" and one.code) for one in self.photos)


def table(outcome: Outcome) -> str:
    """Write it."""
    photos = outcome.photos
    kinds = ", ".join(f"{count} {kind}" for kind, count in Counter(one.kind for one in photos).items())
    size = sum(one.size for one in photos) / MB
    return "\n".join(
        [
            f"{len(photos)} photos at once: {kinds}; {size:.1f} MB",
            "",
            *rows(photos),
            "",
            f"all ended        {outcome.total_s:8.1f} s   {len(photos) / outcome.total_s:.1f} photos/s"
            if outcome.all_ended
            else f"NOT ALL ENDED    {outcome.total_s:8.1f} s",
            *latencies([one.latency_s for one in photos if one.latency_s is not None]),
            *memory(outcome.peaks_mib),
            "",
        ]
    )


def rows(photos: Iterable[Ended]) -> list[str]:
    """Count by kind, status and reason."""
    counted = Counter((one.kind, one.status, one.code) for one in photos)
    head = f"{'kind':<8}{'status':<12}{'reason':<24}{'photos':>6}"
    return [head, *(f"{kind:<8}{status:<12}{code:<24}{n:>6}" for (kind, status, code), n in sorted(counted.items()))]


def latencies(seconds: Sequence[float]) -> list[str]:
    """Sum up how long photos took from the stored original to their end."""
    if not seconds:
        return []
    high = quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]
    return [f"stored → ended   {median(seconds):8.1f} s   median; p95 {high:.1f} s"]


def memory(peaks_mib: Sequence[int]) -> list[str]:
    """Format a sandbox's memory."""
    if not peaks_mib:
        return ["peak memory      not reported"]
    return [f"peak memory      {max(peaks_mib):8} MiB of a sandbox, in {len(peaks_mib)} invocations (REPORT lines)"]
