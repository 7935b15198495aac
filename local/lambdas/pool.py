"""Manage sandboxes: use warm ones again, start more when invocations overlap, end idle ones."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition
from typing import Final

from local.lambdas.errors import Stopping, Throttled
from local.lambdas.function import Function
from local.lambdas.sandbox import Sandbox

# Lambda keeps idle sandboxes for minutes too; the exact time is not documented.
IDLE_S: Final = 300.0

Key = tuple[str, str, str]
Start = Callable[[Function], Sandbox]


@dataclass(slots=True)
class Slot:
    """One slot of the pool. *sandbox*: None while it is being started; *since*: start of its idle time, monotonic."""

    function: Function
    sandbox: Sandbox | None = None
    busy: bool = True
    since: float = field(default_factory=time.monotonic)

    @property
    def key(self) -> Key:
        """Identity of the code and configuration: a warm sandbox must have the same."""
        return self.function.name, self.function.version, self.function.revision


class Pool:
    """At most *most* sandboxes at a time, of all functions together; each lent to one invocation at a time."""

    def __init__(self, start: Start, *, most: int) -> None:
        self.most = most
        self._start = start
        self._slots: list[Slot] = []
        self._change = Condition()
        self._closed = False

    @contextmanager
    def lend(self, function: Function) -> Generator[tuple[Sandbox, int]]:
        """Lend a sandbox; yield it with the number of busy sandboxes of the function.

        Raises Throttled when the function's reserved concurrency is used up, Stopping after close(), and any error of
        *start*. It waits while the pool is full: a message of a queue would otherwise wait for its visibility timeout.
        """
        slot, concurrent = self._take(function)
        try:
            if slot.sandbox is None:
                slot.sandbox = self._start(function)
            yield slot.sandbox, concurrent
        finally:
            self._return(slot)

    def slots(self) -> list[Slot]:
        """List all slots."""
        with self._change:
            return list(self._slots)

    def busy(self) -> Counter[str]:
        """Count busy sandboxes by function."""
        with self._change:
            return self._busy()

    def end_idle(self, *, older_than_s: float = IDLE_S) -> None:
        """End sandboxes that were idle for *older_than_s*, and those that cannot be used again."""
        now = time.monotonic()
        with self._change:
            old = [slot for slot in self._idle() if now - slot.since >= older_than_s or not usable(slot)]
            self._remove(old)
        stop(old)

    def close(self) -> None:
        """End all sandboxes, busy ones too, and lend no more."""
        with self._change:
            self._closed = True
            all_, self._slots = self._slots, []
            self._change.notify_all()
        stop(all_)

    def _take(self, function: Function) -> tuple[Slot, int]:
        """Find or create a slot; return it with the number of busy sandboxes of the function."""
        with self._change:
            while True:
                concurrent = self._admit(function)
                slot, replaced = self._place(Slot(function=function))
                if slot is not None:
                    break
                self._change.wait()
        stop(replaced)
        return slot, concurrent

    def _admit(self, function: Function) -> int:
        """Return the function's invocations with one more; raise Throttled or Stopping when no more may run."""
        if self._closed:
            raise Stopping(f"{function.name}: expected a host that runs, this one is stopping; try again")
        concurrent = self._busy()[function.name] + 1
        if function.reserved is not None and concurrent > function.reserved:
            raise Throttled(
                f"{function.name}: expected at most {function.reserved} invocations at a time (its reserved "
                f"concurrency), received one more; invoke it again later"
            )
        return concurrent

    def _place(self, wanted: Slot) -> tuple[Slot | None, list[Slot]]:
        """Return a warm slot, or *wanted* if there is room or an idle slot makes room; second, the slots to stop."""
        idle = self._idle()
        for slot in reversed(idle):
            if slot.key == wanted.key and usable(slot):
                slot.busy = True
                return slot, []
        if len(self._slots) >= self.most and not idle:
            return None, []
        replaced = [min(idle, key=lambda slot: slot.since)] if len(self._slots) >= self.most else []
        self._remove(replaced)
        self._slots.append(wanted)
        return wanted, replaced

    def _return(self, slot: Slot) -> None:
        with self._change:
            slot.busy, slot.since = False, time.monotonic()
            broken = self._closed or not usable(slot)
            if broken:
                self._remove([slot])
            self._change.notify()
        if broken:
            stop([slot])

    def _busy(self) -> Counter[str]:
        return Counter(slot.function.name for slot in self._slots if slot.busy)

    def _idle(self) -> list[Slot]:
        return [slot for slot in self._slots if not slot.busy]

    def _remove(self, gone: list[Slot]) -> None:
        self._slots = [slot for slot in self._slots if not any(slot is one for one in gone)]


def usable(slot: Slot) -> bool:
    """Return whether the sandbox of *slot* may be lent again."""
    return slot.sandbox is not None and slot.sandbox.usable()


def stop(slots: list[Slot]) -> None:
    """End the sandboxes of *slots*."""
    for slot in slots:
        if slot.sandbox is not None:
            slot.sandbox.stop()
