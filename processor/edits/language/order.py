"""Put clauses into the order in which they are meant, and give each what a list shares.

"Sharpen it before resizing", "after cropping, convert it": each clause that "before" or "after" opens moves over its
neighbour. "Increase brightness and contrast by 20%": both are raised, each by 20 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from processor.edits.language.segments import Segment
from processor.edits.language.terms import Number, ParseError, Term

SHARING: Final = frozenset({"brightness", "saturation", "contrast"})
WHICH_WAY: Final = 'expected which way, as in "reduce contrast by 20%"'
WHAT_ELSE: Final = 'expected two steps, as in "sharpen it before resizing to 800px"'


def arranged(segments: Sequence[Segment]) -> list[Segment]:
    """Return the clauses in the order in which they are carried out, without marks of order."""
    line = list(segments)
    if len(line) == 1 and line[0].mark in {"before", "after", "before that"}:
        raise ParseError(WHAT_ELSE, line[0].place)
    for at, mark in enumerate([segment.mark for segment in line]):
        if mark not in {"before", "after", "before that"}:
            continue
        ahead = at == 0 or (line[at].leading and mark != "before that" and at + 1 < len(line))
        other = at + 1 if ahead else at - 1
        line[at], line[other] = _joined(line[at]), _joined(line[other])
        if (mark == "before") == ahead:
            line[at], line[other] = line[other], line[at]
    return line


def _joined(segment: Segment) -> Segment:
    """Return a clause that is a step of its own; what is not wanted stays unwanted."""
    return segment if segment.mark == "not" else replace(segment, mark="then")


def shared(segments: Sequence[Segment]) -> list[Segment]:
    """Give each clause of a list of tones the direction of the first and the number of the last."""
    done = list(segments)
    for at in range(1, len(done)):
        by = any(isinstance(term, Number) and term.relation == "by" for term in done[at].terms)
        if by and _names_its_way(done[at - 1]) and _tone(done[at]) and not _directed(done[at]):
            raise ParseError(WHICH_WAY, done[at].place)
        change = next((term for term in done[at - 1].terms if _directs(term)), None)
        if change is not None and _tone(done[at - 1]) and _tone(done[at]) and not _directed(done[at]):
            done[at] = replace(done[at], terms=(change, *done[at].terms))
    for at in range(len(done) - 2, -1, -1):
        if done[at + 1].mark:
            continue
        number = next((term for term in done[at + 1].terms if _changes(term)), None)
        same = [term for term in done[at].terms if term.kind == "change" and term in done[at + 1].terms]
        if number is not None and same and not any(isinstance(term, Number) for term in done[at].terms):
            done[at] = replace(done[at], terms=(*done[at].terms, number))
    return done


def _names_its_way(segment: Segment) -> bool:
    """Tell whether the name of a clause says the way, and so says none for the next: "reduce noise and contrast"."""
    return any(term.kind == "head" and term.name in {"denoise", "sharpen"} for term in segment.terms)


def _directs(term: Term) -> bool:
    """Tell whether a term says which way a tone goes: "increase", "add"."""
    return term.kind == "change" or (term.kind, term.name) == ("verb", "add")


def _changes(term: Term) -> bool:
    return isinstance(term, Number) and not term.signed and term.relation in {"", "by", "to"}


def _tone(segment: Segment) -> bool:
    return any(term.kind == "head" and term.name in SHARING for term in segment.terms)


def _directed(segment: Segment) -> bool:
    """Tell whether a clause says itself which way it goes, or stands behind "then"."""
    own = any(term.kind in {"change", "verb"} or (isinstance(term, Number) and term.signed) for term in segment.terms)
    return own or segment.mark != ""
