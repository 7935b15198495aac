"""Parse clauses that cut single sides off, or keep one: "100px off the top", "the left half", "the middle 50%"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from processor.edits.language.clauses import CHANGES, Clause
from processor.edits.language.parsers.amounts import step, tidy, whole
from processor.edits.language.terms import Number, ParseError, Term
from processor.edits.operations.base import Operation

SIDES: Final = {"north": ("top",), "east": ("right",), "south": ("bottom",), "west": ("left",)}
PAIRS: Final = {"horizontal": ("left", "right"), "vertical": ("top", "bottom")}
OPPOSITE: Final = {"top": "bottom", "bottom": "top", "left": "right", "right": "left"}
CUTS: Final = CHANGES | {"from", "off"}
ALONE: Final = frozenset({"all", "middle"})
WHOLE: Final = 100
NO_HOLE: Final = "no operation cuts a part out of the middle: expected a side, or the part that is kept"
WHAT_PART: Final = 'a part, as in "crop to 16:9", "crop to 500x500 from center" or "crop 100px off the top"'


def cut(clause: Clause, *, off: bool) -> Operation:
    """Cut sides off, or keep one side: "10px off the top", "the left half", "the middle 50%"."""
    removes = clause.takes("change", "remove")
    off = off or removes
    keeps = not off and (clause.head == "keep" or any(term.relation == "to" for term in clause.rest))
    cuts: dict[str, float] = {}
    unit = ""
    for number, places in list(_paired(clause)):
        if unit and unit != _unit(number):
            raise ParseError("expected one unit for all sides", number)
        unit = _unit(number)
        for place in places:
            away = off or place.relation == "off"
            cuts |= _sides_of(number, place.name, keeps=keeps or (number.fraction and not off), off=away)
    clause.takes("option", "corner")
    if not cuts:
        alone = clause.numbers() == clause.rest and len(clause.rest) == 1
        raise clause.missing(
            WHAT_PART,
            *(
                f"crop {_said(one)} from each side"
                for one in clause.numbers()
                if alone and one.value >= 1 and one.relation != "to"
            ),
        )
    if len(cuts) > 1 and ALONE & cuts.keys():
        raise clause.missing("either all sides, the middle, or single sides")
    middle = cuts.pop("middle", None)
    if middle is not None:
        return step("crop", width=middle, height=middle, unit="%")
    if all_sides := cuts.pop("all", None):
        return step("crop", trim_edges=all_sides, unit=unit if unit == "%" else None)
    return step("crop", **cuts, unit=unit if unit == "%" else None)


def _said(number: Number) -> str:
    return f"{number.value:g}{_unit(number)}"


def _unit(number: Number) -> str:
    return "%" if number.unit == "%" else "px"


def _paired(clause: Clause) -> Iterator[tuple[Number, list[Term]]]:
    """Take each number with the places that it belongs to: "left 100 right 50", "50px off the top and bottom"."""
    leads = _leads(clause.terms)
    for number in clause.numbers():
        if number.unit not in {"px", "%", ""} or number.label or number.relation not in CUTS:
            continue
        places: list[Term] = []
        at = -1 if leads else 1
        while (near := clause.beside(number, at)) is not None and _is_place(near):
            places.append(near)
            clause.rest.remove(near)
            at += -1 if leads else 1
        if not places and (near := clause.beside(number, -1)) is not None and _is_place(near):
            places.append(near)
            clause.rest.remove(near)
        if places:
            clause.rest.remove(number)
            yield number, places


def _leads(terms: Sequence[Term]) -> bool:
    """Tell whether places stand in front of their numbers: "left 100 right 100"."""
    first = next((term for term in terms if isinstance(term, Number) or _is_place(term)), None)
    return first is not None and not isinstance(first, Number)


def _is_place(term: Term) -> bool:
    return term.kind == "place" or (term.kind == "option" and term.name in {"all sides", *PAIRS})


def _sides_of(number: Number, place: str, *, keeps: bool, off: bool) -> dict[str, float]:
    """Return what is cut off which side, for one number and one place."""
    value = tidy(number.value)
    if place == "all sides" and not keeps:
        return {"all": whole(number) or 0}
    if place == "center" and off:
        kept = f"crop the middle {WHOLE - number.value:g}%" if number.unit == "%" and number.value < WHOLE else ""
        raise ParseError(NO_HOLE, number, (f"crop {_said(number)} from each side", *([kept] if kept else [])))
    if place == "center" and number.unit == "%":
        return {"middle": round(number.value)}
    named = SIDES.get(place, PAIRS.get(place, ()))
    if not named or (keeps and len(named) > 1):
        raise ParseError('expected a side, as in "crop 100px off the top"', number)
    if not keeps:
        return dict.fromkeys(named, value)
    if number.unit != "%":
        sentence = "what is kept must be given in percent, or with a width and height"
        raise ParseError(sentence, number, ("keep the top half", "crop to 500x300 from the top"))
    return {OPPOSITE[named[0]]: tidy(WHOLE - number.value)}
