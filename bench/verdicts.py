"""Hold the measurements against the budgets of the 24 MP JPEG: pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bench.run import DARKROOM, FLOOR, GUIDE, SHARP, Measurement, Outcome

MAX_CPU_OVER_FLOOR = 1.25
MIN_FASTER_THAN_SHARP = 2.5
MIN_FASTER_THAN_GUIDE = 5.0
MAX_RSS_MIB = 220


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """One budget. *met* is None when a peer that it needs is missing."""

    budget: str
    actual: str
    met: bool | None

    @property
    def word(self) -> str:
        """Say it in one word."""
        return {True: "met", False: "missed", None: "unknown"}[self.met]


def judge(outcomes: Iterable[Outcome]) -> list[Verdict]:
    """Judge Darkroom's measurement against its peers' of the same run; faster means wall time."""
    found = {outcome.peer: outcome for outcome in outcomes if isinstance(outcome, Measurement)}
    ours = found[DARKROOM]
    return [
        _cpu_over_floor(ours, found.get(FLOOR)),
        _faster(ours, found.get(GUIDE), GUIDE, MIN_FASTER_THAN_GUIDE),
        _faster(ours, found.get(SHARP), SHARP, MIN_FASTER_THAN_SHARP),
        Verdict(
            budget=f"peak RSS ≤ {MAX_RSS_MIB} MiB",
            actual=f"{ours.peak_rss_mib:.0f} MiB",
            met=ours.peak_rss_mib <= MAX_RSS_MIB,
        ),
    ]


def _cpu_over_floor(ours: Measurement, floor: Measurement | None) -> Verdict:
    budget = f"CPU ≤ {MAX_CPU_OVER_FLOOR} times the {FLOOR}"
    if floor is None:
        return Verdict(budget=budget, actual="floor missing", met=None)
    ratio = ours.cpu_ms / floor.cpu_ms
    return Verdict(budget=budget, actual=f"{ratio:.2f} times", met=ratio <= MAX_CPU_OVER_FLOOR)


def _faster(ours: Measurement, peer: Measurement | None, name: str, least: float) -> Verdict:
    budget = f"≥ {least:g} times as fast as {name}"
    if peer is None:
        return Verdict(budget=budget, actual=f"{name} missing", met=None)
    wall, cpu = peer.wall_ms / ours.wall_ms, peer.cpu_ms / ours.cpu_ms
    return Verdict(budget=budget, actual=f"{wall:.1f} times (CPU {cpu:.1f} times)", met=wall >= least)
