"""Compare the measurements with the budgets of spec/quality.md: pure arithmetic, one line a budget."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.edit_api import START_BUDGET_MS, STREAMS
from bench.held import PHOTOS, Held
from bench.parsing import Parsing
from bench.pricing import Tariff
from bench.run import DARKROOM, FLOOR, GUIDE, SHARP, Measurement, Missing, Outcome
from bench.sandboxed import Refused, Sandboxed
from bench.starts import RENDITION, Start
from bench.throughput import Throughput

MAX_CPU_OVER_FLOOR = 1.5
MAX_HEIC_OVER_FLOOR = 1.4
MAX_RAW_OVER_FLOOR = 1.15
MIN_CPU_OF_SHARP = 1.7
MIN_CPU_OF_GUIDE = 5.0
MAX_RSS_MB = 200
MAX_HELD_MIB = 250
MAX_HUGE_RSS_MB = 600
MAX_HUGE_INTAKE_MS = 20
MIN_THROUGHPUT_RATIO = 1.8
MAX_START_MS = 350
MAX_OVERHEAD_MS = 10
MAX_USD_PER_1000 = 0.045
MAX_PARSE_MS = 1.0
MIB = 2**20 / 1e6
"""MB in one MiB: budgets are in MB, the system counts in MiB."""

NOT_MEASURED = "not measured in this run"


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """One budget. *met* is None when what it needs was not measured."""

    budget: str
    actual: str
    met: bool | None

    @property
    def word(self) -> str:
        """Return the verdict in one word."""
        return {True: "met", False: "missed", None: "unknown"}[self.met]


def unknown(budget: str, reason: str = NOT_MEASURED) -> Verdict:
    """Judge what was not measured."""
    return Verdict(budget=budget, actual=reason, met=None)


def most_cpu(title: str, outcomes: Iterable[Outcome], most: float) -> Verdict:
    """Compare Darkroom's CPU time with the codec floor's of the same run."""
    found = {outcome.peer: outcome for outcome in outcomes}
    budget, ours, floor = f"{title}: CPU ≤ {most:g} times the {FLOOR}", found.get(DARKROOM), found.get(FLOOR)
    if not isinstance(ours, Measurement) or not isinstance(floor, Measurement):
        return unknown(budget, _reason(ours, floor))
    cpu, wall = ours.cpu_ms / floor.cpu_ms, ours.wall_ms / floor.wall_ms
    return Verdict(budget=budget, actual=f"{cpu:.2f} times (wall {wall:.2f} times)", met=cpu <= most)


def least_saved(title: str, outcomes: Iterable[Outcome], peer: str, least: float) -> Verdict:
    """Compare a peer's CPU time with Darkroom's of the same run."""
    found = {outcome.peer: outcome for outcome in outcomes}
    budget, ours, theirs = f"{title}: CPU of {peer} ≥ {least:g} times ours", found.get(DARKROOM), found.get(peer)
    if not isinstance(ours, Measurement) or not isinstance(theirs, Measurement):
        return unknown(budget, _reason(ours, theirs))
    wall, cpu = theirs.wall_ms / ours.wall_ms, theirs.cpu_ms / ours.cpu_ms
    return Verdict(budget=budget, actual=f"{cpu:.2f} times (wall {wall:.2f} times)", met=cpu >= least)


def most_rss(title: str, rss_mib: float | None, most_mb: int) -> Verdict:
    """Judge a peak of memory."""
    budget = f"{title}: peak RSS ≤ {most_mb} MB ({most_mb / MIB:.0f} MiB)"
    if rss_mib is None:
        return unknown(budget)
    return Verdict(budget=budget, actual=f"{rss_mib:.0f} MiB", met=rss_mib * MIB <= most_mb)


def usual_photo(title: str, outcomes: Sequence[Outcome]) -> list[Verdict]:
    """Judge the 24 MP JPEG."""
    ours = next((it for it in outcomes if it.peer == DARKROOM and isinstance(it, Measurement)), None)
    return [
        most_cpu(title, outcomes, MAX_CPU_OVER_FLOOR),
        least_saved(title, outcomes, SHARP, MIN_CPU_OF_SHARP),
        least_saved(title, outcomes, GUIDE, MIN_CPU_OF_GUIDE),
        most_rss(title, ours.peak_rss_mib if ours else None, MAX_RSS_MB),
    ]


def huge_photo(found: Sandboxed | Refused | None) -> Verdict:
    """Judge the largest photo's memory, of parent and decoder child together."""
    if isinstance(found, Refused):
        return Verdict(budget=most_rss("100 MP", None, MAX_HUGE_RSS_MB).budget, actual=found.ending, met=False)
    return most_rss("100 MP", found.peak_rss_mib if found else None, MAX_HUGE_RSS_MB)


def huge_intake(found: Sandboxed | Refused | None) -> Verdict:
    """Judge what taking in the largest photo costs beyond reading it."""
    budget = f"100 MP: intake ≤ {MAX_HUGE_INTAKE_MS} ms above reading it"
    if not isinstance(found, Sandboxed):
        return unknown(budget, found.ending if found else NOT_MEASURED)
    above = found.intake_ms - found.reading_ms
    actual = f"{above:.1f} ms (reading {found.reading_ms:.1f} ms)"
    return Verdict(budget=budget, actual=actual, met=above <= MAX_HUGE_INTAKE_MS)


def held(found: Held | None) -> Verdict:
    """Judge the memory that a worker keeps after many photos."""
    budget = f"after {PHOTOS} mixed photos in one worker: ≤ {MAX_HELD_MIB} MiB resident"
    if found is None:
        return unknown(budget)
    actual = (
        f"{found.parent_mib:.0f} MiB, and {found.child_mib:.0f} MiB in its decoder child "
        f"(both together never above {found.most_mib:.0f} MiB between two photos)"
    )
    return Verdict(budget=budget, actual=actual, met=max(found.parent_mib, found.child_mib) <= MAX_HELD_MIB)


def throughput(found: Throughput | None) -> Verdict:
    """Judge two cores against one."""
    budget = f"throughput on 2 cores ≥ {MIN_THROUGHPUT_RATIO:g} times one core"
    if found is None:
        return unknown(budget)
    actual = f"{found.ratio:.2f} times ({found.one:.2f} → {found.two:.2f} photos a second)"
    return Verdict(budget=budget, actual=actual, met=found.ratio >= MIN_THROUGHPUT_RATIO)


def starts(found: Sequence[Start]) -> list[Verdict]:
    """Judge the rendition handler's start."""
    limit, lazy = f"rendition cold start ≤ {MAX_START_MS} ms CPU", "pixel libraries load only when a file needs them"
    ours = next((it for it in found if it.function == RENDITION), None)
    if ours is None:
        return [unknown(limit), unknown(lazy)]
    loaded = f"loaded at the start: {', '.join(ours.heavy) or 'none'}"
    return [
        Verdict(budget=limit, actual=f"{ours.cpu_ms:.0f} ms", met=ours.cpu_ms <= MAX_START_MS),
        Verdict(budget=lazy, actual=loaded, met=not ours.heavy),
    ]


def overhead(found: Sandboxed | Refused | None) -> Verdict:
    """Judge what a warm function adds to pixels and AWS calls."""
    budget = f"warm overhead besides pixels and AWS calls ≤ {MAX_OVERHEAD_MS} ms"
    if not isinstance(found, Sandboxed):
        return unknown(budget, found.ending if found else NOT_MEASURED)
    actual = (
        f"{found.overhead_ms:.1f} ms, of which {found.intake_ms:.1f} ms read, hash and hold the original "
        f"(and {found.calls_ms:.1f} ms in the AWS client library)"
    )
    return Verdict(budget=budget, actual=actual, met=found.overhead_ms <= MAX_OVERHEAD_MS)


def cost(tariff: Tariff, found: Sandboxed | Refused | None) -> Verdict:
    """Judge what 1,000 photos cost, requests and assumed network time included."""
    budget = f"1,000 photos on Lambda ≤ ${MAX_USD_PER_1000:g} all in"
    if not isinstance(found, Sandboxed):
        return unknown(budget, found.ending if found else NOT_MEASURED)
    usd, memory = tariff.all_in_usd(found.wall_ms), tariff.settings.memory_mib
    actual = f"${usd:.4f} ({found.wall_ms:.0f} ms and the network at {memory:,} MiB, {tariff.architecture})"
    return Verdict(budget=budget, actual=actual, met=usd <= MAX_USD_PER_1000)


def parsing(found: Parsing | None) -> Verdict:
    """Judge the slowest command."""
    budget = f"edit command parsed in ≤ {MAX_PARSE_MS:g} ms"
    if found is None:
        return unknown(budget)
    actual = f"slowest of {found.commands} commands {found.max_ms:.2f} ms, median {found.median_ms:.2f} ms"
    return Verdict(budget=budget, actual=actual, met=found.max_ms <= MAX_PARSE_MS)


def edit_api(report: Mapping[str, Any] | None) -> list[Verdict]:
    """Judge what ``python -m bench.edit_api --json`` wrote."""
    start, streams = f"POST → 202 ≤ {START_BUDGET_MS:g} ms p95", f"{STREAMS} concurrent SSE streams"
    if report is None:
        reason = "run python -m bench.edit_api --json out/bench/edit_api.json first"
        return [unknown(start, reason), unknown(streams, reason)]
    p95, whole, most = report["at_rest"]["p95_ms"], report["whole_streams"], report["most_open"]
    return [
        Verdict(budget=start, actual=f"{p95:.1f} ms at rest", met=p95 <= START_BUDGET_MS),
        Verdict(
            budget=streams,
            actual=f"{most} open at once, {whole} of {report['streams']} whole",
            met=min(most, whole) >= STREAMS and whole == report["streams"],
        ),
    ]


def _reason(*outcomes: Outcome | None) -> str:
    missing = [it for it in outcomes if isinstance(it, Missing)]
    return f"{missing[0].peer} missing: {missing[0].reason}" if missing else NOT_MEASURED
