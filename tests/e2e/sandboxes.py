"""Lambda sandboxes that die in the middle of their work, and messages that come again soon after."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager

from tests.e2e.stack import LocalStack, wait_for


@contextmanager
def impatient(stack: LocalStack, role: str) -> Generator[None]:
    """Let messages that a queue hands out in this block come again after a second; a dozen minutes is for AWS."""
    sqs, url = stack.aws.client("sqs"), stack.known["queues"][role]
    before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1"})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=before)


def kill_mid_way(stack: LocalStack, function: str, is_mid_way: Callable[[], bool]) -> list[int]:
    """Kill the busy sandboxes of *function* while *is_mid_way*, and tell which.

    They are stopped while that is looked at, so that they cannot be done a moment later.
    """

    def strike() -> list[int] | None:
        pids = busy(stack, function)
        tell(pids, signal.SIGSTOP)
        meant = bool(pids) and is_mid_way()
        tell(pids, signal.SIGKILL if meant else signal.SIGCONT)
        return pids if meant else None

    return wait_for(strike, what=lambda: f"{function} in the middle of its work")


def busy(stack: LocalStack, function: str) -> list[int]:
    """Give the pids of the sandboxes of *function* that are at work."""
    host = json.loads((stack.folder / "run.json").read_text(encoding="utf-8"))["addresses"]["lambdas"]
    found = stack.http.get(f"{host}/status").json()["sandboxes"]
    return [one["pid"] for one in found if one["busy"] and one["function"] == function]


def tell(pids: list[int], number: signal.Signals) -> None:
    """Send a signal to processes of the stack."""
    for pid in pids:
        os.kill(pid, number)
