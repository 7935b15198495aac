"""Put the outcomes of a run into words (a table on a terminal) and into JSON."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from bench.cases import Case
from bench.run import DARKROOM, Measurement, Missing, Outcome
from bench.verdicts import Verdict, judge

COLUMNS = ("wall ms", "CPU ms", "cold ms", "peak RSS MiB", "wall ratio", "sizes")


def machine() -> dict[str, Any]:
    """Describe where and when this run took place."""
    model = next((line for line in _lines(Path("/proc/cpuinfo")) if line.startswith("model name")), "unknown")
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "cores": len(os.sched_getaffinity(0)),
        "cpu": model.partition(":")[2].strip() or platform.processor(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
    }


def table(case: Case, outcomes: Sequence[Outcome]) -> Table:
    """Lay one case out, a peer a row; ratios are to Darkroom's wall time, sizes compared with Darkroom's."""
    drawn = Table(title=case.title, title_justify="left")
    drawn.add_column("peer")
    for column in COLUMNS:
        drawn.add_column(column, justify="right")
    ours = next((it for it in outcomes if it.peer == DARKROOM and isinstance(it, Measurement)), None)
    for outcome in outcomes:
        drawn.add_row(outcome.peer, *_cells(outcome, ours))
    return drawn


def verdict_table(verdicts: Sequence[Verdict]) -> Table:
    """Lay the budgets out."""
    drawn = Table(title="Budgets", title_justify="left")
    for column in ("budget", "measured", "verdict"):
        drawn.add_column(column)
    for verdict in verdicts:
        drawn.add_row(verdict.budget, verdict.actual, verdict.word)
    return drawn


def as_json(here: Mapping[str, Any], repeats: int, results: Mapping[Case, Sequence[Outcome]]) -> dict[str, Any]:
    """Write the whole run as plain data."""
    return {
        "machine": dict(here),
        "repeats": repeats,
        "cases": [
            {
                "name": case.name,
                "title": case.title,
                "peers": [asdict(outcome) for outcome in outcomes],
                "verdicts": [asdict(verdict) for verdict in judge(outcomes)] if case.judged else [],
            }
            for case, outcomes in results.items()
        ],
    }


def _cells(outcome: Outcome, ours: Measurement | None) -> list[str]:
    if isinstance(outcome, Missing):
        return [*["missing"] * (len(COLUMNS) - 1), outcome.reason]
    ratio = f"{outcome.wall_ms / ours.wall_ms:.2f}" if ours else ""
    sizes = "same" if ours and _sizes(ours) == _sizes(outcome) else " ".join(_sizes(outcome))
    times = [f"{value:.0f}" for value in (outcome.wall_ms, outcome.cpu_ms, outcome.cold_ms, outcome.peak_rss_mib)]
    return [*times, ratio, sizes]


def _sizes(measurement: Measurement) -> list[str]:
    return [f"{output.width}x{output.height}" for output in measurement.outputs]


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []
