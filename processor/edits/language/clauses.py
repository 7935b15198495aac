"""Clauses: the part of a command that asks for one thing, from which an operation's frame takes what it needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from processor.edits.language.terms import Extent, Kind, Number, Span, Stuck, Term, Unit

# Verbs that begin another step even where nobody wrote "and" or a comma.
IMPERATIVES: Final = frozenset({"resize", "scale", "crop", "rotate", "flip", "turn"})

# What begins another step, never more of the same one.
STRONG: Final = frozenset({"then", ";", "\n", "\r", ">", "→"})


class Clause:
    """The terms of one clause; a frame takes them one by one, and what it leaves is not understood.

    *head* names the operation, "" when only what it takes is there ("make it a webp").
    """

    def __init__(self, terms: Sequence[Term]) -> None:
        self.terms = tuple(term for term in terms if term.kind != "separator")
        # "turn" is often a mere verb: "turn it black and white".
        heads = [term for term in terms if term.kind == "head"]
        strong = [term for term in heads if term.name != "turn"] or heads
        self._head = strong[0] if strong else None
        passive = [term for term in heads if term.name == "turn"] if len(strong) < len(heads) else []
        self._rest = [term for term in self.terms if term is not self._head and term not in passive]
        self.verbs = frozenset(term.name for term in terms if term.kind == "verb")

    @property
    def head(self) -> str:
        """Name the operation's frame; "" when none is named."""
        return self._head.name if self._head else ""

    @property
    def place(self) -> Span:
        """Tell where the clause stands."""
        return Span(start=self.terms[0].start, end=self.terms[-1].end)

    def take(self, kind: Kind, *names: str) -> str:
        """Take the first term of *kind* (with one of *names*); its name, "" when there is none."""
        term = self._taken(kind, names)
        return term.name if term else ""

    def takes(self, kind: Kind, *names: str) -> bool:
        """Take such a term; tell whether there was one."""
        return self._taken(kind, names) is not None

    def all(self, kind: Kind, *names: str) -> list[str]:
        """Take every such term; their names."""
        taken: list[str] = []
        while term := self._taken(kind, names):
            taken.append(term.name)
        return taken

    def has(self, kind: Kind, *names: str) -> bool:
        """Tell whether such a term is there, without taking it."""
        return any(term.kind == kind and (not names or term.name in names) for term in self._rest)

    def number(self, *units: Unit, labels: Sequence[str] = ("",)) -> Number | None:
        """Take the first number in one of *units* that is a number of one of *labels*."""
        for term in self._rest:
            if isinstance(term, Number) and term.unit in units and term.label in labels:
                self._rest.remove(term)
                return term
        return None

    def numbers(self, *units: Unit, labels: Sequence[str]) -> list[Number]:
        """Take one number of each of *labels*; none when one of them is missing."""
        found = [number for label in labels if (number := self.number(*units, labels=(label,))) is not None]
        if len(found) == len(labels):
            return found
        for number in found:
            self.restore(number)
        return []

    def extent(self) -> Extent | None:
        """Take a width and height."""
        for term in self._rest:
            if isinstance(term, Extent):
                self._rest.remove(term)
                return term
        return None

    def restore(self, number: Number) -> None:
        """Put a number back that was taken too early."""
        self._rest.insert(0, number)

    def sided(self) -> bool:
        """Tell whether a number says which side it is, or what it is relative to."""
        return any(isinstance(term, Number) and (term.label or term.relation) for term in self._rest)

    def direction(self) -> int:
        """Take "more" (1) or "less" (-1); 0 when neither is there."""
        return {"more": 1, "less": -1, "": 0}[self.take("change", "more", "less")]

    def leftover(self) -> Term | None:
        """Give the first term that nobody took; what merely asks is no leftover."""
        return next((term for term in self._rest if term.kind != "verb"), None)

    def _taken(self, kind: Kind, names: Sequence[str]) -> Term | None:
        for term in self._rest:
            if term.kind == kind and (not names or term.name in names):
                self._rest.remove(term)
                return term
        return None

    def missing(self, expected: str) -> Stuck:
        """Make the error for a clause that does not say enough."""
        return Stuck(f"expected {expected}", self.place)


def split(terms: Sequence[Term]) -> Iterator[list[Term]]:
    """Cut at separators, and where another step begins without one; empty clauses are left out.

    A clause behind "then" begins with that separator: it is a step of its own, where "and" may go on with one.
    """
    clause: list[Term] = []
    for term in terms:
        begins = _begins(term, clause)
        if _says_something(clause) and (begins or term.kind == "separator"):
            yield clause
            clause = []
        if term.kind != "separator" or (term.name in STRONG and not clause):
            clause.append(term)
    if _says_something(clause):
        yield clause


def _says_something(clause: Sequence[Term]) -> bool:
    return any(term.kind != "separator" for term in clause)


def _begins(term: Term, clause: Sequence[Term]) -> bool:
    headed = any(one.kind == "head" and one.name != "turn" for one in clause)
    return headed and ((term.kind == "head" and term.name in IMPERATIVES) or term.kind == "verb")
