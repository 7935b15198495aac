from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bench import verdicts
from bench.held import Held
from bench.parsing import Parsing
from bench.pricing import Tariff
from bench.run import DARKROOM, FLOOR, GUIDE, SHARP, Missing, Outcome
from bench.sandboxed import Refused
from bench.starts import Start
from bench.throughput import Throughput
from bench.verdicts import Verdict
from processor.ops.cost.prices import load_prices
from tests.factories.measured import measured, sandboxed

MIB_PER_MB = 1e6 / 2**20


def words(found: Sequence[Verdict]) -> list[str]:
    """Return the words."""
    return [verdict.word for verdict in found]


def usual(*outcomes: Outcome) -> list[str]:
    """Judge the 24 MP JPEG: floor, sharp, guide, memory."""
    return words(verdicts.usual_photo("24 MP", outcomes))


def test_every_budget_of_the_usual_photo_is_met_at_its_limit() -> None:
    """A budget includes its limit."""
    assert ["met", "met", "met", "met"] == usual(
        measured(DARKROOM, cpu_ms=150, rss_mib=200 * MIB_PER_MB),
        measured(FLOOR, cpu_ms=100),
        measured(GUIDE, cpu_ms=750),
        measured(SHARP, cpu_ms=255),
    )


def test_every_budget_of_the_usual_photo_is_missed_beyond_its_limit() -> None:
    """Nothing is rounded in our favour; 200 MB are fewer than 200 MiB."""
    assert ["missed", "missed", "missed", "missed"] == usual(
        measured(DARKROOM, cpu_ms=150.1, rss_mib=191),
        measured(FLOOR, cpu_ms=100),
        measured(GUIDE, cpu_ms=750),
        measured(SHARP, cpu_ms=255),
    )


def test_a_missing_peer_makes_its_budget_unknown_and_says_why() -> None:
    """A missing measurement gets no verdict."""
    found = verdicts.usual_photo("24 MP", [measured(DARKROOM), Missing(peer=SHARP, reason="not installed")])

    assert ["unknown", "unknown", "unknown", "met"] == words(found)
    assert ["not measured in this run", "sharp missing: not installed"] == [one.actual for one in found[:2]]


def test_a_peer_is_compared_by_cpu_time_and_its_wall_time_told() -> None:
    """Lambda bills one core's time; two threads help the wall time alone."""
    outcomes = [measured(DARKROOM, wall_ms=100, cpu_ms=200), measured(SHARP, wall_ms=300, cpu_ms=300)]

    assert "1.50 times (wall 3.00 times)" == verdicts.usual_photo("24 MP", outcomes)[1].actual


def test_each_kind_has_its_own_distance_to_the_floor() -> None:
    """1.4 for HEIC, 1.15 for RAW."""
    outcomes = [measured(DARKROOM, cpu_ms=140, wall_ms=90), measured(FLOOR)]

    assert "met" == verdicts.most_cpu("HEIC", outcomes, verdicts.MAX_HEIC_OVER_FLOOR).word
    assert "missed" == verdicts.most_cpu("RAW", outcomes, verdicts.MAX_RAW_OVER_FLOOR).word
    assert "1.40 times (wall 0.90 times)" == verdicts.most_cpu("RAW", outcomes, verdicts.MAX_RAW_OVER_FLOOR).actual


def test_a_huge_photo_that_is_not_rendered_misses_its_budget() -> None:
    """A refusal is no small memory."""
    found = [verdicts.huge_photo(one) for one in (sandboxed(rss_mib=572), sandboxed(rss_mib=573), Refused(ending="X"))]

    assert ["met", "missed", "missed"] == words(found)
    assert "X" == found[-1].actual
    assert "unknown" == verdicts.huge_photo(None).word


