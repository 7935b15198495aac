"""Compile commands in plain English to plans: ``compile_command("resize to 800px and convert to webp")``.

    command ─▶ terms      language/reading.py      words, numbers with their units and prepositions
            ─▶ clauses    language/clauses.py      one for each thing that is asked for, or not wanted
            ─▶ order      language/order.py        "before", "after"; what a list shares
            ─▶ wishes     language/states.py       "make it dark", but not "it's dark"
            ─▶ steps      language/parsers/        the parser of the operation that a clause names takes what it knows

A clause is understood when nothing is left over, so no word is ignored. The same words always give the same plan; the
time is linear in their number.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from processor.edits.language.clauses import Clause, Segment, split
from processor.edits.language.negation import check, wished
from processor.edits.language.order import arranged, shared
from processor.edits.language.parsers.file import TWO_FORMATS
from processor.edits.language.parsers.table import PARSERS
from processor.edits.language.questions import refuse_question
from processor.edits.language.reading import terms_of
from processor.edits.language.refusals import UNKNOWN, refusal
from processor.edits.language.states import contradicted, is_fault, resolved
from processor.edits.language.terms import Number, ParseError, Term
from processor.edits.operations.base import Operation
from processor.edits.plan import Plan, plan_of
from processor.edits.vocabulary import ParameterError
from processor.errors import EditCode, EditError

MAX_COMMAND_CHARS: Final = 2_000
MOST_REPEATS: Final = 10
# Without quotes, what is to be written looks like unknown words: these parsers say that quotes are missing.
TAKES_WORDS: Final = frozenset({"text", "title", "watermark"})
# Their parsers take no number: "black and white 500px jpg".
PLAIN: Final = frozenset({"grayscale", "negate", "normalize", "equalize", "enhance", "sepia"})
ADVERBS: Final = frozenset({"once", "twice", "thrice"})
RIDER_OPTIONS: Final = frozenset({"lossless", "file"})
LEFT_OVER: Final = "understood, but it does not go with the rest of the step"
NOT_REMOVED: Final = "no operation takes this away from a picture: leave the step out that adds it"
NOTHING_ASKED: Final = 'expected what to do, as in "resize to 800px"'


@dataclass(frozen=True, kw_only=True, slots=True)
class Understood:
    """The steps that some terms compile to. *fault*: they repair what was described."""

    terms: tuple[Term, ...]
    steps: Sequence[Operation]
    fault: bool = False


@dataclass(slots=True)
class Compilation:
    """A command being compiled: what is understood so far, what is not wanted, and the clause at work."""

    understood: list[Understood] = field(default_factory=list[Understood])
    unwanted: list[Segment] = field(default_factory=list[Segment])
    current: tuple[Term, ...] = ()

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
        found, used = _with_following(segment.terms, following)
        if self._already_repaired(segment):
            return used
        repaired = self.understood and self.understood[-1].fault and segment.mark == ""
        if repaired and _changes(found) == _changes(self.understood[-1]):
            self.understood.pop()  # "it's blurry, sharpen it" says the repair as well
        self.understood.append(found)
        return used

    def _already_repaired(self, segment: Segment) -> bool:
        """Tell whether a clause only asks to "fix it", which the repair of a described fault has done."""
        only_fix = all(term.kind == "verb" or (term.kind, term.name) == ("head", "fix") for term in segment.terms)
        return only_fix and bool(self.understood) and self.understood[-1].fault

    def _negated(self, segment: Segment, following: Segment | None) -> int:
        """Follow what is not wanted: as a wish about the clause before or behind it, else as a condition."""
        wish = wished(segment)
        if wish and self.understood and self._add(wish):
            return 1
        if wish and following is not None and following.mark != "not" and not self.understood:
            with suppress(ParseError):
                self.understood.append(_compile((*following.terms, *wish)))
                return 2
        self.unwanted.append(segment)
        return 1

    def _add(self, terms: tuple[Term, ...]) -> bool:
        """Read *terms* as the end of the clause before; tell whether they can be."""
        before = self.understood[-1]
        try:
            together = _compile((*before.terms, *terms))
        except ParseError:
            return False
        if _written(together) == _written(before) and not _restates(terms):
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
        raise EditError(EditCode.INVALID_INPUT, log, details={"maximum": MAX_COMMAND_CHARS, "found": len(command)})
    if not is_text(command):
        raise EditError(EditCode.INVALID_INPUT, "the command holds halves of characters, expected Unicode text")
    compilation = Compilation()
    try:
        compilation.run(command)
    except ParseError as error:
        raise refusal(command, error, compilation.current, compilation.steps, is_command) from None
    return plan_of(compilation.steps)


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


def _with_following(terms: tuple[Term, ...], following: Segment | None) -> tuple[Understood, int]:
    """Compile a clause; one that says too little alone may need what follows: "crop to 200x200 at 10, 20"."""
    try:
        return _compile(terms), 1
    except ParseError as error:
        if following is not None and following.adds:
            with suppress(ParseError):
                return _compile((*terms, *following.terms)), 2
        raise error from None


def _compile(terms: tuple[Term, ...]) -> Understood:
    """Compile the terms of one clause; raises ParseError where a term is unknown or left over."""
    terms, times = _without_repeat(terms)
    clause = Clause(resolved(terms))
    strange = next((term for term in terms if term.kind in {"unknown", "thing", "cannot"}), None)
    if strange is not None and (strange.kind == "cannot" or clause.head not in TAKES_WORDS or clause.has("text")):
        raise ParseError(UNKNOWN, strange)
    try:
        steps = PARSERS[clause.head](clause)
        steps = [*steps, *_rider(clause)] * (times * _repeats(clause))
    except ParameterError as error:
        raise ParseError(str(error), clause.place) from None
    if (left := clause.leftover()) is not None:
        raise ParseError(NOT_REMOVED if left.name == "remove" else LEFT_OVER, left)
    return Understood(terms=terms, steps=steps, fault=is_fault(terms))


def _written(one: Understood) -> list[dict[str, Any]]:
    return [step.written() for step in one.steps]


def _changes(one: Understood) -> list[tuple[str, frozenset[str]]]:
    """Return what steps change, whatever the amounts."""
    return [(step.operation_name(), frozenset(step.model_fields_set)) for step in one.steps]


def _rider(clause: Clause) -> list[Operation]:
    """Compile what a clause says besides its own step: "resize to 800px as webp", "black and white 500px"."""
    rest = [term for term in clause.rest if term.kind != "verb"]
    plain = clause.head in PLAIN
    told = [term for term in rest if _names_file(term) or (plain and _sizes(term))]
    if not told or not all(_rides(term) or (plain and _sizes(term)) for term in rest):
        return []
    rider = Clause(rest)
    steps = PARSERS[rider.head if any(map(_names_file, rest)) else "resize"](rider)
    clause.rest = rider.rest
    return steps


def _names_file(term: Term) -> bool:
    return term.kind in {"format", "source format"} or _of_file(term)


def _of_file(term: Term) -> bool:
    return isinstance(term, Number) and (term.unit == "bytes" or term.label == "quality")


def _sizes(term: Term) -> bool:
    """Tell whether a term can only be about the picture's size or shape."""
    length = isinstance(term, Number) and (term.unit == "px" or term.label in {"width", "height", "longest"})
    return length or term.kind in {"extent", "aspect"}


