"""When all is at rest: read everything, and hold it against the promises."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tools.drill.operator import Operator, wait_until_settled
from tools.soak import judging_photos, judging_sessions, observing, remains, secrecy
from tools.soak.model import SessionSeen, Violation
from tools.soak.world import World

NONE_EXPECTED: Final = ("stuck", "orphans", "sent")


def looked(world: World, operator: Operator, temporary: Path) -> list[Violation]:
    """Look at everything while the stack is up; name what is not as it must be."""
    ledger, stack = world.ledger, world.stack
    ledger.count("messages that came again", observing.came_again(stack))
    seen: dict[str, SessionSeen] = {}
    for name, line in ledger.sessions.items():
        ledger.guarded(name, lambda line=line: seen.update({line.session_id: observing.session(stack, line)}))
    # What is judged was there before the reconciler could mend it.
    photos = judging_photos.judged(ledger.photos.values(), observing.gallery(stack))
    wait_until_settled()
    return [
        *photos,
        *judging_sessions.judged(ledger.sessions, seen),
        *reconciled(operator.reconcile()),
        *secrecy.judged(stack),
        *remains.judged(remains.Left(while_up=remains.while_up(stack, temporary))),
    ]


def reconciled(said: Mapping[str, Any]) -> list[Violation]:
    """Judge a whole run of the reconciler: it finds nothing to do, and no orphan."""
    return [
        Violation(subject=f"the reconciler's {name}", expected="0", found=str(said[name]))
        for name in NONE_EXPECTED
        if said[name]
    ]
