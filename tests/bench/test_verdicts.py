from __future__ import annotations

import pytest

from bench.run import DARKROOM, FLOOR, GUIDE, SHARP, Measurement, Missing, Outcome
from bench.verdicts import judge


def measured(peer: str, *, wall_ms: float = 100, cpu_ms: float = 100, rss_mib: float = 100) -> Measurement:
    """Make a measurement of *peer*."""
    return Measurement(
        peer=peer, wall_ms=wall_ms, cpu_ms=cpu_ms, cold_ms=wall_ms, peak_rss_mib=rss_mib, outputs=(), versions={}
    )


def words(*outcomes: Outcome) -> list[str]:
    """Judge and return the four words."""
    return [verdict.word for verdict in judge(outcomes)]


def test_every_budget_is_met_at_its_limit() -> None:
    """A budget includes its limit."""
    outcomes = [
        measured(DARKROOM, wall_ms=100, cpu_ms=125, rss_mib=220),
        measured(FLOOR, cpu_ms=100),
        measured(GUIDE, wall_ms=500),
        measured(SHARP, wall_ms=250),
    ]

    assert ["met", "met", "met", "met"] == words(*outcomes)


def test_every_budget_is_missed_beyond_its_limit() -> None:
    """Nothing is rounded in our favour."""
    outcomes = [
        measured(DARKROOM, wall_ms=100, cpu_ms=125.1, rss_mib=220.1),
        measured(FLOOR, cpu_ms=100),
        measured(GUIDE, wall_ms=499.9),
        measured(SHARP, wall_ms=249.9),
    ]

    assert ["missed", "missed", "missed", "missed"] == words(*outcomes)


def test_a_missing_peer_makes_its_budget_unknown() -> None:
    """What was not measured is never invented."""
    outcomes = [measured(DARKROOM), Missing(peer=SHARP, reason="not installed")]

    assert ["unknown", "unknown", "unknown", "met"] == words(*outcomes)


def test_faster_means_wall_time_and_tells_the_cpu_time() -> None:
    """Two threads may help the wall time; the CPU time stands beside it."""
    outcomes = [measured(DARKROOM, wall_ms=100, cpu_ms=200), measured(SHARP, wall_ms=300, cpu_ms=300)]

    assert "3.0 times (CPU 1.5 times)" == judge(outcomes)[2].actual


def test_a_run_without_darkroom_cannot_be_judged() -> None:
    """The subject itself is never optional."""
    with pytest.raises(KeyError, match=DARKROOM):
        judge([measured(SHARP)])
