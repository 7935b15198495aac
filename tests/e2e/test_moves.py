"""Photos that are moved, replaced, paired and deleted on the embedded stack: `lab.moves`, a few times each."""

from __future__ import annotations

import pytest

from lab.moves import STORIES, rehearse
from testkit.embedded_stack import LocalStack


@pytest.mark.parametrize("story", STORIES)
def test_a_record_shows_what_is_left_and_nothing_else_is_public(stack: LocalStack, story: str) -> None:
    """With roles, queues, leases and deliveries as they are deployed."""
    assert [] == rehearse(stack, story, 3)
