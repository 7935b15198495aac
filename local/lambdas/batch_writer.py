"""Hand things over in batches, in order, without making whoever has them wait."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")

BATCH: Final = 500
ATTEMPTS: Final = 5
FIRST_PAUSE_S: Final = 0.2

log = logging.getLogger(__name__)


class BatchWriter(Generic[Item]):
    """A thread that gives whatever was put to *write*, at most every *every_s* seconds.

    A batch that *write* refuses (any exception) is tried again, five times within seconds; then it is given up, with
    a line in the host's log that says how much was lost and why. What *write* has taken out of the list before it
    failed is not tried again.
    """

    def __init__(self, what: str, write: Callable[[list[Item]], None], *, every_s: float) -> None:
        self._what, self._write, self._every_s = what, write, every_s
        self._things: SimpleQueue[Item | None] = SimpleQueue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"batches of {what}", daemon=True)
        self._thread.start()

    def put(self, thing: Item) -> None:
        """Add one thing."""
        self._things.put(thing)

    def close(self) -> None:
        """Write what is left, and stop. Safe to call twice."""
        self._closing.set()
        self._things.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (first := self._things.get()) is not None:
            self._closing.wait(self._every_s)
            self._hand_over([first, *self._waiting()])
        if rest := self._waiting():
            self._hand_over(rest)

    def _waiting(self) -> list[Item]:
        """Take what is there, but not the end's mark before its time."""
        taken: list[Item] = []
        while len(taken) < BATCH:
            try:
                thing = self._things.get_nowait()
            except Empty:
                break
            if thing is None:
                self._things.put(None)
                break
            taken.append(thing)
        return taken

    def _hand_over(self, batch: list[Item]) -> None:
        for attempt in range(ATTEMPTS):
            try:
                return self._write(batch)
            except Exception as error:  # noqa: BLE001 - whatever it is, the functions go on, and it is told
                if self._closing.is_set() or attempt == ATTEMPTS - 1:
                    log.error("%d %s are lost: %s", len(batch), self._what, error)  # noqa: TRY400 - it says all
                    break
            time.sleep(FIRST_PAUSE_S * 2**attempt)
        return None
