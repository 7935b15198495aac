"""The rules by which memory counts as flat, per process."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lab.soak.chart import chart
from lab.soak.sampling import Sample, Usage
from lab.soak.trend import check, trends

MINUTE_S = 60


def samples(name: str, rss_mib: Callable[[float], float], files: Callable[[float], int] = lambda _: 10) -> list[Sample]:
    """Look at a process every ten seconds for half an hour; both functions take minutes."""
    looks = [at / 6 for at in range(181)]
    return [Sample(at_s=at * MINUTE_S, usages={name: Usage(rss_mib=rss_mib(at), files=files(at))}) for at in looks]


def found(name: str, rss_mib: Callable[[float], float], files: Callable[[float], int] = lambda _: 10) -> list[str]:
    """Say what is wrong."""
    return [str(one) for one in check(trends(samples(name, rss_mib, files)))]


def test_a_process_that_grows_while_it_warms_up_is_flat() -> None:
    """The measure is the memory after five minutes, not that of a start."""
    assert [] == found("front", lambda minute: 100 if minute > 4 else 40)


def test_a_slow_leak_is_named_with_both_medians() -> None:
    """From the window of 5 to 10 minutes to the last five, 20 minutes later."""
    [trend] = trends(samples("front", lambda minute: 40 + minute * 0.5))

    assert (10.0, 30, 20 * MINUTE_S) == (trend.grown_mib, round(trend.grown_mib_per_hour), round(trend.apart_s))
    assert ["front: expected at most 8 MiB more than after warm-up, found 43.8 MiB, then 53.8 MiB"] == found(
        "front", lambda minute: 40 + minute * 0.5
    )


def test_a_single_high_look_is_no_leak() -> None:
    """Medians do not care for one photo of six megapixels."""
    assert [] == found("api", lambda minute: 400 if minute == 29 else 60)


def test_a_sandbox_may_hold_more_and_the_emulator_what_it_likes() -> None:
    """A sandbox holds the photo that it is at; the emulator holds everything in memory, by its nature."""
    assert [] == found("sandbox, edit", lambda minute: 150 + 2 * minute)
    assert [] == found("emulator", lambda minute: 100 + 50 * minute)
    assert 1 == len(found("sandbox, edit", lambda minute: 150 + 5 * minute))


def test_files_that_stay_open_are_named() -> None:
    """A connection that stays open is a leak too; the emulator's are not counted."""
    leak: Callable[[float], int] = int

    assert ["api: expected at most 12 more open files than after warm-up, found 7, then 27"] == found(
        "api", lambda _: 60.0, leak
    )
    assert [] == found("emulator", lambda _: 60.0, leak)


def test_who_was_not_there_in_both_windows_has_no_trend() -> None:
    """A sandbox that was started late is not compared."""
    late = [one for one in samples("sandbox, edit", lambda _: 100.0) if one.at_s > 20 * MINUTE_S]

    assert ([], []) == (trends(late), trends([]))


@pytest.mark.parametrize("name", ["front", "sandbox, <edit>"])
def test_the_chart_names_every_process_but_the_emulator(name: str) -> None:
    """The emulator's memory is its store, and would press all others flat."""
    drawn = chart([*samples(name, lambda _: 50.0), *samples("emulator", lambda _: 900.0)], "Memory & more")

    assert name.replace("<", "&lt;").replace(">", "&gt;") in drawn
    assert ("emulator" in drawn, "50 MiB" in drawn, "Memory &amp; more" in drawn) == (False, True, True)
