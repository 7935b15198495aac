"""Print a run's outcomes as tables on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.table import Table

from bench.cases import Case
from bench.pricing import TWO_CORES_MIB, Tariff, gb_seconds_per_1000
from bench.run import DARKROOM, Measurement, Missing, Outcome
from bench.sandboxed import Refused, Sandboxed
from bench.starts import Start
from bench.verdicts import Verdict

COLUMNS = (
    "wall ms",
    "CPU ms",
    "cold ms",
    "peak RSS MiB",
    "wall ratio",
    "GB-s per 1,000",
    "$ per 1,000",
    "sizes",
    "versions",
)


def case_table(case: Case, outcomes: Sequence[Outcome], tariff: Tariff) -> Table:
    """Lay one case out, a peer a row; ratios are to Darkroom's wall time, sizes compared with Darkroom's."""
    drawn = _table(case.title, ("peer",), COLUMNS)
    billed = f"compute at {TWO_CORES_MIB:,} MiB, {tariff.architecture}"
    drawn.caption = f"wall and CPU warm, medians; cold: the first photo of a process; cost: {billed}"
    ours = next((it for it in outcomes if it.peer == DARKROOM and isinstance(it, Measurement)), None)
    for outcome in outcomes:
        drawn.add_row(outcome.peer, *_cells(outcome, ours, tariff))
    return drawn


def verdict_table(verdicts: Iterable[Verdict]) -> Table:
    """Lay the budgets out."""
    drawn = _table("Budgets of spec/quality.md", ("budget", "measured", "verdict"), ())
    for verdict in verdicts:
        drawn.add_row(verdict.budget, verdict.actual, verdict.word)
    return drawn


def starts_table(starts: Iterable[Start]) -> Table:
    """Lay the cold starts out."""
    drawn = _table("Cold starts: imports and AWS clients", ("function",), ("CPU ms", "wall ms", "loaded early"))
    for it in starts:
        drawn.add_row(it.function, f"{it.cpu_ms:.0f}", f"{it.wall_ms:.0f}", ", ".join(it.heavy) or "nothing")
    return drawn


def sandbox_table(found: Iterable[tuple[str, Sandboxed | Refused]]) -> Table:
    """Lay whole invocations of the function out."""
    columns = ("wall ms", "renderer ms", "AWS client ms", "overhead ms", "of it intake", "cold ms", "peak RSS MiB")
    drawn = _table("The whole function, without the network; memory with its decoder child", ("photo",), columns)
    for title, it in found:
        drawn.add_row(title, *_sandbox_cells(it))
    return drawn


def _table(title: str, words: Sequence[str], figures: Sequence[str]) -> Table:
    drawn = Table(title=title, title_justify="left", caption_justify="left")
    for column in words:
        drawn.add_column(column)
    for column in figures:
        drawn.add_column(column, justify="right")
    return drawn


def _sandbox_cells(it: Sandboxed | Refused) -> list[str]:
    if isinstance(it, Refused):
        return [it.ending]
    times = (it.wall_ms, it.render_ms, it.calls_ms, it.overhead_ms, it.intake_ms, it.cold_ms)
    return [*[f"{ms:.1f}" for ms in times], f"{it.peak_rss_mib:.0f}"]


def _cells(outcome: Outcome, ours: Measurement | None, tariff: Tariff) -> list[str]:
    if isinstance(outcome, Missing):
        return [*["missing"] * (len(COLUMNS) - 1), outcome.reason]
    ratio = f"{outcome.wall_ms / ours.wall_ms:.2f}" if ours else ""
    sizes = "same" if ours and _sizes(ours) == _sizes(outcome) else " ".join(_sizes(outcome))
    times = [f"{value:.0f}" for value in (outcome.wall_ms, outcome.cpu_ms, outcome.cold_ms, outcome.peak_rss_mib)]
    bill = [f"{gb_seconds_per_1000(outcome.wall_ms):.0f}", f"{tariff.compute_usd(outcome.wall_ms):.4f}"]
    versions = ", ".join(f"{name} {version}" for name, version in outcome.versions.items())
    return [*times, ratio, *bill, sizes, versions]


def _sizes(measurement: Measurement) -> list[str]:
    return [f"{output.width}x{output.height}" for output in measurement.outputs]
