"""Compile commands in plain English to plans: ``compile_command("resize to 800px and convert to webp")``.

    command ─▶ terms      language/reading.py      words, numbers with their units and prepositions
            ─▶ clauses    language/segments.py     one for each thing that is asked for, or not wanted
            ─▶ order      language/order.py        "before", "after"; what a list shares
            ─▶ steps      language/steps.py        "make it dark", but not "it's dark" (states.py);
                                                   the parser (parsers/) of a clause takes what it knows

A clause is understood when nothing is left over, so no word is ignored. The same words always give the same plan; the
time is linear in their number.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from processor.edits.language.negation import check, enlarges_canvas, wished
from processor.edits.language.order import arranged, shared
from processor.edits.language.parsers.file import TWO_FORMATS
from processor.edits.language.questions import refuse_question
from processor.edits.language.reading import terms_of
from processor.edits.language.refusals import refusal
from processor.edits.language.segments import Segment, split
from processor.edits.language.states import contradicted, is_tilt
from processor.edits.language.steps import Understood, changes, compile_clause, restates, with_following, written
from processor.edits.language.terms import ParseError, Term
from processor.edits.operations.base import Operation
from processor.edits.plan import Plan, plan_of
from processor.errors import EditCode, EditError

MAX_COMMAND_CHARS: Final = 2_000
NOTHING_ASKED: Final = 'expected what to do, as in "resize to 800px"'


@dataclass(slots=True)
class Compilation:
    """A command being compiled: what is understood so far, what is not wanted, and the clause at work.

    *since*: the place in *understood* where the clauses behind the last "then" begin.
    """

    understood: list[Understood] = field(default_factory=list[Understood])
    unwanted: list[Segment] = field(default_factory=list[Segment])
    current: tuple[Term, ...] = ()
    since: int = 0

    @property
    def steps(self) -> list[Operation]:
        """Return all steps so far, in order."""
        return [step for one in self.understood for step in one.steps]

    def run(self, command: str) -> None:
        """Compile *command*; raises ParseError at the first place that is not understood."""
        terms = terms_of(command)
        refuse_question(command, terms)
        segments = shared(arranged(list(split(contradicted(terms)))))
        if not segments:
            raise ParseError(NOTHING_ASKED)
        at = 0
        while at < len(segments):
            self.current = segments[at].terms
            following = segments[at + 1] if at + 1 < len(segments) else None
            at += self._negated(segments[at], following) if segments[at].mark == "not" else self._next(segments, at)
        check(self.unwanted, self.steps, repairs=any(one.fault for one in self.understood))

    def _next(self, segments: Sequence[Segment], at: int) -> int:
        """Compile the clause *at*; return how many clauses were used."""
        segment = segments[at]
        self._refuse_second_format(segment)
        if self.understood and segment.adds and self._add(segment.terms):
            return 1
        following = segments[at + 1] if at + 1 < len(segments) else None
        if following is not None and is_tilt(segment.terms) and following.turns:
            return 1  # "it's crooked, rotate it by 2 degrees": the angle follows
        found, used = with_following(segment.terms, following)
        if self._already_repaired(segment):
            return used
        if self.understood and _same_part(self.understood[-1], found):
            return used
        if segment.mark:
            self.since = len(self.understood)
        described = self.understood[self.since :]
        if repaired := next((one for one in described if _repairs(found, one)), None):
            self.understood.remove(repaired)  # "it's blurry, sharpen it" says the repair as well
        self.understood.append(found)
        return used

    def _already_repaired(self, segment: Segment) -> bool:
        """Tell whether a clause only asks to "fix it", which the repair of a described fault has done."""
        only_fix = all(term.kind == "verb" or (term.kind, term.name) == ("head", "fix") for term in segment.terms)
        return only_fix and bool(self.understood) and self.understood[-1].fault

    def _negated(self, segment: Segment, following: Segment | None) -> int:
        """Follow what is not wanted: as a wish about the clause before or behind it, else as a condition."""
        wish = wished(segment)
        turned = bool(self.understood) and any(map(enlarges_canvas, self.understood[-1].steps))
        if turned and any(term.name == "no enlarge" for term in wish):
            wish = ()  # a condition that this turn cannot meet
        if wish and self.understood and self._add(wish):
            return 1
        if wish and following is not None and following.mark != "not":
            with suppress(ParseError):
                self.understood.append(compile_clause((*following.terms, *wish)))
                return 2
        self.unwanted.append(segment)
        return 1

    def _add(self, terms: tuple[Term, ...]) -> bool:
        """Read *terms* as the end of the clause before; tell whether they can be."""
        before = self.understood[-1]
        try:
            together = compile_clause((*before.terms, *terms))
        except ParseError:
            return False
        if written(together) == written(before) and not restates(terms):
            return False
        self.understood[-1] = together
        return True

    def _refuse_second_format(self, segment: Segment) -> None:
        """Refuse "convert to png and webp", of which only the last would be written."""
        second = next((term for term in segment.terms if term.kind == "format"), None)
        if self.understood and second is not None and segment.adds:
            names = [step.operation_name() for step in self.understood[-1].steps]
            if "format" in names:
                raise ParseError(TWO_FORMATS, second)


def compile_command(command: str) -> Plan:
    """Compile *command*; raises EditError INVALID_INPUT, UNPARSEABLE_COMMAND or UNSUPPORTED_COMMAND."""
    if len(command) > MAX_COMMAND_CHARS:
        log = f"the command has {len(command)} characters, expected at most {MAX_COMMAND_CHARS}; send several commands"
        raise EditError(EditCode.INVALID_INPUT, log, details={"limit": MAX_COMMAND_CHARS, "received": len(command)})
    if not is_text(command):
        raise EditError(EditCode.INVALID_INPUT, "the command holds halves of characters, expected Unicode text")
    compilation = Compilation()
    try:
        compilation.run(command)
    except ParseError as error:
        raise refusal(command, error, compilation.current, compilation.steps, is_command) from None
    return plan_of(compilation.steps)


def _same_part(before: Understood, found: Understood) -> bool:
    """Tell whether two clauses say the same cut in two ways: "cut off the left half and keep the right half"."""
    heads = [next((term.name for term in one.terms if term.kind == "head"), "") for one in (before, found)]
    crops = all(step.operation_name() == "crop" for step in (*before.steps, *found.steps))
    return crops and heads[0] != heads[1] and written(before) == written(found)


def _repairs(found: Understood, earlier: Understood) -> bool:
    """Tell whether *found* is the repair of a fault that was described *earlier*, without a number."""
    plain = earlier.fault and not any(term.kind == "number" for term in earlier.terms)
    return plain and changes(found) == changes(earlier)


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
        Compilation().run(text)
    except ParseError:
        return False
    return True
