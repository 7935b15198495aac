"""Random stories of photos end well, and each condition of the pipeline is needed for that."""

from __future__ import annotations

import pytest

from lab.photo_stories.mutants import MUTANTS
from lab.photo_stories.telling import stories_until_found, tell


def test_random_stories_end_as_if_nothing_had_gone_wrong() -> None:
    """A few dozen in every run; `python -m lab.photo_stories` tells 10,000."""
    tell(40, seed=1)


@pytest.mark.parametrize("name", ["an item of any version will do", "an original that is gone is shown"])
def test_a_condition_that_is_changed_is_noticed(name: str) -> None:
    """Those that stories need only a few for; `python -m lab.photo_stories --mutant all` changes all of them."""
    with MUTANTS[name].applied():
        found, _ = stories_until_found(40, seed=1)

    assert found is not None


@pytest.mark.parametrize("name", MUTANTS)
def test_every_change_has_its_place_in_the_code(name: str) -> None:
    """A condition that has moved would otherwise be changed no longer."""
    assert MUTANTS[name].compiled()
