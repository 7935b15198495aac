"""Compute amounts from numbers and words of degree, the same for every parser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from processor.edits.language.clauses import Clause
from processor.edits.language.terms import Number, ParseError, Span
from processor.edits.operations.base import Operation
from processor.edits.vocabulary import build

Parser: TypeAlias = Callable[[Clause], list[Operation]]

LARGEST_FACTOR: Final = 10  # "scale by 2" is a factor, "resize to 800" is not
WHOLE: Final = 100
THOUSANDS: Final = 3  # digits behind the point of 1.000, which some write for a thousand
COMPARED: Final[Mapping[int, str]] = {1: "bigger", -1: "smaller"}
PLAUSIBLE: Final = (0.1, 3)
"""Factors of tone that people ask for; a bare number outside is a percentage."""


def step(name: str, **parameters: Any) -> Operation:
    """Build an operation; a parameter that is None was not given. Raises ParameterError."""
    return build(name, {key: _shortest(value) for key, value in parameters.items() if value is not None})


def whole(number: Number | None) -> int | None:
    """Return a number of px, degrees or bytes that must be whole; raises ParseError when it is not."""
    if number is None:
        return None
    if len(number.name.partition(".")[2]) == THOUSANDS:
        raise ParseError(f"expected digits without a point, found {number.name}", number)
    if not number.value.is_integer():
        raise ParseError(f"expected a whole number, found {number.value:g}", number)
    return int(number.value)


def tidy(value: float) -> float:
    """Drop what floating point adds: 1.2, not 1.2000000000000002."""
    return round(value, 4)


def is_factor(number: Number) -> bool:
    """Tell whether a number without a unit multiplies: "by 2", "to 0.5"."""
    small = number.value <= LARGEST_FACTOR
    return not number.unit and small and (number.relation == "by" or not number.value.is_integer())


def scaled(number: Number, direction: int) -> float:
    """Return the percentage that *number* of a size means: "to 50%", "by 50%" more (1), less (-1) or of itself (0)."""
    times = number.unit == "×" or not number.unit
    if number.signed and not direction:
        return tidy(WHOLE + (number.value * WHOLE if times else number.value))
    if number.relation == "to" or not direction:
        ends = tidy(number.value * WHOLE if times else number.value)
        if (ends - WHOLE) * direction < 0:
            raise _beyond(number, direction, f"make it {number.value:g}% {COMPARED[direction]}", f"scale to {ends:g}%")
        return ends
    if times:
        return tidy(number.value * WHOLE if direction > 0 else WHOLE / _positive(number))
    if direction > 0 and number.value > WHOLE and not number.relation:
        return tidy(number.value)  # "enlarge 150%" ends at 150 %, "150% bigger" is rarely meant
    return tidy(WHOLE + direction * number.value)


def factor(number: Number, direction: int, *, name: str, as_much: int = 0) -> float:
    """Return the factor of a tone (brightness, saturation, contrast); 1 changes nothing.

    "80%" and "to 80%" set it, "+20", "by 20%" and "20% more" change it, "half as bright" (*as_much*: 1, for the
    opposite -1) compares. Raises ParseError where a bare number could be read in two ways.
    """
    value = number.value / WHOLE if number.unit == "%" else number.value
    if direction and value < 0:
        raise ParseError(f"expected one direction, found {number.value:g} of more or less", number)
    if as_much or number.unit == "×":
        return tidy(value if (as_much or direction) >= 0 else value and 1 / value)
    if number.signed and not direction:
        return tidy(1 + (value if number.unit == "%" or abs(value) < 1 else value / WHOLE))
    plain = not number.unit and PLAUSIBLE[0] <= value <= PLAUSIBLE[1]
    if number.relation == "by" and not direction and not plain:
        direction = 1
    if direction and number.relation not in {"to", "at"}:
        return _changed(number, value, direction, name)
    ends = _set(number, value, name)
    if (ends - 1) * direction < 0:
        way = "increase" if direction > 0 else "decrease"
        raise _beyond(number, direction, f"{way} {name} by {number.value:g}%", f"{name} {ends * WHOLE:g}%")
    return ends


def _beyond(number: Number, direction: int, *choices: str) -> ParseError:
    """Make the error for a target on the other side: "increase to 50%"."""
    sides = {1: "more", -1: "less"}
    return ParseError(f"expected {sides[direction]} than 100%, which is as it is now", number, choices)


def _changed(number: Number, value: float, direction: int, name: str) -> float:
    if number.unit == "%" or value < 1:
        return tidy(1 + direction * value)
    if value <= PLAUSIBLE[1]:
        raise two_readings(number, f"increase {name} by {value:g}%", f"increase {name} {value:g} times")
    return tidy(1 + direction * value / WHOLE)


def _set(number: Number, value: float, name: str) -> float:
    lowest, highest = PLAUSIBLE
    if number.unit == "%" or value == 0 or lowest <= value <= highest:
        return tidy(value)
    if lowest <= value / WHOLE <= highest:
        return tidy(value / WHOLE)
    raise two_readings(number, f"{name} {value:g}%", f"{name} +{value:g}")


def two_readings(where: Span, *choices: str) -> ParseError:
    """Make the error for what could be meant in two ways; each choice is a command."""
    return ParseError(f'could be read in two ways, expected "{choices[0]}" or "{choices[1]}"', where, choices)


def share(number: Number) -> float:
    """Return a strength from 0 to 1, written as such or in percent; raises ParseError for "vignette 8"."""
    if not number.unit and number.value > 1:
        value = f"{number.value:g}"
        raise ParseError(f"expected a strength from 0 to 1 or in percent, found {value}", number)
    return tidy(number.value / WHOLE if number.unit == "%" else number.value)


def by_level(clause: Clause, amounts: Mapping[str, float], default: float | None = None) -> float | None:
    """Take the word of degree and return its amount, *default* without one."""
    level = clause.take("level", *amounts)
    return amounts[level] if level else default


def _shortest(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _positive(number: Number) -> float:
    if number.value <= 0:
        raise ParseError(f"expected a number above 0, found {number.value:g}", number)
    return number.value
