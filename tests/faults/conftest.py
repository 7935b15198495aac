"""Processes of functions, forked from one that has their libraries imported."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.factories.killing import ForkServer, open_fork_server


@pytest.fixture(scope="session")
def functions() -> Iterator[ForkServer]:
    """Give what starts functions."""
    with open_fork_server() as server:
        yield server


@pytest.fixture(scope="session")
def functions_without_disk() -> Iterator[ForkServer]:
    """Give what starts functions for which every disk is full."""
    with open_fork_server(disk_full=True) as server:
        yield server
