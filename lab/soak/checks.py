"""Read everything once the stack is at rest, and run all checks over it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from lab.drill.operator import Operator, wait_until_settled
from lab.soak import check_photos, check_sessions, leaks, observations, secret_scan
from lab.soak.context import SoakContext
from lab.soak.model import SessionSeen, Violation

NONE_EXPECTED: Final = ("stuck", "orphans", "sent", "removed", "unrepaired")


def check_everything(context: SoakContext, operator: Operator, temporary: Path) -> list[Violation]:
    """Look at everything while the stack is up; name what is not as it must be."""
    ledger, stack = context.ledger, context.stack
    ledger.count("messages that came again", observations.came_again(stack))
    seen: dict[str, SessionSeen] = {}
    for name, line in ledger.sessions.items():
        ledger.guarded(name, lambda line=line: seen.update({line.session_id: observations.session(stack, line)}))
    # What is judged was there before the reconciler could mend it.
    photos = check_photos.check(ledger.photos.values(), observations.gallery(stack))
    wait_until_settled()
    return [
        *photos,
        *check_sessions.check(ledger.sessions, seen),
        *reconciled(operator.reconcile()),
        *secret_scan.check(stack),
        *leaks.check(leaks.Leaks(while_up=leaks.while_up(stack, temporary))),
    ]


def reconciled(said: Mapping[str, Any]) -> list[Violation]:
    """Judge a whole run of the reconciler: it finds nothing to do, and no orphan."""
    return [
        Violation(subject=f"the reconciler's {name}", expected="0", found=str(said[name]))
        for name in NONE_EXPECTED
        if said[name]
    ]
