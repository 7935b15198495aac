"""One guard for all processes that these tests start."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.lambdas.guard import Guard


@pytest.fixture(scope="session")
def guard() -> Iterator[Guard]:
    """Give a guard."""
    running = Guard()
    yield running
    running.close()
