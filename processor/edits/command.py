"""Commands in plain English to plans: ``compile_command("resize to 800px and convert to webp")``.

Tokens become terms (``language/reading.py``), terms are cut into clauses (``language/clauses.py``), and each clause is
read by the frame of the operation that it names (``language/frames/table.py``), which takes what it knows: a clause is
understood when nothing is left over. The same words always give the same plan; the time is linear in their number.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from processor.edits.building import ParameterError
from processor.edits.language.clauses import Clause, split
from processor.edits.language.frames.table import FRAMES
from processor.edits.language.reading import terms_of
from processor.edits.language.refusals import refusal
from processor.edits.language.sharing import shared
from processor.edits.language.terms import Stuck, Term
from processor.edits.operations.base import Operation
from processor.edits.plan import Plan, plan_of
from processor.errors import EditCode, EditError

MAX_CHARACTERS: Final = 2_000
# Without quotes, what is to be written looks like unknown words: these frames say that quotes are missing.
TAKES_WORDS: Final = frozenset({"text", "title", "watermark"})
SPEAKS_FOR_ITSELF: Final = frozenset({"head", "verb", "change"})
NOTHING_ASKED: Final = 'expected what to do, as in "resize to 800px"'


@dataclass(frozen=True, kw_only=True, slots=True)
class Understood:
    """A clause and the steps that it compiles to."""

    terms: Sequence[Term]
    steps: Sequence[Operation]


def compile_command(command: str) -> Plan:
    """Compile *command*; raises EditError INVALID_INPUT, UNPARSEABLE_COMMAND or UNSUPPORTED_COMMAND."""
    if len(command) > MAX_CHARACTERS:
        log = f"the command has {len(command)} characters, expected at most {MAX_CHARACTERS}; send several commands"
        raise EditError(EditCode.INVALID_INPUT, log, details={"maximum": MAX_CHARACTERS, "found": len(command)})
    understood: list[Understood] = []
    clause: Sequence[Term] = ()
    try:
        for clause in shared(list(split(terms_of(command)))):  # noqa: B007 - a refusal looks at the last one
            _read(clause, understood)
        if not understood:
            raise Stuck(NOTHING_ASKED)
    except Stuck as stuck:
        raise refusal(command, stuck, clause, _steps(understood)) from None
    return plan_of(_steps(understood))


def _read(clause: Sequence[Term], understood: list[Understood]) -> None:
    """Compile one clause; one without a verb or an operation may add to the clause before it ("border, 10px, red")."""
    adds = not any(term.kind in SPEAKS_FOR_ITSELF for term in clause)
    if understood and adds:
        with suppress(Stuck):
            understood[-1] = _compile([*understood[-1].terms, *clause])
            return
    understood.append(_compile(clause))


def _compile(terms: Sequence[Term]) -> Understood:
    clause = Clause(terms)
    strange = next((term for term in terms if term.kind in {"unknown", "thing"}), None)
    if strange is not None and (clause.head not in TAKES_WORDS or clause.has("text")):
        raise Stuck(f"“{strange.name}” is not understood here", strange)
    try:
        steps = FRAMES[clause.head](clause)
    except ParameterError as error:
        raise Stuck(str(error), clause.place) from None
    if (left := clause.leftover()) is not None:
        raise Stuck(f"“{left.name}” does not go with the rest", left)
    return Understood(terms=terms, steps=steps)


def _steps(understood: Sequence[Understood]) -> list[Operation]:
    return [step for one in understood for step in one.steps]
