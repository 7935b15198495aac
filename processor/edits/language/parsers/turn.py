"""Parse clauses that turn or mirror a picture."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from processor.edits.language.clauses import CHANGES, Clause
from processor.edits.language.parsers.amounts import Parser, step
from processor.edits.operations.base import Operation

QUARTER: Final = 90
FULL: Final = 360
WAYS: Final = {"horizontal": ("horizontal",), "vertical": ("vertical",), "both ways": ("horizontal", "vertical")}


def rotate(clause: Clause, *, degrees: float | None = QUARTER, back: bool = False) -> list[Operation]:
    """Rotate by an angle, or by *degrees* to a side; *back*: undo a turn that is described.

    Counter-clockwise quarter turns are written clockwise.
    """
    left = _leftward(clause) != back
    quarter = clause.takes("option", "quarter turn")
    number = None if quarter else clause.number("°", "", labels=("", "angle"), relations=CHANGES)
    part = clause.peek("%")
    if number is None and part is not None and part.fraction and any(term.name == "turn" for term in clause.terms):
        clause.rest.remove(part)
        return [step("rotate", degrees=_leftwards(FULL * part.value / 100) if left else FULL * part.value / 100)]
    degrees = QUARTER if quarter else degrees
    angle = degrees if number is None else number.value
    if angle is None or (number is None and clause.has("level")):
        angle = None
    if angle is None:
        raise clause.missing('an angle, as in "rotate 2 degrees"', "rotate 2 degrees", "rotate -2 degrees")
    angle = _leftwards(angle) if left else angle
    clause.all("option", "background", "corner", "transparent")
    if clause.has("colour"):
        clause.all("head", "cover", "rest")  # "fill with black"
    return [step("rotate", degrees=angle, background=clause.take("colour") or None)]


def _leftwards(angle: float) -> float:
    """Turn *angle* counter-clockwise; quarter turns are written clockwise."""
    return FULL - angle if angle % QUARTER == 0 and 0 < angle < FULL else -angle


def turns(clause: Clause) -> bool:
    """Tell whether "turn" is about an angle here, and no mere verb."""
    return (
        any(clause.has("place", side) for side in ("left", "right", "west", "east"))
        or clause.has("option", "clockwise", "counterclockwise", "quarter turn")
        or clause.has("number")
    )


def flip(clause: Clause) -> list[Operation]:
    """Mirror; left and right unless the clause says otherwise, and by 180 degrees it is a rotation."""
    if clause.peek("°", "", relations=CHANGES):
        return rotate(clause)
    named = clause.take("option", *WAYS)
    place = "" if named else clause.take("place", "east", "west", "north", "south")
    way = named or ("vertical" if place in {"north", "south"} else "horizontal")
    return [step("flip", direction=direction) for direction in WAYS[way]]


def upside_down(clause: Clause) -> list[Operation]:
    """Rotate by a half turn."""
    clause.take("option", "clockwise", "counterclockwise")
    return [step("rotate", degrees=180)]


def _leftward(clause: Clause) -> bool:
    side = clause.take("option", "clockwise", "counterclockwise") or clause.take("place", "east", "west")
    return side in {"counterclockwise", "west"}


TURN_PARSERS: Final[Mapping[str, Parser]] = {
    "rotate": rotate,
    "rotate back": partial(rotate, degrees=None, back=True),
    "straighten": partial(rotate, degrees=None),
    "upside down": upside_down,
    "flip": flip,
}
