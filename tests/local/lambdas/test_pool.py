"""Tests of the start, reuse and end of sandboxes."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import Any

import pytest

from local.lambdas.errors import RoleRefused, Stopping, Throttled
from local.lambdas.function import Function
from local.lambdas.http_api import pool_status
from local.lambdas.log_writer import LogStream
from local.lambdas.pool import Pool
from tests.factories.functions import credentials, function
from tests.patience import HANG_S


class FakeSandbox:
    """Runs nothing."""

    def __init__(self, function: Function, number: int) -> None:
        self.function, self.number = function, number
        self.works, self.stopped = True, 0
        self.pid, self.invocations, self.used_mib = number, 0, 1.25
        self.stream = LogStream(group="group", name="stream", credentials=credentials())

    def usable(self) -> bool:
        """Return the value that the test has set."""
        return self.works

    def stop(self) -> None:
        """Count."""
        self.stopped += 1


class Starter:
    """Starts fake sandboxes, and keeps them."""

    def __init__(self) -> None:
        self.started: list[FakeSandbox] = []

    def __call__(self, function: Function) -> Any:
        """Start one."""
        self.started.append(FakeSandbox(function, len(self.started)))
        return self.started[-1]


def use(pool: Pool, function: Function) -> tuple[int, int]:
    """Lend a sandbox for a moment; return its number and how many were busy."""
    with pool.lend(function) as (sandbox, concurrent):
        return sandbox.pid, concurrent


def test_a_warm_sandbox_is_used_again() -> None:
    """One after the other takes one sandbox; at once takes two."""
    pool = Pool(Starter(), most=4)

    assert [(0, 1), (0, 1)] == [use(pool, function()), use(pool, function())]
    with pool.lend(function()):
        assert (1, 2) == use(pool, function())
    assert {"photo": 0} == {"photo": pool.busy()["photo"]}


@pytest.mark.parametrize("change", [{"version": "4"}, {"revision": "r2"}, {"name": "other"}])
def test_another_version_takes_another_sandbox(change: dict[str, str]) -> None:
    """A new deployment runs at once, and a rollback too."""
    pool = Pool(Starter(), most=4)

    assert [0, 1, 0] == [use(pool, one)[0] for one in (function(), function(**change), function())]


def test_a_broken_sandbox_is_never_lent_again() -> None:
    """It is ended when it comes back, or when it broke while idle."""
    starter = Starter()
    pool = Pool(starter, most=4)

    with pool.lend(function()):
        starter.started[0].works = False
    assert 1 == use(pool, function())[0]
    starter.started[1].works = False
    assert 2 == use(pool, function())[0]

    pool.end_idle()
    assert [1, 1, 0] == [one.stopped for one in starter.started]


def test_reserved_concurrency_is_a_limit() -> None:
    """One more is refused, with the number; other functions are not affected."""
    pool = Pool(Starter(), most=4)

    with pool.lend(function(reserved=1)):
        with pytest.raises(Throttled, match=r"^photo: expected at most 1 invocations at a time"):
            use(pool, function(reserved=1))
        assert (1, 1) == use(pool, function(name="other"))
    assert (0, 1) == use(pool, function(reserved=1))


def test_a_full_pool_makes_wait_and_then_goes_on() -> None:
    """A message of a queue would otherwise return only after its visibility timeout."""
    pool = Pool(Starter(), most=1)
    waiting: list[tuple[int, int]] = []
    thread = threading.Thread(target=lambda: waiting.append(use(pool, function())))

    with pool.lend(function()):
        thread.start()
        thread.join(0.1)
        assert [] == waiting
    thread.join(HANG_S)

    assert [(0, 1)] == waiting


def test_idle_sandboxes_make_room_for_others() -> None:
    """The one that waited longest ends."""
    starter = Starter()
    pool = Pool(starter, most=2)
    for name in ("a", "b", "c"):
        use(pool, function(name=name))

    assert [1, 0, 0] == [one.stopped for one in starter.started]
    assert ["b", "c"] == [slot.function.name for slot in pool.slots()]


def test_idle_sandboxes_end_after_a_while_and_busy_ones_do_not() -> None:
    """Minutes; here none at all."""
    starter = Starter()
    pool = Pool(starter, most=4)
    use(pool, function(name="idle"))

    with pool.lend(function(name="busy")):
        pool.end_idle()
        assert [0, 0] == [one.stopped for one in starter.started]
        pool.end_idle(older_than_s=0)
        assert [1, 0] == [one.stopped for one in starter.started]
        pool.close()
    assert [1, 1] == [min(one.stopped, 1) for one in starter.started]
    assert [] == pool.slots()
    with pytest.raises(Stopping, match=r"^photo: expected a host that runs"):
        use(pool, function())


def test_a_sandbox_that_cannot_be_started_leaves_its_place() -> None:
    """The next start may succeed."""

    def start(_: Function) -> Any:
        raise RoleRefused("no role")

    pool = Pool(start, most=1)
    for _ in range(2):
        with pytest.raises(RoleRefused):
            use(pool, function())
    assert [] == pool.slots()


def test_the_status_lists_the_sandboxes() -> None:
    """Tests and operators find the process ids there."""
    pool = Pool(Starter(), most=4)

    with ExitStack() as stack:
        stack.enter_context(pool.lend(function()))
        known = pool_status(pool)

    assert {
        "most": 4,
        "busy": 1,
        "sandboxes": [
            {
                "function": "photo",
                "version": "3",
                "pid": 0,
                "busy": True,
                "invocations": 0,
                "memory_mib": 256,
                "used_mib": 1.2,
                "log_stream": "stream",
            }
        ],
    } == known
