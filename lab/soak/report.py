"""Report a soak's figures, as lines for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from lab.soak.run import Outcome
from lab.soak.trend import Trend, trends


def lines(outcome: Outcome) -> Iterator[str]:
    """Write the table, the violations, the verdict."""
    yield f"acted for {outcome.acted_s / 60:.1f} minutes"
    for name, count in sorted(outcome.ledger.counts.items()):
        yield f"  {name:<28}{count:>8}"
    yield f"  {'dead letters left, redriven':<28}{sum(outcome.dead.values()):>8}"
    yield f"{'MiB, medians':<24}{'early':>8}{'late':>8}{'grown':>8}{'per hour':>10}{'allowed':>9}{'files':>12}"
    for one in trends(outcome.sampler.samples):
        yield trend_line(one)
    yield f"the emulator keeps in its buckets: {stored(outcome)}"
    for violation in outcome.violations:
        yield f"VIOLATION  {violation}"
    yield f"{len(outcome.violations)} violations" if outcome.violations else "every invariant holds"


def trend_line(one: Trend) -> str:
    """Write one process's line."""
    allowed = "-" if one.allowed_mib is None else f"{one.allowed_mib:.0f}"
    return (
        f"  {one.name:<22}{one.early_mib:>8.1f}{one.late_mib:>8.1f}{one.grown_mib:>8.1f}"
        f"{one.grown_mib_per_hour:>10.1f}{allowed:>9}{f'{one.early_files:g} → {one.late_files:g}':>12}"
    )


def stored(outcome: Outcome) -> str:
    """Report how much the emulator stored and when; it holds all objects and log lines in memory."""
    return ", ".join(f"{mib:.0f} MiB at {at_s / 60:.0f} min" for at_s, mib in outcome.sampler.stored_mib)


def tree(outcome: Outcome, *, minutes: float, seed: int) -> dict[str, Any]:
    """Return everything as plain data."""
    return {
        "minutes": minutes,
        "seed": seed,
        "acted_s": outcome.acted_s,
        "counts": dict(sorted(outcome.ledger.counts.items())),
        "dead_letters_left": outcome.dead,
        "trends": [{**asdict(one), "grown_mib": one.grown_mib} for one in trends(outcome.sampler.samples)],
        "samples": [asdict(one) for one in outcome.sampler.samples],
        "stored_mib": outcome.sampler.stored_mib,
        "violations": [asdict(one) for one in outcome.violations],
    }