def _rides(term: Term) -> bool:
    named = (term.kind, term.name) == ("head", "quality")
    option = term.kind == "option" and term.name in RIDER_OPTIONS
    bare = isinstance(term, Number) and not term.unit and not term.label  # a format's quality, or left over
    return named or option or bare or _of_file(term) or term.kind in {"format", "source format", "level"}


def _without_repeat(terms: tuple[Term, ...]) -> tuple[tuple[Term, ...], int]:
    """Take "twice" from the end of a clause that names an operation: it is done that often."""
    last = terms[-1]
    headed = any(term.kind == "head" for term in terms)
    if isinstance(last, Number) and last.name in ADVERBS and not last.relation and headed:
        return terms[:-1], int(last.value)
    return terms, 1


def _repeats(clause: Clause) -> int:
    """Take "twice" at the end of a clause that has no other use for it."""
    last = clause.terms[-1]
    repeats = isinstance(last, Number) and last.unit == "×" and last.value in range(1, MOST_REPEATS + 1)
    if not (isinstance(last, Number) and repeats and clause.rest == [last] and clause.head):
        return 1
    clause.rest = []
    return int(last.value)


def _restates(terms: Sequence[Term]) -> bool:
    """Tell whether terms only repeat a default ("keep the aspect"), so that they may leave the steps as they are."""
    return all(term.kind in {"option", "place", "level", "relation", "verb"} for term in terms)
