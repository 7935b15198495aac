"""Fixtures that tests of several layers share."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any

import pytest

from tests.factories.darkroom import Darkroom, open_darkroom
from tests.scheduling import BySharedFixture
from tools.embedded import LocalStack, started


def pytest_configure() -> None:
    """Let processes that tests start hear SIGINT: where this one runs in the background, shells have it ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> BySharedFixture:
    """Keep tests together that share a stack (``--numprocesses``)."""
    return BySharedFixture(config, log)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark a test of one of the thirty faults as one of all faults, so that ``-m faults`` runs it."""
    if item.get_closest_marker("fault"):
        item.add_marker(pytest.mark.faults)


@pytest.fixture
def darkroom() -> Iterator[Darkroom]:
    """Give empty stores, versioned as deployed, and a rendition line over them."""
    with open_darkroom() as opened:
        yield opened


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """Give an embedded stack that is up; the folders that use it run on one worker, so that it is started once."""
    with started(tmp_path_factory.mktemp("stack")) as up:
        yield up
