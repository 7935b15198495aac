"""Write items in batches, in order, in a thread of their own."""

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
    """A thread that passes items to *write*, at most every *every_s* seconds.

    When *write* raises any exception, the batch is tried again, five times within seconds. Then it is dropped, and the
    host's log gets a line with the number of items and the reason. Items that *write* removed from the list before it
    failed are not tried again.
    """

    def __init__(self, what: str, write: Callable[[list[Item]], None], *, every_s: float) -> None:
        self._what, self._write, self._every_s = what, write, every_s
        self._things: SimpleQueue[Item | None] = SimpleQueue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"batches of {what}", daemon=True)
        self._thread.start()

    def put(self, thing: Item) -> None:
        """Add one item."""
        self._things.put(thing)

    def close(self) -> None:
        """Write the remaining items, and stop. Safe to call twice."""
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
        """Take the queued items, at most a batch; leave the mark of the end in the queue."""
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
            except Exception as error:  # noqa: BLE001 - the functions go on, and the log has the reason
                if self._closing.is_set() or attempt == ATTEMPTS - 1:
                    log.error("%d %s are lost: %s", len(batch), self._what, error)  # noqa: TRY400 - the text is complete
                    break
            time.sleep(FIRST_PAUSE_S * 2**attempt)
        return None
