"""Keep a number of processes running: restart one that died, replace one that is old.

A process is old when its credentials are about to expire, or when the alias points at another version.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Final

from local.api.round_robin import RoundRobin
from local.api.worker import ApiError, DeployedFunction, Worker
from local.lambdas.errors import HostError
from local.lambdas.function import Function
from local.lambdas.invocation import EXITED
from local.lambdas.sandbox import SandboxContext

CHECK_S: Final = 0.2
VERSION_CHECK_S: Final = 5.0
FIRST_PAUSE_S: Final = 0.1
LONGEST_PAUSE_S: Final = 5.0

log = logging.getLogger(__name__)


class Fleet:
    """*count* processes. *find* returns the deployed version, *prepare* gets code and credentials; both may block."""

    def __init__(
        self,
        count: int,
        *,
        find: Callable[[], Function],
        prepare: Callable[[Function], DeployedFunction],
        context: SandboxContext,
    ) -> None:
        self.round_robin = RoundRobin()
        self._count, self._find, self._prepare, self._context = count, find, prepare, context
        self._tasks: set[asyncio.Task[None]] = set()
        self._workers: list[Worker] = []

    async def start(self) -> None:
        """Start all and wait until they answer; ApiError or HostError when they do not."""
        workers = await asyncio.gather(*(self._launch() for _ in range(self._count)))
        for worker in workers:
            await self.round_robin.add(worker)
            self._spawn(self._keep_running(worker))

    async def stop(self) -> None:
        """End them all."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(worker.stop() for worker in self._workers))

    async def end(self, worker: Worker) -> None:
        """End a process; its place is taken by a new one."""
        await self.round_robin.remove(worker)
        await worker.stop()

    async def _launch(self) -> Worker:
        """Start one process and wait until it answers."""
        deployed = await asyncio.to_thread(lambda: self._prepare(self._find()))
        worker = Worker(deployed, self._context)
        self._workers.append(worker)
        try:
            await worker.ready()
        except BaseException:
            await self._drop(worker)
            raise
        return worker

    async def _keep_running(self, worker: Worker) -> None:
        """Replace one process again and again."""
        while True:
            how = await self._until_old(worker)
            successor = await self._start_successor(worker, how)
            await self.round_robin.add(successor)
            await self.round_robin.remove(worker)
            self._spawn(self._retire(worker))
            worker = successor

    async def _start_successor(self, worker: Worker, how: str | None) -> Worker:
        """Start the process that replaces *worker*; try until it starts."""
        if how is not None:
            log.error("process %d of %s ended (%s): starting another", worker.pid, worker.function.name, how)
            worker.log(f"Runtime exited with error: {how}\n{EXITED}")
            await self.round_robin.remove(worker)
        pause = FIRST_PAUSE_S
        while True:
            try:
                return await self._launch()
            except (ApiError, HostError) as error:
                log.error("%s", error)  # noqa: TRY400 - the text is complete
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    async def _until_old(self, worker: Worker) -> str | None:
        """Wait until *worker* has to be replaced; return how it ended, None while it still runs."""
        asked = time.monotonic()
        while (how := worker.ended()) is None:
            if worker.measure_mib() > worker.function.memory_mib:
                await self.end(worker)
            elif time.monotonic() - asked > VERSION_CHECK_S:
                if await asyncio.to_thread(self._is_old, worker):
                    return None
                asked = time.monotonic()
            await asyncio.sleep(CHECK_S)
        return how

    def _is_old(self, worker: Worker) -> bool:
        """Return whether a running process should be replaced."""
        if not worker.deployed.credentials.outlive(worker.function.timeout_s):
            return True
        try:
            now = self._find()
        except HostError as error:
            log.warning("%s", error)
            return False
        return (now.version, now.revision) != (worker.function.version, worker.function.revision)

    async def _retire(self, worker: Worker) -> None:
        """Wait for open streams, at most the function's timeout, then end the process."""
        deadline = time.monotonic() + worker.function.timeout_s
        while worker.streams and worker.ended() is None and time.monotonic() < deadline:  # noqa: ASYNC110 - three reasons
            await asyncio.sleep(CHECK_S)
        await self._drop(worker)

    async def _drop(self, worker: Worker) -> None:
        await worker.stop()
        self._workers = [one for one in self._workers if one is not worker]

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
