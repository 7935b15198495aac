"""The model of one photo holds, and every rule that is removed is missed."""

from __future__ import annotations

import pytest

from lab.state_model import explore


def test_every_interleaving_of_two_changes_a_death_and_a_duplicate_ends_well() -> None:
    """Small enough for every run; `python -m lab.state_model` visits more."""
    wrong, states, rests = explore(2, 1, 1)

    assert "" == wrong
    assert (states, rests) > (10_000, 10)


@pytest.mark.parametrize(
    ("broken", "violation"),
    [
        ("lease", "two workers at one photo"),
        ("takeover", "at rest: files are not the originals'"),
        ("order", "the record shows what is not there"),
    ],
)
def test_a_rule_that_is_removed_is_missed(broken: str, violation: str) -> None:
    """A model that cannot fail shows nothing."""
    wrong, _, _ = explore(2, 1, 1, broken)

    assert wrong.startswith(violation)
