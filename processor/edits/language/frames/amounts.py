"""What numbers and words of degree amount to, for every frame alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from processor.edits.building import build
from processor.edits.language.clauses import Clause
from processor.edits.language.terms import Number, Stuck
from processor.edits.operations.base import Operation

LARGEST_FACTOR: Final = 10  # "scale by 2" is a factor, "resize to 800" is not
WHOLE: Final = 100


def step(name: str, **parameters: Any) -> Operation:
    """Build an operation; what is None was not said. Raises ParameterError."""
    return build(name, {key: _shortest(value) for key, value in parameters.items() if value is not None})


def whole(number: Number | None) -> int | None:
    """Give a number of px, degrees or bytes that must be whole; raises Stuck when it is not."""
    if number is None:
        return None
    if not number.value.is_integer():
        raise Stuck(f"expected a whole number, found {number.value:g}", number)
    return int(number.value)


def tidy(value: float) -> float:
    """Drop what floating point adds: 1.2, not 1.2000000000000002."""
    return round(value, 4)


def is_factor(number: Number) -> bool:
    """Tell whether a number without a unit multiplies: "by 2", "to 0.5"."""
    small = number.value <= LARGEST_FACTOR
    return not number.unit and small and (number.relation == "by" or not number.value.is_integer())


def scaled(number: Number, direction: int) -> float:
    """Give the percentage that *number* of a size means: "to 50%", "by 50%" of more (1), of less (-1) or of itself."""
    times = number.unit == "×" or not number.unit
    if number.relation == "to" or not direction:
        return tidy(number.value * WHOLE if times else number.value)
    if times:
        return tidy(number.value * WHOLE if direction > 0 else WHOLE / _positive(number))
    if direction > 0 and number.value >= WHOLE and not number.relation:
        return tidy(number.value)  # "enlarge 150%" ends at 150 %, "150% bigger" is rarely meant
    return tidy(WHOLE + direction * number.value)


def share(number: Number) -> float:
    """Give a strength from 0 to 1, written as such or in percent."""
    return tidy(number.value / WHOLE if number.unit == "%" or number.value > 1 else number.value)


def by_level(clause: Clause, amounts: Mapping[str, float], default: float | None = None) -> float | None:
    """Take the word of degree; what it amounts to here, *default* without one."""
    level = clause.take("level", *amounts)
    return amounts[level] if level else default


def _shortest(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _positive(number: Number) -> float:
    if number.value <= 0:
        raise Stuck(f"expected a number above 0, found {number.value:g}", number)
    return number.value
