"""Lambda sandboxes that die in the middle of their work."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from typing import TypeVar

from testkit.embedded_stack import LocalStack, wait_for

T = TypeVar("T")
# Shorter than the work that is to be met.
LOOK_S = 0.05


def kill_mid_way(stack: LocalStack, function: str, under_way: Callable[[], T]) -> T:
    """Kill the sandboxes of *function* in the middle of what is *under_way*, and give that, as soon as it is something.

    They are stopped while it is looked at, so that they cannot be done a moment later.
    """

    def strike() -> T | None:
        pids = busy(stack, function)
        tell(pids, signal.SIGSTOP)
        # One that began after the first look is not stopped, and what it does would be taken for theirs.
        meant = under_way() if pids else None
        struck = meant if busy(stack, function) == pids else None
        tell(pids, signal.SIGKILL if struck else signal.SIGCONT)
        return struck or None

    return wait_for(strike, what=lambda: f"{function} in the middle of its work", pause_s=LOOK_S)


def busy(stack: LocalStack, function: str) -> list[int]:
    """Return the pids of the sandboxes of *function* that are at work."""
    host = json.loads((stack.folder / "run.json").read_text(encoding="utf-8"))["addresses"]["lambdas"]
    found = stack.http.get(f"{host}/status").json()["sandboxes"]
    return [one["pid"] for one in found if one["busy"] and one["function"] == function]


def tell(pids: list[int], number: signal.Signals) -> None:
    """Send a signal to processes of the stack."""
    for pid in pids:
        os.kill(pid, number)
