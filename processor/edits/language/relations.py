"""Write prepositions and labels onto what they belong to: "by 20%", "at most 2 MB", "800 wide", "quality 80".

What belongs to nothing stays a term, and stops the command later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from processor.edits.language.terms import Extent, Number, Term, Unit

WEAK: Final = frozenset({"to", "into", "of", "with", "at", "in", "for", "as", "on", "within"})
# These stand behind their number, or in front of it; all other labels stand in front when a number follows.
SIDES: Final = frozenset({"width", "height"})
BOUNDS: Final = {"max": "maximum", "min": "low"}
QUALITY_UNITS: Final[frozenset[Unit]] = frozenset({"", "%"})
MEASURED_BY: Final = frozenset({("head", "compress"), ("option", "file"), ("label", "size")})
USED: Final = "used"


def related(line: Iterable[Term]) -> Iterator[Term]:
    """Write each preposition onto the term behind it; one that nothing follows stays a term."""
    waiting: Term | None = None
    used = False  # written onto a label already: "by a width of 10"
    for term in line:
        if term.kind == "relation":
            if waiting is not None and not used and waiting.name in WEAK and term.name in WEAK:
                yield waiting  # "in at": the first belongs to nothing
            keeps = waiting is not None and waiting.name not in WEAK
            waiting, used = (waiting if keeps else term), False
        elif waiting is None:
            yield term
        elif waiting.name in BOUNDS and (term.kind, term.name) in MEASURED_BY:
            yield term  # "max file size 500 kb"
        elif term.kind == "separator":
            yield from () if used else (waiting,)
            yield term
            waiting = None
        elif waiting.name in BOUNDS and not _bounded(term):
            yield replace(waiting, kind="level", name=BOUNDS[waiting.name])
            yield term
            waiting = None
        else:
            yield replace(term, relation=waiting.name)
            used = term.kind == "label" and waiting.name not in WEAK
            waiting = waiting if used else None
    if waiting is not None and not used:
        yield waiting


def _bounded(term: Term) -> bool:
    return isinstance(term, (Number, Extent)) or term.kind in {"label", "option"}


def bounded(line: Iterable[Term]) -> Iterator[Term]:
    """Write a bound behind its number onto it: "2 MB max"."""
    held: Term | None = None
    for term in line:
        if isinstance(held, Number) and term.kind == "relation" and term.name in BOUNDS and not held.relation:
            held = replace(held, relation=term.name)
            continue
        if held is not None:
            yield held
        held = term
    if held is not None:
        yield held


def coloured(line: Iterable[Term]) -> Iterator[Term]:
    """Leave "color" out where it only says that a colour is one: "color red", "stroke color: black"."""
    held: Term | None = None
    for term in line:
        if held is not None and not (_is_color(held) and term.kind == "colour"):
            yield held
        named = held is not None and _is_color(held) and term.kind == "colour"
        held = replace(term, relation=term.relation or held.relation) if named and held is not None else term
    if held is not None:
        yield held


def _is_color(term: Term) -> bool:
    return (term.kind, term.name) == ("head", "color")


def labelled(line: Iterable[Term]) -> list[Term]:
    """Write labels onto their numbers: "800 wide", "width 800", "quality 80"; one without a number stays a term."""
    waiting = list(_stated(list(line)))
    for at, term in enumerate(waiting):
        label = _label(waiting, at)
        if not label:
            continue
        before, after = _number_at(waiting, at - 1), _number_at(waiting, at + 1)
        free = before is not None and not before.label and _fits(before, label)
        if after is not None and _fits(after, label) and not (free and (label in SIDES or _glues(term, before))):
            waiting[at + 1] = _with_label(after, label, term)
            waiting[at] = replace(term, kind="label", name=USED)
        elif free and before is not None:
            waiting[at - 1] = _with_label(before, label, term)
            waiting[at] = replace(term, kind="label", name=USED)
    kept = [term for term in waiting if (term.kind, term.name) != ("label", USED)]
    return [_beside_width(term, kept[at - 1] if at else None) for at, term in enumerate(kept)]


def _stated(line: Sequence[Term]) -> Iterator[Term]:
    """Leave out "is" between a label and its number, behind what asks for it: "the width should be 800"."""
    asked = False
    for at, term in enumerate(line):
        asked = asked or term.kind in {"head", "verb"}
        between = 0 < at < len(line) - 1 and line[at - 1].kind == "label" and isinstance(line[at + 1], Number)
        if not (between and (term.kind == "verb" or (asked and term.kind == "copula"))):
            yield term


def _beside_width(term: Term, before: Term | None) -> Term:
    """Read "800 wide by 600 high" as two sides."""
    if not (isinstance(term, Number) and isinstance(before, Number)):
        return term
    sides = {term.label, before.label} == set(SIDES)
    return replace(term, relation="") if sides and term.relation == "by" else term


def _label(line: Sequence[Term], at: int) -> str:
    term = line[at]
    if term.kind == "level" and term.name == "high" and _number_at(line, at - 1):
        return "height"
    return term.name if term.kind == "label" or (term.kind, term.name) == ("head", "quality") else ""


def _number_at(line: Sequence[Term], at: int) -> Number | None:
    term = line[at] if 0 <= at < len(line) else None
    return term if isinstance(term, Number) else None


def _glues(label: Term, before: Number | None) -> bool:
    """Tell whether a label belongs to the number before it: "80% quality at 500px"."""
    return label.name in {"quality", "opacity"} and before is not None and before.unit == "%" and not label.relation


def _fits(number: Number, label: str) -> bool:
    """Tell whether a label can measure a number in this unit."""
    return (
        number.unit in QUALITY_UNITS if label in {"quality", "opacity", "dpi"} else not number.unit or label != "factor"
    )


def _with_label(number: Number, label: str, term: Term) -> Number:
    relation = number.relation if number.relation not in {"", *WEAK} else term.relation or number.relation
    if term.relation == "of" and number.relation:
        relation = number.relation  # "to 80% of its size" ends there
    if label == "factor":
        return replace(number, unit="×", relation=relation)
    if label == "dpi":
        return replace(number, unit="dpi")
    return replace(number, label=label, relation=relation)
