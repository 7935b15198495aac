"""Fixtures that tests of several layers share."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Generator, Iterator
from typing import Any, Final, cast

import pytest
from hypothesis import HealthCheck, settings

from testkit.embedded_stack import LocalStack, started
from tests.factories.darkroom import Darkroom, open_darkroom
from tests.factories.deploying import PRIVATE
from tests.scheduling import BySharedFixture, begin_with_the_longest

# Coverage in processes of the stack would take half as long again, and other tests reach all lines that they run.
UNMEASURED: Final = ("tests/browser/", "tests/e2e/", "tests/local/")
COVERAGE: Final = "COVERAGE_PROCESS_CONFIG"
# A test that asks for one of these fixtures starts processes, or a browser.
PROCESSES: Final = frozenset({"aws", "chromium", "guard", "private", "site", "stack", "started", "studio"})

# Every run tries the same examples, without a deadline: a failure comes from the change, not from the machine. To look
# for new ones, pass --hypothesis-profile=explore.
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=1000)
settings.load_profile("ci")


def pytest_configure() -> None:
    """Prepare this process, and by its environment those that it starts.

    Shells start a process in the background with SIGINT ignored, and tests interrupt theirs. Containers often turn
    bytecode off; then each of hundreds of processes compiles its libraries, and pytest rewrites every test module.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the garbage collector from walking what is imported while it grows: there is no garbage in it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """Keep the garbage collector from walking the tests and the libraries that they import again and again."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Use a worker per core and one more, as tests wait for decoder children, and two more for tests of the stack.

    Each worker imports all tests, which takes as long as a thirtieth of those that start no processes.
    """
    return (os.cpu_count() or 1) + (1 if "not stack" in config.option.markexpr else 2)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> BySharedFixture:
    """Keep tests together that share a stack (``--numprocesses``)."""
    return BySharedFixture(config, log)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark a test of one of the thirty faults ``faults``, and a test that needs processes ``stack``."""
    if item.get_closest_marker("fault"):
        item.add_marker(pytest.mark.faults)
    if PROCESSES.intersection(cast("pytest.Function", item).fixturenames):
        item.add_marker(pytest.mark.stack)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let several workers begin with what takes longest."""
    if hasattr(config, "workerinput"):
        begin_with_the_longest(items)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Keep coverage from processes that tests of the stack start."""
    config = os.environ.pop(COVERAGE, None) if item.nodeid.startswith(UNMEASURED) else None
    try:
        return (yield)
    finally:
        if config is not None:
            os.environ[COVERAGE] = config


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


@pytest.fixture(scope="session")
def private(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """Give a stack whose renditions and results are signed, and whose renditions are negotiated and opaque."""
    with started(tmp_path_factory.mktemp("private"), *(f"--set={one}" for one in PRIVATE)) as up:
        yield up
