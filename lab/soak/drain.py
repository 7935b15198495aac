"""Wait, after the workers have stopped, until the stack has finished all accepted work."""

from __future__ import annotations

import time
from typing import Any, Final

from lab.drill.operator import Operator
from lab.soak.context import LANES, PATIENCE_S, SoakContext, waiting
from lab.soak.kills import sandboxes
from lab.soak.model import Violation
from lab.soak.outages import send_back
from processor.handlers.batch import WAIT_S

# The lease of a worker that was killed ends with the time that its invocation had (Pulumi.dev.yaml: 120 s). A message
# that found it held may wait for its longest time then. Five attempts of a message, each after its patience, and some.
REST_S: Final = 120 + WAIT_S[-1] + 8.0 * PATIENCE_S
# Looked at twice: a message may be on its way from a queue to a sandbox.
STILL_S: Final = 2.0


def wait_until_idle(context: SoakContext) -> list[Violation]:
    """Wait until no message is in a lane and no sandbox is at work; a Violation when that does not come."""
    deadline = time.monotonic() + REST_S
    while not (quiet(context) and still_quiet(context)):
        if time.monotonic() > deadline:
            found = {lane: waiting(context.stack, lane) for lane in LANES}
            return [Violation(subject="the lanes", expected=f"rest within {REST_S:g} s", found=f"messages {found}")]
    return []


def still_quiet(context: SoakContext) -> bool:
    """Look once more, a moment later."""
    time.sleep(STILL_S)
    return quiet(context)


def quiet(context: SoakContext) -> bool:
    """Return whether nothing is under way."""
    busy = any(one["busy"] for one in sandboxes(context.stack))
    return not busy and not any(waiting(context.stack, lane) for lane in LANES)


def redrive_all(context: SoakContext, operator: Operator) -> dict[str, int]:
    """Send back what is left among the dead letters, once; give how many there were, by lane."""
    found = {lane: context.dead_letters(lane) for lane in LANES}
    for lane in (lane for lane, number in found.items() if number):
        context.ledger.guarded(f"the redrive of {lane}", lambda lane=lane: send_back(operator, lane))
    return found


def remaining_dead_letters(context: SoakContext) -> list[Violation]:
    """Name the lanes behind which something lies dead although it was sent back."""
    found: dict[str, Any] = {lane: context.dead_letters(lane) for lane in LANES}
    return [
        Violation(subject=f"dead letters of {lane}", expected="none after a redrive", found=str(number))
        for lane, number in found.items()
        if number
    ]
