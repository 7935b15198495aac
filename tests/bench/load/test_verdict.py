"""What counts as a passed load test."""

from __future__ import annotations

import pytest

from bench.load.verdict import Tally, percentile


def test_completed_sessions_are_a_success() -> None:
    """All that were planned, to their end."""
    tally = Tally(planned=4, started=4, accepted=4, ended_s=[2.0, 1.0, 3.0, 1.5])

    assert [] == tally.problems
    assert (
        "sessions   4 started of 4 planned, 4 accepted, 4 completed\n"
        "to the end p50 1.50 s, p95 3.00 s, p99 3.00 s, longest 3.00 s"
    ) == tally.words()


@pytest.mark.parametrize(
    ("tally", "problem"),
    [
        (Tally(planned=4, started=4, accepted=4, ended_s=[1.0] * 3), "expected 99% of the sessions to be completed"),
        (Tally(planned=0), "expected 99% of the sessions to be completed"),
        (
            Tally(planned=10, started=7, accepted=7, ended_s=[1.0] * 7),
            "expected 10 arrivals: sessions take longer than users pause, or users are few",
        ),
        (
            Tally(planned=4, started=4, accepted=4, limited=1, ended_s=[1.0] * 4),
            "1 refused by a user's limit: expected more tokens, or an issuer",
        ),
    ],
    ids=["accepted only", "nothing at all", "too slow", "limited"],
)
def test_less_is_a_failure(tally: Tally, problem: str) -> None:
    """Accepted requests alone prove nothing; nor does a test that hardly began."""
    assert [problem] == tally.problems
    assert tally.words().endswith(f"FAILED     {problem}")


def test_percentiles_are_values_that_were_measured() -> None:
    """Nearest rank, without interpolation."""
    assert [2, 4, 4] == [percentile([1, 2, 3, 4], share) for share in (50, 95, 100)]
    assert 7 == percentile([7], 1)
