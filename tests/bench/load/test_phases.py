"""Phases of a load test: what the guide asks for, in users."""

from __future__ import annotations

import pytest

from bench.load.phases import GUIDE, Phase, phase_at, planned, read_phases


def test_the_guides_phases_are_the_default() -> None:
    """A minute of 5 arrivals a second, then five minutes of 20: 6,300 sessions."""
    assert read_phases("60:5,300:20") == GUIDE
    assert 6300 == planned(GUIDE)
    assert (50, 200) == tuple(phase.users for phase in GUIDE)


def test_phases_follow_each_other_and_end() -> None:
    """The boundary belongs to the next one."""
    first, second = phases = read_phases("10:1,5:2.5")

    assert [first, first, second, second, None] == [phase_at(phases, at) for at in (0, 9.9, 10, 14.9, 15)]


def test_even_a_trickle_takes_a_user() -> None:
    """Less than one arrival in ten seconds would be no user at all."""
    assert 1 == Phase(seconds=60, per_second=0.01).users


@pytest.mark.parametrize("text", ["", "60", "60:5:1", "60:x", "60:5,", "0:5", "60:-1"])
def test_anything_else_is_refused(text: str) -> None:
    """A typing error must not become a short test that passes."""
    with pytest.raises(ValueError, match="expected phases "):
        read_phases(text)
