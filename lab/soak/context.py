"""Share the stack, the ledger and the stop signal between all workers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any, Final

import httpx

from lab.soak.ledger import Ledger
from testkit.embedded_stack import LocalStack

LANES: Final = ("uploads", "backfill", "jobs")
FUNCTIONS: Final = ("darkroom-local-rendition", "darkroom-local-edit")
# A dead worker's message comes again after this; the deployed twelve minutes are longer than most soaks.
PATIENCE_S: Final = 20
LOOK_S: Final = 0.2
ATTEMPTS: Final = 6
PAUSE_S: Final = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class SoakContext:
    """*over*: the stop signal: workers begin nothing new once it is set."""

    stack: LocalStack
    ledger: Ledger
    over: threading.Event

    def wait_for(self, look: Callable[[], bool], *, within_s: float) -> bool:
        """Call *look* until it returns True or *within_s* have passed; return its last result."""
        deadline = time.monotonic() + within_s
        while not (found := look()) and time.monotonic() < deadline:
            time.sleep(LOOK_S)
        return found

    def dead_letters(self, lane: str) -> int:
        """Count the dead letters of *lane*, those in flight included."""
        return waiting(self.stack, f"{lane}-dead-letters")

    @contextmanager
    def patient(self, lane: str, seconds: int) -> Generator[None]:
        """Set the visibility timeout of *lane* to *seconds* for the block."""
        sqs: Any = self.stack.aws.client("sqs")
        url = self.stack.known["queues"][lane]
        before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(seconds)})
        try:
            yield
        finally:
            sqs.set_queue_attributes(QueueUrl=url, Attributes=before)


def waiting(stack: LocalStack, role: str) -> int:
    """Count a queue's messages: visible, in flight, and delayed because they wait for another invocation.

    What is delayed in the jobs queue are the checks of sessions a quarter of an hour later (ADR 27).
    """
    parts = ("", "NotVisible") if role == "jobs" else ("", "NotVisible", "Delayed")
    sqs: Any = stack.aws.client("sqs")
    asked = sqs.get_queue_attributes(QueueUrl=stack.known["queues"][role], AttributeNames=["All"])["Attributes"]
    return sum(int(asked.get(f"ApproximateNumberOfMessages{part}", 0)) for part in parts)


def send_until_answered(send: Callable[[], httpx.Response]) -> httpx.Response:
    """Send a repeatable request until a server answers it, as clients do: a process behind it may just have died."""
    for attempt in range(ATTEMPTS):
        last = attempt == ATTEMPTS - 1
        try:
            answer = send()
        except httpx.TransportError:
            if last:
                raise
        else:
            if last or not answer.is_server_error:
                return answer
        time.sleep(PAUSE_S * (attempt + 1))
    raise AssertionError("the last attempt returns or raises")


def random_for(seed: int, name: str) -> Random:
    """Return a random generator of the worker's own, so that threads do not disturb each other's."""
    return Random(f"{seed} {name}")  # noqa: S311 - chance, not secrecy
