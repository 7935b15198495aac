"""Clauses about tone and colour."""

from __future__ import annotations

from typing import Final

from processor.edits.language.clauses import Clause
from processor.edits.language.frames.amounts import WHOLE, by_level, share, step, tidy
from processor.edits.language.terms import Number
from processor.edits.operations.base import Operation

# Factors by attribute and direction, then by degree.
FACTORS: Final = {
    ("brightness", 1): {"slight": 1.1, "medium": 1.2, "strong": 1.5},
    ("brightness", -1): {"slight": 0.9, "medium": 0.8, "strong": 0.5},
    ("saturation", 1): {"slight": 1.2, "medium": 1.5, "strong": 2},
    ("saturation", -1): {"slight": 0.8, "medium": 0.5, "strong": 0.25},
}
CONTRASTS: Final = {"slight": 10, "medium": 20, "strong": 40}
LARGEST_FACTOR: Final = 10
HUE_DEGREES: Final = 90
WARM, COOL, WHITE = "#FFC896", "#96C8FF", 255
TINTS: Final = {"slight": 0.5, "medium": 1, "strong": 1.5}
LEVELS: Final = {"slight": "light", "medium": "moderate", "strong": "aggressive"}


def tone(clause: Clause, *, attribute: str, sign: int = 1, own: bool = False) -> list[Operation]:
    """Raise or lower brightness or saturation; *own*: the head itself says which way ("brighter", "darker")."""
    change = clause.direction() or (1 if own or "add" in clause.verbs else 0)
    direction = sign * change
    number = clause.number("%", "×", "", labels=("", "intensity"))
    clause.take("label", "intensity")
    if number is not None:
        return [step("modulate", **{attribute: _factor(number, direction)})]
    if not direction:
        raise clause.missing(f'how much, as in "increase {attribute} by 20%"')
    amounts = FACTORS[attribute, direction]
    return [step("modulate", **{attribute: by_level(clause, amounts, amounts["medium"])})]


def desaturate(clause: Clause) -> list[Operation]:
    """Take colour away: all of it, unless the clause says how much."""
    number = clause.number("%", "×", "")
    if number is not None:
        return [step("modulate", saturation=_factor(number, -1))]
    return [step("modulate", saturation=by_level(clause, FACTORS["saturation", -1], 0))]


def hue(clause: Clause) -> list[Operation]:
    """Turn the colour wheel."""
    number, direction = clause.number("°", ""), clause.direction() or 1
    return [step("modulate", hue=direction * (HUE_DEGREES if number is None else number.value))]


def contrast(clause: Clause, *, own: bool = False) -> list[Operation]:
    """Raise or lower the contrast; "contrast 120%" is 20 more than it is."""
    direction = clause.direction() or (1 if own else 0)
    number = clause.number("%", "×", "", labels=("", "intensity"))
    if number is not None:
        return [step("contrast", amount=_contrast(number, direction))]
    direction = direction or (1 if clause.takes("level", "high") else -1 if clause.takes("level", "low") else 0)
    if not direction and not clause.verbs & {"add", "make", "apply"}:
        raise clause.missing('which way, as in "increase contrast"')
    return [step("contrast", amount=(direction or 1) * (by_level(clause, CONTRASTS, CONTRASTS["medium"]) or 0))]


def pop(_clause: Clause) -> list[Operation]:
    """Make it pop: contrast, then sharpness."""
    return [step("contrast", amount=CONTRASTS["medium"]), step("sharpen")]


def gamma(clause: Clause) -> list[Operation]:
    """Apply a gamma curve."""
    number = clause.number("")
    return [step("gamma", value=None if number is None else number.value)]


def sepia(clause: Clause) -> list[Operation]:
    """Tone brown."""
    number = clause.number("%", "", labels=("", "intensity"))
    amount = by_level(clause, {"slight": 40, "medium": 80, "strong": 100}) if number is None else share(number) * WHOLE
    return [step("sepia", amount=amount)]


def tint(clause: Clause, *, color: str = "", opposite: str = "") -> list[Operation]:
    """Tint with a colour, the clause's or the head's own; "less warm" is cool."""
    less = clause.direction() < 0
    color = opposite if less else color or clause.take("colour")
    if not color:
        raise clause.missing('a colour, as in "tint it blue" or "make it warmer"')
    return [step("tint", color=_stronger(color, by_level(clause, TINTS, 1) or 1))]


def enhance(clause: Clause) -> list[Operation]:
    """Improve everything a little."""
    level = clause.take("level", *LEVELS)
    return [step("enhance", level=LEVELS.get(level, "moderate"))]


def _factor(number: Number, direction: int) -> float:
    """Give the factor of a brightness or saturation: "to 120%" and "by 20%" more are both 1.2."""
    percent = number.unit == "%" or (not number.unit and abs(number.value) > LARGEST_FACTOR)
    value = number.value / WHOLE if percent else number.value
    if number.signed and not direction:
        return tidy(1 + value)
    if number.relation == "to" or not direction:
        return tidy(value)
    if number.unit == "×":
        return tidy(value if direction > 0 else 1 / value if value else 0)
    return tidy(1 + direction * (value if percent or value < 1 else value / WHOLE))


def _contrast(number: Number, direction: int) -> float:
    if number.unit == "×":
        return tidy((number.value - 1) * WHOLE)
    absolute = number.unit == "%" and number.value > WHOLE
    return tidy(number.value - WHOLE if absolute else (direction or 1) * number.value)


def _stronger(color: str, factor: float) -> str:
    """Move a colour away from white, or towards it; white tints nothing."""
    channels = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{max(0, round(WHITE - factor * (WHITE - channel))):02X}" for channel in channels)
