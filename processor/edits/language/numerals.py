"""Read numbers as people write them: digits, words, fractions, multiples, and the unit behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from processor.edits.language.terms import Unit
from processor.edits.language.tokens import Token

_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ONES: Final = {word: value for value, word in enumerate([*_ONES, *_TEENS])}
TENS: Final = {word: 20 + 10 * place for place, word in enumerate(_TENS)}
SMALL: Final = {**ONES, **TENS}
HUNDRED: Final = 100
MULTIPLIERS: Final = ("hundred", "thousand")
PARTS: Final = {
    "half": 2,
    "halves": 2,
    "halve": 2,
    "½": 2,
    "⅓": 3,
    "¼": 4,
    "third": 3,
    "thirds": 3,
    "quarter": 4,
    "quarters": 4,
    "fifth": 5,
    "tenth": 10,
}
TIMES: Final = {"once": 1, "double": 2, "twice": 2, "triple": 3, "treble": 3, "thrice": 3, "quadruple": 4}
NEAR: Final = 8
"""Tokens behind an x among which its y stands."""
SIGNED_AFTER: Final = frozenset({"brightness", "contrast", "saturation", "exposure", "hue", "by"})
TWO_THIRDS: Final = {"⅔": 200 / 3, "¾": 75}
SIGNS: Final = {"minus": -1, "negative": -1, "plus": 1}

KILO, KIBI = 1000, 1024
_UNITS: Final[Mapping[Unit, str]] = {
    "px": "px pixel pixels pix pxl",
    "%": "% ％ percent pct",
    "°": "° º degree degrees deg degs",
    "×": "times x fold",
    "cm": "cm centimeter centimeters centimetre centimetres",
    "mm": "mm millimeter millimeters millimetre millimetres",
    "in": "inch inches",
    "dpi": "dpi ppi",
    "megapixels": "mp mpx megapixel megapixels mpix",
    "colors": "color colors colour colours",
    "levels": "levels",
    "stops": "stop stops ev",
}
UNITS: Final[Mapping[str, Unit]] = {word: unit for unit, words in _UNITS.items() for word in words.split()}
BYTES: Final = {
    **dict.fromkeys(("byte", "bytes"), 1),
    **dict.fromkeys(("kb", "kilobyte", "kilobytes"), KILO),
    **dict.fromkeys(("mb", "meg", "megs", "megabyte", "megabytes"), KILO**2),
    "kib": KIBI,
    "mib": KIBI**2,
}
# Only right behind the digits: "500k", "4in".
GLUED: Final[Mapping[str, tuple[float, Unit]]] = {"k": (KILO, ""), "m": (KILO**2, "bytes"), "in": (1, "in")}
# What may stand behind "in" as a unit with a space before it: "6 in wide".
BEHIND_INCHES: Final = frozenset({"wide", "tall", "high", "by", "x"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A number that was read, and the place of the first token behind it. *fraction*: "half", "two thirds"."""

    value: float
    unit: Unit = ""
    signed: bool = False
    fraction: bool = False
    end: int


def read(line: Sequence[Token], at: int) -> Reading | None:
    """Read the number that begins at *at*, with its unit; None when none begins there."""
    if starts_factor(line, at):
        return Reading(value=float(line[at + 1].text), unit="×", end=at + 2)
    sign = SIGNS.get(line[at].text, 0)
    first = at + 1 if sign else at
    found = _digits(line, first) or _words(line, first) if first < len(line) else None
    if found is None:
        return None
    value, unit, end = found
    fraction = unit == "%"
    if fraction and _word(line, end) in {"a", "an"} and (part := unit_at(line, end + 1))[1]:
        return Reading(value=value / 100 * part[0], unit=part[1], end=part[2])  # "half a stop"
    if not unit:
        factor, unit, end = unit_at(line, end)
        value *= factor
    signed = bool(sign) or line[at].text[0] in "+-"
    return Reading(value=float(value) * (sign or 1), unit=unit, signed=signed, fraction=fraction, end=end)


