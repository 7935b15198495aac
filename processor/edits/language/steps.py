"""Compile the terms of one clause to steps; no term may be left over."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from processor.edits.language.clauses import Clause
from processor.edits.language.parsers.implied import CONDITIONS
from processor.edits.language.parsers.table import PARSERS
from processor.edits.language.refusals import UNKNOWN
from processor.edits.language.segments import Segment
from processor.edits.language.states import is_fault, resolved
from processor.edits.language.terms import Number, ParseError, Term
from processor.edits.operations.base import Operation
from processor.edits.vocabulary import ParameterError

MOST_REPEATS: Final = 10
# Without quotes, what is to be written looks like unknown words: these parsers say that quotes are missing.
TAKES_WORDS: Final = frozenset({"text", "title", "watermark"})
# Their parsers take no number: "black and white 500px jpg".
PLAIN: Final = frozenset({"grayscale", "negate", "normalize", "equalize", "enhance", "sepia"})
# Operations whose amount has several parameters: "50%" and "1200px", "slightly" and "sigma 2".
MEASURED_IN_WAYS: Final = frozenset({"resize", "sharpen", "blur"})
ADVERBS: Final = frozenset({"once", "twice", "thrice"})
RIDER_OPTIONS: Final = frozenset({"lossless", "file"})
LEFT_OVER: Final = "understood, but it does not go with the rest of the step"
NOT_REMOVED: Final = "no operation takes this away from a picture: leave the step out that adds it"


@dataclass(frozen=True, kw_only=True, slots=True)
class Understood:
    """The steps that some terms compile to. *fault*: they repair what was described."""

    terms: tuple[Term, ...]
    steps: Sequence[Operation]
    fault: bool = False


def with_following(terms: tuple[Term, ...], following: Segment | None) -> tuple[Understood, int]:
    """Compile a clause; one that says too little alone may need what follows: "crop to 200x200 at 10, 20"."""
    try:
        return compile_clause(terms), 1
    except ParseError as error:
        waits = all(term.kind == "option" and term.name in CONDITIONS for term in terms)
        if following is not None and (following.adds or (waits and following.mark != "not")):
            with suppress(ParseError):
                return compile_clause((*terms, *following.terms)), 2
        raise error from None


def compile_clause(terms: tuple[Term, ...]) -> Understood:
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


def written(one: Understood) -> list[dict[str, Any]]:
    """Return the steps as a client would write them."""
    return [step.written() for step in one.steps]


def changes(one: Understood) -> list[tuple[str, frozenset[str]]]:
    """Return what steps change, whatever the amounts, and whatever they are measured in."""
    named = [(step.operation_name(), frozenset(step.model_fields_set)) for step in one.steps]
    return [(name, frozenset() if name in MEASURED_IN_WAYS else fields) for name, fields in named]


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
    if isinstance(last, Number) and last.name in ADVERBS and not last.relation and not last.label and headed:
        return terms[:-1], int(last.value)
    return terms, 1


def _repeats(clause: Clause) -> int:
    """Take "twice" at the end of a clause that has no other use for it."""
    last = clause.terms[-1]
    repeats = (
        isinstance(last, Number) and last.unit == "×" and last.value in range(1, MOST_REPEATS + 1) and not last.label
    )
    if not (isinstance(last, Number) and repeats and clause.rest == [last] and clause.head):
        return 1
    clause.rest = []
    return int(last.value)


def restates(terms: Sequence[Term]) -> bool:
    """Tell whether terms only repeat a default ("keep the aspect"), so that they may leave the steps as they are."""
    return all(term.kind in {"option", "place", "level", "relation", "verb"} for term in terms)
