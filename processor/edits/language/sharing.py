"""What clauses share: "increase brightness and contrast by 20%" raises both, each by 20 %."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from processor.edits.language.terms import Number, Term

TONES: Final = frozenset({"brightness", "saturation", "contrast"})


def shared(clauses: Sequence[Sequence[Term]]) -> list[list[Term]]:
    """Give each clause of a list of tones the direction of the first and the number of the last."""
    done = [list(clause) for clause in clauses]
    for at in range(1, len(done)):
        change = next((term for term in done[at - 1] if term.kind == "change"), None)
        if change is not None and _tone(done[at - 1]) and _tone(done[at]) and not _says(done[at]):
            done[at].insert(0, change)
    for at in range(len(done) - 2, -1, -1):
        number = next((term for term in done[at + 1] if isinstance(term, Number) and term.relation == "by"), None)
        same = [term for term in done[at] if term.kind == "change" and term in done[at + 1]]
        if number is not None and same and not _numbers(done[at]):
            done[at].append(number)
    return done


def _tone(clause: Sequence[Term]) -> bool:
    return any(term.kind == "head" and term.name in TONES for term in clause)


def _says(clause: Sequence[Term]) -> bool:
    """Tell whether a clause says itself what is done, or stands behind "then"."""
    return any(
        term.kind in {"change", "verb", "separator"} or (isinstance(term, Number) and term.signed) for term in clause
    )


def _numbers(clause: Sequence[Term]) -> bool:
    return any(isinstance(term, Number) for term in clause)
