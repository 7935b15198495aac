"""Cut a command into segments, each of which asks for one thing or says what is not wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal

from processor.edits.language.terms import Number, ParseError, Span, Term

# Heads that are often only a verb or a noun beside another head: "turn it black and white", "keeping the top".
WEAK: Final = frozenset({"turn", "color", "keep"})
# Heads that begin another step even without "and" or a comma in front of them.
IMPERATIVES: Final = frozenset({"resize", "scale", "crop", "rotate", "flip", "turn", "grayscale", "sharpen", "sepia"})
TONES: Final = frozenset({"brightness", "contrast", "saturation", "hue", "gamma", "exposure"})
# Tones that name their direction: "brighter with more contrast".
DIRECTED: Final = frozenset({"contrasty", "less contrasty"})
WRITES: Final = frozenset({"text", "title", "watermark"})
KEPT: Final = frozenset({("option", "part"), ("option", "face"), ("option", "subject")})
FILLINGS: Final = frozenset({"rest", "bars", "padding", "pad", "cover"})
# Separators behind which a step of its own begins.
STRONG: Final = frozenset({"then", "first", ";", "\n", "\r", ">", "→"})
# Behind a clause they put it before the one in front of it.
LAST_FIRST: Final = frozenset({"first", "before that"})
SENTENCES: Final = STRONG | {"."}

# Negations that name what is not wanted: "keep the size".
NAMED: Final = frozenset({"resize"})

NOTHING_FOLLOWS: Final = "expected what comes behind it"
END: Final = Term(kind="separator", name="", start=0, end=0)

Mark = Literal["", "then", "not", "before", "after", "before that"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """The terms of one clause. *mark*: how it is joined; "not": what it names is not wanted."""

    terms: tuple[Term, ...]
    mark: Mark = ""
    leading: bool = False
    """It opens a sentence: "before" and "after" refer to the clause behind it, not to the one before."""

    @property
    def place(self) -> Span:
        """Return where the clause stands."""
        return Span(start=self.terms[0].start, end=self.terms[-1].end)

    @property
    def turns(self) -> bool:
        """Tell whether the clause turns the picture by an angle."""
        named = {term.name for term in self.terms if term.kind == "head"}
        return bool(named & {"rotate", "straighten", "turn"}) and any(isinstance(term, Number) for term in self.terms)

    @property
    def adds(self) -> bool:
        """Tell whether the clause may say more about the one before it: "a border, 10px, red"."""
        own = {"head", "state", "verb", "change", "too", "copula"}
        plain = all(term.kind not in own for term in self.terms)
        return self.mark == "" and (plain or self._fills or self._keeps)

    @property
    def _keeps(self) -> bool:
        """Tell whether the clause only says which side of a shape stays: "and keep the upper part"."""
        named = {(term.kind, term.name) for term in self.terms if term.kind != "place"}
        return ("head", "keep") in named and named <= {("head", "keep"), *KEPT}

    @property
    def _fills(self) -> bool:
        """Tell whether the clause only names what fills the rest: "use black bars", "pad with white"."""
        kinds = {"colour", "option", "verb"}
        heads = [term for term in self.terms if term.kind == "head"]
        return bool(heads) and all(term.kind in kinds or term.name in FILLINGS for term in self.terms)


def split(terms: Sequence[Term]) -> Iterator[Segment]:
    """Cut at separators and negations, and where another step begins without one; leave out empty clauses.

    Raises ParseError at a negation, a "before" or an "after" behind which nothing stands.
    """
    clause: list[Term] = []
    mark: Mark = ""
    opener: Term | None = None
    leading, later = True, False
    for term, following in pairwise((*terms, END, END)):
        opened = _opens(term)
        if term.kind != "separator" and not opened and not _begins(term, clause):
            clause.append(term)
            continue
        degree = _degree(term, clause)
        clause = clause[: len(clause) - len(degree)]
        if not clause and opener is not None:
            raise ParseError(NOTHING_FOLLOWS, opener)
        if clause:
            if later and not mark and term.name in LAST_FIRST and following.kind == "separator":
                mark = "before that"  # "…, but crop it first"
            yield Segment(terms=tuple(clause), mark=mark, leading=leading)
            clause, mark, opener, leading, later = [], "", None, False, True
        if term.kind == "separator":
            mark = _stronger(mark, term.name)
            leading = leading or term.name in SENTENCES
        elif opened:
            mark, opener = opened, term
            clause = [replace(term, kind="head")] if term.name in NAMED else []
        else:
            clause = [*degree, term]


def _degree(term: Term, clause: Sequence[Term]) -> list[Term]:
    """Return the end of a clause that is the degree of the step that *term* begins: "with a bit more contrast"."""
    at = len(clause)
    while (
        term.kind == "head" and term.name in TONES | DIRECTED and at > 1 and clause[at - 1].kind in {"level", "change"}
    ):
        at -= 1
    return list(clause[at:])


def _stronger(mark: Mark, separator: str) -> Mark:
    if separator == "before that":
        return "before that"
    return "then" if separator in STRONG and mark != "before that" else mark


def _opens(term: Term) -> Mark:
    """Return the mark of the clause that "without", "before" or "after" opens."""
    if term.kind == "not":
        return "not"
    return ("before" if term.name == "before" else "after") if term.kind == "order" else ""


def _is_share(before: Term, term: Term) -> bool:
    """Tell whether "turn" is what a fraction is of: "1/4 turn"."""
    return term.name == "turn" and isinstance(before, Number) and before.fraction


def _begins(term: Term, clause: Sequence[Term]) -> bool:
    heads = [one.name for one in clause if one.kind == "head" and one.name not in WEAK]
    if heads and term.kind == "head" and term.name in DIRECTED:
        return heads[0] not in WRITES
    if not heads or term.relation in {"to", "by", "with", "of"} or _is_share(clause[-1], term):
        return False
    if term.kind == "verb":
        return True
    if term.kind != "head" or heads[0] in WRITES:
        return False
    if term.name in IMPERATIVES:
        return True
    return term.name in TONES and (any(isinstance(one, Number) for one in clause) or bool(_degree(term, clause)))