def starts_factor(line: Sequence[Token], at: int) -> bool:
    """Tell whether "x2" or "×1.5" stands at *at*; in front of a y, x is a place."""
    if _word(line, at) not in {"x", "×"} or at + 1 == len(line) or line[at + 1].kind != "number":
        return False
    glued = line[at + 1].glued and line[at + 1].text[0] not in "+-"
    return glued and not any(token.text == "y" for token in line[at : at + NEAR])


def adds(line: Sequence[Token], at: int) -> bool:
    """Tell whether "plus" at *at* is the sign of a number: "brightness plus 20"."""
    sign = line[at].text in SIGNS and at + 1 < len(line) and line[at + 1].kind == "number"
    return sign and at > 0 and line[at - 1].text in SIGNED_AFTER


def _digits(line: Sequence[Token], at: int) -> tuple[float, Unit, int] | None:
    if line[at].kind != "number":
        return None
    return float(line[at].text.replace(",", "")), "", at + 1


def _words(line: Sequence[Token], at: int) -> tuple[float, Unit, int] | None:
    """Read "a half", "three quarters", "twice", "one and a half", "two hundred and fifty", "one point five"."""
    start = at + 1 if _word(line, at) in {"a", "an"} else at
    word = _word(line, start)
    if word in TWO_THIRDS:
        return TWO_THIRDS[word], "%", start + 1
    if word in PARTS:
        return 100 / PARTS[word], "%", start + 1
    if word in TIMES:
        return TIMES[word], "×", start + 1
    found = _cardinal(line, start)
    if found is None:
        return None
    value, end = found
    if (part := _word(line, end)) in PARTS and value < PARTS[part]:
        return 100 * value / PARTS[part], "%", end + 1
    return _and_a_part(line, value, end)


def _and_a_part(line: Sequence[Token], value: float, at: int) -> tuple[float, Unit, int]:
    words = [_word(line, place) for place in range(at, at + 3)]
    if words[:2] == ["and", "a"] and words[2] in PARTS:
        return value + 1 / PARTS[words[2]], "", at + 3
    if words[0] == "point" and words[1] in ONES:
        return value + ONES[words[1]] / 10, "", at + 2
    return value, "", at


def _cardinal(line: Sequence[Token], at: int) -> tuple[float, int] | None:
    """Read "two thousand one hundred and five": each larger unit multiplies what stands in front of it."""
    total, group, start = 0, 0, at
    while True:
        word = _word(line, at)
        if word == "and" and at > start and _word(line, at - 1) in MULTIPLIERS and _word(line, at + 1) in SMALL:
            at += 1
        elif word == "hundred" and group < HUNDRED:
            group, at = max(group, 1) * HUNDRED, at + 1
        elif word == "thousand" and not total:
            total, group, at = max(group, 1) * KILO, 0, at + 1
        elif word in SMALL and _follows(SMALL[word], group % HUNDRED):
            group, at = group + SMALL[word], at + 1
        else:
            return (total + group, at) if at > start else None


def _follows(value: int, group: int) -> bool:
    return group == 0 or (value in range(1, 10) and group in TENS.values())


def unit_at(line: Sequence[Token], at: int) -> tuple[float, Unit, int]:
    """Read the unit at *at*: its factor, its name and the place behind it; "" when none stands there."""
    word = _word(line, at)
    if word == "x" and at + 1 < len(line) and line[at + 1].kind == "number":
        return 1, "", at  # "3.5 x 2": two sides
    if word == "per" and _word(line, at + 1) == "cent":
        return 1, "%", at + 2
    if word in GLUED and line[at].glued:
        return _glued(line, at)
    if word in BYTES:
        return BYTES[word], "bytes", at + 1
    if word in UNITS or (word == "in" and _word(line, at + 1) in BEHIND_INCHES):
        return 1, UNITS.get(word, "in"), at + 1
    return 1, "", at


def _glued(line: Sequence[Token], at: int) -> tuple[float, Unit, int]:
    factor, unit = GLUED[line[at].text]
    if line[at].text != "k":
        return factor, unit, at + 1
    more, unit, end = unit_at(line, at + 1) if at + 1 < len(line) else (1.0, "", at + 1)
    return factor * more, unit, end


def _word(line: Sequence[Token], at: int) -> str:
    return line[at].text if at < len(line) and line[at].kind == "word" else ""
