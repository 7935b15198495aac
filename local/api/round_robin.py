"""Choose the process of the next request by round robin, so that state in an application's memory is never relied on.

A process takes one request at a time, as on Lambda, until its answer begins; streams stay open beside others, because
a process for each stream, as on Lambda, would be 200 processes.
"""

from __future__ import annotations

import asyncio
from collections import deque

from local.api.worker import Worker


class RoundRobin:
    """Processes: *alive* ones, of which some are idle and the others have a request."""

    def __init__(self) -> None:
        self.alive: list[Worker] = []
        self._idle: deque[Worker] = deque()
        self._change = asyncio.Condition()

    async def add(self, worker: Worker) -> None:
        """Let *worker* take its turn."""
        async with self._change:
            self.alive.append(worker)
            self._idle.append(worker)
            self._change.notify()

    async def remove(self, worker: Worker) -> None:
        """Take *worker* out: it gets no more requests."""
        async with self._change:
            self.alive = [one for one in self.alive if one is not worker]
            self._idle = deque(one for one in self._idle if one is not worker)
            # Wake all waiting requests: perhaps no process is left to wait for.
            self._change.notify_all()

    async def take(self) -> Worker | None:
        """Wait for the next process that is free; None when none is left."""
        async with self._change:
            while True:
                while self._idle:
                    worker = self._idle.popleft()
                    if worker.ended() is None:
                        return worker
                if all(worker.ended() is not None for worker in self.alive):
                    return None
                await self._change.wait()

    async def put_back(self, worker: Worker) -> None:
        """Put *worker* at the end of the queue again."""
        async with self._change:
            if any(one is worker for one in self.alive):
                self._idle.append(worker)
                self._change.notify()
