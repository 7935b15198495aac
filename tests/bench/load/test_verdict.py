"""The rules by which a load test passes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bench.load.verdict import STOP_S, Tally, percentile
from tests.contracts.calls import ROOT


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


def test_a_session_that_the_end_of_the_run_cut_off_is_not_counted() -> None:
    """A healthy stack passes; a session that hung until Locust killed it still counts as started."""
    tally = Tally(planned=80, started=82, accepted=81, ended_s=[1.0] * 80)

    tally.cut(0.01)
    assert (81, []) == (tally.started, Tally(planned=80, started=80, ended_s=[1.0] * 80).problems)
    tally.cut(STOP_S + 0.1)
    assert (81, ["expected 99% of the sessions to be completed"]) == (tally.started, tally.problems)


def test_a_killed_user_takes_its_session_back() -> None:
    """Locust kills a user that just woke up; in a process of its own, because Locust changes how sockets work."""
    program = """
import time
from types import SimpleNamespace
from gevent import GreenletExit
from bench.load.locustfile import Person
from bench.load.verdict import Tally

def post(self):
    raise GreenletExit

Person.accepted = post
person = Person.__new__(Person)
person.tally = Tally(planned=1)
try:
    person.edit()
except GreenletExit:
    print(person.tally.started)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert "0\n" == done.stdout
