"""Measurements of the benchmark, made up."""

from __future__ import annotations

from bench.run import Measurement
from bench.sandboxed import Sandboxed


def measured(peer: str, *, wall_ms: float = 100, cpu_ms: float = 100, rss_mib: float = 100) -> Measurement:
    """Make a measurement of *peer*."""
    return Measurement(
        peer=peer,
        wall_ms=wall_ms,
        cpu_ms=cpu_ms,
        cold_ms=wall_ms,
        peak_rss_mib=rss_mib,
        outputs=(),
        versions={"library": "1.2"},
    )


def sandboxed(*, wall_ms: float = 100, overhead_ms: float = 5, rss_mib: float = 100) -> Sandboxed:
    """Make a measurement of the whole function."""
    return Sandboxed(
        cold_ms=200,
        wall_ms=wall_ms,
        render_ms=80,
        calls_ms=8,
        overhead_ms=overhead_ms,
        intake_ms=3,
        reading_ms=1,
        peak_rss_mib=rss_mib,
    )
