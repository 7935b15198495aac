"""Commands in plain English to plans: ``compile_command("resize to 800px and convert to webp")``.

Tokens become terms (``language/reading.py``), terms are cut into clauses (``language/clauses.py``), and each clause is
read by the frame of the operation that it names (``language/frames/table.py``), which takes what it knows: a clause is
understood when nothing is left over. The same words always give the same plan; the time is linear in their number.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final, get_args

from processor.edits.building import ParameterError
from processor.edits.language.clauses import Clause, split
from processor.edits.language.frames.table import FRAMES
from processor.edits.language.reading import terms_of
from processor.edits.language.refusals import refusal
from processor.edits.language.sharing import shared
from processor.edits.language.terms import Stuck, Term
from processor.edits.operations.base import Operation
from processor.edits.operations.file import PictureFormat
from processor.edits.plan import Plan, plan_of
from processor.errors import EditCode, EditError

MAX_COMMAND_CHARS: Final = 2_000
# Without quotes, what is to be written looks like unknown words: these frames say that quotes are missing.
TAKES_WORDS: Final = frozenset({"text", "title", "watermark"})
SPEAKS_FOR_ITSELF: Final = frozenset({"head", "verb", "change", "separator"})
UNKNOWN: Final = "not understood"
LEFT_OVER: Final = "understood, but it does not go with the rest of the step"
OTHER_FORMATS: Final = frozenset({"pdf", "heic", "heif", "bmp", "svg", "jxl", "ico", "psd", "raw", "dng", "eps", "mp"})
OTHER_FORMAT: Final = f"expected a format that can be written: {', '.join(get_args(PictureFormat))}"
TWO_FORMATS: Final = "expected one format, because one command writes one file for each picture"
NOTHING_ASKED: Final = 'expected what to do, as in "resize to 800px"'


@dataclass(frozen=True, kw_only=True, slots=True)
class Understood:
    """The steps that some terms compile to, and how many clauses these terms were."""

    terms: Sequence[Term]
    steps: Sequence[Operation]
    clauses: int = 1


def compile_command(command: str) -> Plan:
    """Compile *command*; raises EditError INVALID_INPUT, UNPARSEABLE_COMMAND or UNSUPPORTED_COMMAND."""
    if len(command) > MAX_COMMAND_CHARS:
        log = f"the command has {len(command)} characters, expected at most {MAX_COMMAND_CHARS}; send several commands"
        raise EditError(EditCode.INVALID_INPUT, log, details={"maximum": MAX_COMMAND_CHARS, "found": len(command)})
    if not is_text(command):
        raise EditError(EditCode.INVALID_INPUT, "the command holds halves of characters, expected Unicode text")
    clauses: Sequence[Sequence[Term]] = ()
    understood: list[Understood] = []
    try:
        clauses = shared(list(split(terms_of(command))))
        understand(clauses, understood)
    except Stuck as stuck:
        raise refusal(command, stuck, [*clauses, ()][_count(understood)], _steps(understood), is_command) from None
    return plan_of(_steps(understood))


def is_text(command: str) -> bool:
    """Tell whether *command* can be written down: JSON and command lines can carry lone surrogates, answers cannot."""
    try:
        command.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_command(text: str) -> bool:
    """Tell whether *text* is understood as a whole."""
    try:
        understand(shared(list(split(terms_of(text)))), [])
    except Stuck:
        return False
    return True


def understand(clauses: Sequence[Sequence[Term]], understood: list[Understood]) -> None:
    """Compile *clauses* one after the other into *understood*; raises Stuck at the first that is not understood."""
    if not clauses:
        raise Stuck(NOTHING_ASKED)
    while (at := _count(understood)) < len(clauses):
        _check_formats(understood, clauses[at])
        following = clauses[at + 1] if at + 1 < len(clauses) else ()
        if not (understood and _adds(clauses[at]) and _added(understood, clauses[at])):
            understood.append(_with_following(clauses[at], following if _adds(following) else ()))


def _check_formats(understood: Sequence[Understood], clause: Sequence[Term]) -> None:
    """Refuse "convert to png and webp", of which only the last would come out."""
    second = next((term for term in clause if term.kind == "format"), None)
    if understood and second is not None and _adds(clause) and understood[-1].steps[0].operation_name() == "format":
        raise Stuck(TWO_FORMATS, second)


def _adds(clause: Sequence[Term]) -> bool:
    """Tell whether a clause may say more about the one before it: "a border, 10px, red"."""
    return bool(clause) and not any(term.kind in SPEAKS_FOR_ITSELF for term in clause)


def _added(understood: list[Understood], clause: Sequence[Term]) -> bool:
    """Read *clause* as the end of the one before it; tell whether it could be."""
    before = understood[-1]
    try:
        together = _compile([*before.terms, *clause])
    except Stuck:
        return False
    understood[-1] = replace(together, clauses=before.clauses + 1)
    return True


def _with_following(clause: Sequence[Term], following: Sequence[Term]) -> Understood:
    """Compile a clause; one that says too little alone may need what follows: "crop to 200x200 at 10, 20"."""
    try:
        return _compile(clause)
    except Stuck as stuck:
        if following:
            with suppress(Stuck):
                return replace(_compile([*clause, *following]), clauses=2)
        raise stuck from None


def _compile(terms: Sequence[Term]) -> Understood:
    clause = Clause(terms)
    strange = next((term for term in terms if term.kind in {"unknown", "thing"}), None)
    if strange is not None and (clause.head not in TAKES_WORDS or clause.has("text")):
        raise Stuck(OTHER_FORMAT if strange.name in OTHER_FORMATS else UNKNOWN, strange)
    try:
        steps = FRAMES[clause.head](clause)
    except ParameterError as error:
        raise Stuck(str(error), clause.place) from None
    if (left := clause.leftover()) is not None:
        raise Stuck(LEFT_OVER, left)
    return Understood(terms=terms, steps=steps)


def _count(understood: Sequence[Understood]) -> int:
    return sum(one.clauses for one in understood)


def _steps(understood: Sequence[Understood]) -> list[Operation]:
    return [step for one in understood for step in one.steps]
