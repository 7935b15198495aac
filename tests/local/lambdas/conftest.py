"""Fixture: one watchdog for all processes that these tests start."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.lambdas.watchdog import Watchdog


@pytest.fixture(scope="session")
def watchdog() -> Iterator[Watchdog]:
    """Return a watchdog."""
    running = Watchdog()
    yield running
    running.close()
