"""Let a parser take what it needs from the terms of one clause; what it leaves is not understood."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from processor.edits.language.segments import WEAK
from processor.edits.language.terms import Extent, Kind, Number, ParseError, Point, Span, Term, Unit

# Prepositions in front of numbers: they set a value, change it, or bound it.
SETS: Final = frozenset({"", "to", "at", "of", "with", "in", "for", "as", "into"})
CHANGES: Final = SETS | {"by"}
BOUNDS: Final = SETS | {"max", "within"}


def _names_kind(before: Term, term: Term) -> bool:
    """Tell whether *term* only says what kind of thing *before* is: "sepia filter", "square version"."""
    kinds = {"head", "aspect", "format", "extent", "orientation"}
    shaped = (term.kind, term.name) == ("option", "file") and before.kind == "aspect"  # "in 5:4 format"
    return shaped or ((term.kind, term.name) in {("option", "effect"), ("option", "copy")} and before.kind in kinds)


class Clause:
    """The terms of one clause; a parser takes them one by one, and what it leaves is not understood.

    *head* names the operation, "" when only what it takes is there ("make it a webp").
    """

    def __init__(self, terms: Sequence[Term]) -> None:
        self.terms = tuple(terms)
        heads = [term for term in terms if term.kind == "head"]
        self._head = next((term for term in heads if term.name not in WEAK), heads[0] if heads else None)
        turned = [term for term in heads if term.name == "turn" and term is not self._head]
        just = (
            self.terms[:1] if len(terms) > 1 and terms[0].name == "only" and terms[1].kind in {"head", "verb"} else ()
        )
        named = [term for before, term in pairwise(self.terms) if _names_kind(before, term)]
        named += [term for term in self.terms if (term.kind, term.name) == ("option", "all pictures")]
        self.rest = [term for term in self.terms if term is not self._head and term not in (*turned, *just, *named)]
        self.verbs = frozenset(term.name for term in terms if term.kind == "verb")

    @property
    def head(self) -> str:
        """Return the name of the operation's parser; "" when none is named."""
        return self._head.name if self._head else ""

    @property
    def place(self) -> Span:
        """Return where the clause stands."""
        return Span(start=self.terms[0].start, end=self.terms[-1].end)

    def take(self, kind: Kind, *names: str) -> str:
        """Take the first term of *kind* (with one of *names*) and return its name, "" when there is none."""
        term = self.term(kind, *names)
        return term.name if term else ""

    def takes(self, kind: Kind, *names: str) -> bool:
        """Take such a term; tell whether there was one."""
        return self.term(kind, *names) is not None

    def all(self, kind: Kind, *names: str) -> list[str]:
        """Take every such term and return their names."""
        taken: list[str] = []
        while term := self.term(kind, *names):
            taken.append(term.name)
        return taken

    def has(self, kind: Kind, *names: str) -> bool:
        """Tell whether such a term is there, without taking it."""
        return any(term.kind == kind and (not names or term.name in names) for term in self.rest)

    def term(self, kind: Kind, *names: str) -> Term | None:
        """Take such a term and return it."""
        for term in self.rest:
            if term.kind == kind and (not names or term.name in names):
                self.rest.remove(term)
                return term
        return None

    def number(self, *units: Unit, labels: Sequence[str] = ("",), relations: frozenset[str] = SETS) -> Number | None:
        """Take the first number in one of *units*, of one of *labels*, behind one of the prepositions *relations*."""
        number = self.peek(*units, labels=labels, relations=relations)
        if number is not None:
            self.rest.remove(number)
        return number

    def peek(self, *units: Unit, labels: Sequence[str] = ("",), relations: frozenset[str] = SETS) -> Number | None:
        """Return such a number without taking it."""
        for term in self.rest:
            fits = isinstance(term, Number) and term.unit in units and term.label in labels
            if fits and isinstance(term, Number) and term.relation in relations:
                return term
        return None

    def numbers(self) -> list[Number]:
        """Return every number that is left, without taking it."""
        return [term for term in self.rest if isinstance(term, Number)]

    def extent(self) -> Extent | None:
        """Take a width and height."""
        found = next(
            (term for term in self.rest if isinstance(term, Extent) and term.relation in BOUNDS | {"on"}), None
        )
        if found is not None:
            self.rest.remove(found)
        return found

    def point(self) -> Point | None:
        """Take a place in px."""
        found = next((term for term in self.rest if isinstance(term, Point)), None)
        if found is not None:
            self.rest.remove(found)
        return found

    def beside(self, term: Term, offset: int) -> Term | None:
        """Return the term that stands *offset* places behind *term* in the clause, if it is not taken yet."""
        at = next(place for place, one in enumerate(self.terms) if one is term) + offset
        near = self.terms[at] if 0 <= at < len(self.terms) else None
        return near if near is not None and any(one is near for one in self.rest) else None

    def direction(self) -> int:
        """Take "more" (1) or "less" (-1); 0 when neither is there."""
        return {"more": 1, "less": -1, "": 0}[self.take("change", "more", "less")]

    def leftover(self) -> Term | None:
        """Return the first term that no parser took; a verb only asks, so it is none."""
        return next((term for term in self.rest if term.kind != "verb"), None)

    def missing(self, expected: str, *suggestions: str) -> ParseError:
        """Make the error for a clause that does not say enough."""
        return ParseError(f"expected {expected}", self.place, suggestions)
