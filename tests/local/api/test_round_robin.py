"""Tests of the choice of a process for each request."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from local.api.round_robin import RoundRobin


class Worker:
    """A process by name only."""

    def __init__(self, name: str) -> None:
        self.name, self.how = name, None

    def ended(self) -> str | None:
        """Return the value that the test has set."""
        return self.how

    def kill(self) -> None:
        """End."""
        self.how: str | None = "signal: killed"


def run(work: Coroutine[None, None, None]) -> None:
    """Run *work*; a hang fails."""
    asyncio.run(asyncio.wait_for(work, 20))


async def round_robin(*workers: Any) -> RoundRobin:
    """Let *workers* take turns."""
    made = RoundRobin()
    for worker in workers:
        await made.add(worker)
    return made


def test_processes_take_turns() -> None:
    """State in an application's memory is missing at the next request."""

    async def work() -> None:
        turns = await round_robin(Worker("a"), Worker("b"))
        names: list[str] = []
        for _ in range(4):
            worker: Any = await turns.take()
            names.append(worker.name)
            await turns.put_back(worker)
        assert ["a", "b", "a", "b"] == names

    run(work())


def test_a_busy_process_gets_no_second_request() -> None:
    """A request waits until a process is free."""

    async def work() -> None:
        turns = await round_robin(Worker("a"))
        first: Any = await turns.take()
        second = asyncio.create_task(turns.take())
        await asyncio.sleep(0.01)
        assert not second.done()
        await turns.put_back(first)
        assert first is await second

    run(work())


def test_a_process_that_died_while_idle_is_passed_over() -> None:
    """Its successor takes its place later; until then the other one has every turn."""

    async def work() -> None:
        dead, alive = Worker("dead"), Worker("alive")
        turns = await round_robin(dead, alive)
        dead.kill()
        worker: Any = await turns.take()
        assert "alive" == worker.name

    run(work())


def test_no_request_waits_for_ended_processes() -> None:
    """Waiting requests get None when the last process has ended, and it gets no turn again."""

    async def work() -> None:
        only = Worker("only")
        worker: Any = only
        turns = await round_robin(only)
        await turns.take()
        waiting = asyncio.create_task(turns.take())
        await asyncio.sleep(0.01)
        only.kill()
        await turns.remove(worker)
        await turns.put_back(worker)
        assert await waiting is None
        assert await turns.take() is None

    run(work())