@pytest.mark.parametrize(("intake_ms", "word"), [(25.0, "met"), (25.1, "missed")])
def test_intake_counts_what_reading_alone_does_not_take(intake_ms: float, word: str) -> None:
    """Hashing and holding 37 MB."""
    found = verdicts.huge_intake(replace(sandboxed(), intake_ms=intake_ms, reading_ms=5.0))

    assert (f"{intake_ms - 5:.1f} ms (reading 5.0 ms)", word) == (found.actual, found.word)
    assert ["X", "not measured in this run"] == [
        verdicts.huge_intake(one).actual for one in (Refused(ending="X"), None)
    ]


def test_neither_process_of_a_worker_may_hold_too_much() -> None:
    """The most that both held stands beside it."""
    found = [verdicts.held(Held(photos=50, parent_mib=250, child_mib=child, most_mib=400)) for child in (250, 250.1)]

    assert ["met", "missed"] == words(found)
    assert "250 MiB, and 250 MiB in its decoder child (both together never above 400 MiB between two photos)" == (
        found[0].actual
    )
    assert "unknown" == verdicts.held(None).word


def test_throughput_compares_two_cores_with_one() -> None:
    """Both rates stand beside the ratio."""
    found = verdicts.throughput(Throughput(one=2.5, two=4.5, ratio=1.8))

    assert ("1.80 times (2.50 → 4.50 photos a second)", "met") == (found.actual, found.word)
    assert "missed" == verdicts.throughput(Throughput(one=1, two=1.79, ratio=1.79)).word
    assert "unknown" == verdicts.throughput(None).word


def test_a_start_that_loads_a_pixel_library_misses_its_budget() -> None:
    """However fast it is; other functions are not judged."""
    slow = Start(function="edit", cpu_ms=900, wall_ms=900, heavy=())

    def judged(**start: Any) -> list[str]:
        return words(verdicts.starts([slow, Start(function="rendition", wall_ms=400, **start)]))

    assert ["met", "met"] == judged(cpu_ms=350, heavy=())
    assert ["met", "missed"] == judged(cpu_ms=300, heavy=("numpy",))
    assert ["missed", "met"] == judged(cpu_ms=350.1, heavy=())
    assert ["unknown", "unknown"] == words(verdicts.starts([slow]))


@pytest.mark.parametrize(("ms", "word"), [(10.0, "met"), (10.1, "missed")])
def test_overhead_leaves_pixels_and_aws_calls_out_but_tells_them(ms: float, word: str) -> None:
    """The client library's time is counted too."""
    found = verdicts.overhead(sandboxed(overhead_ms=ms))

    parts = f"{ms:.1f} ms, of which 3.0 ms read, hash and hold the original (and 8.0 ms in the AWS client library)"
    assert (parts, word) == (found.actual, found.word)
    assert "unknown" == verdicts.overhead(None).word


def test_cost_all_in_counts_network_time_and_requests() -> None:
    """Requests are most of it."""
    tariff = Tariff.of_defaults(load_prices())

    cheap, dear = (verdicts.cost(tariff, sandboxed(wall_ms=ms)) for ms in (50, 2000))

    assert ["met", "missed"] == words([cheap, dear])
    assert cheap.actual.startswith("$0.0353")
    assert ("no quota here", "unknown") == (
        verdicts.cost(tariff, Refused(ending="no quota here")).actual,
        verdicts.cost(tariff, None).word,
    )


def test_the_slowest_command_is_judged() -> None:
    """A fast median excuses nothing."""
    found = verdicts.parsing(Parsing(commands=120, median_ms=0.05, max_ms=1.01, slowest="…"))

    assert "missed" == found.word
    assert "unknown" == verdicts.parsing(None).word


def test_the_edit_api_is_judged_by_its_own_report() -> None:
    """The p95 at rest, and every one of 200 streams."""
    report = {"at_rest": {"p95_ms": 50.0}, "streams": 200, "most_open": 200, "whole_streams": 200}

    assert ["met", "met"] == words(verdicts.edit_api(report))
    assert ["missed", "missed"] == words(
        verdicts.edit_api(report | {"at_rest": {"p95_ms": 50.1}, "whole_streams": 199})
    )
    assert ["unknown", "unknown"] == words(verdicts.edit_api(None))
