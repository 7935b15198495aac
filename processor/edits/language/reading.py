"""Read a command into terms: words by the lexicon, numbers with their unit, their preposition and what they measure.

Each pass is linear: ``terms`` looks words and numbers up, the passes of ``relations.py`` write prepositions and labels
onto them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from processor.edits.colours import hexadecimal
from processor.edits.language.lexicon import is_noise, lexicon
from processor.edits.language.numerals import Reading, adds, read, starts_factor, unit_at
from processor.edits.language.relations import WEAK, bounded, coloured, labelled, related
from processor.edits.language.terms import Extent, Kind, Number, ParseError, Point, Span, Term, Unit
from processor.edits.language.tokens import Token, tokens

JOINS: Final = frozenset({"by", "x"})
LENGTHS: Final[frozenset[Unit]] = frozenset({"", "px", "cm", "mm", "in"})
FRACTIONS: Final = frozenset({"1/2", "1/3", "2/3", "1/4", "3/4", "1/5", "1/8", "1/10"})
RANGE: Final = frozenset("-\u2010\u2011\u2013\u2014")  # hyphens and dashes
SIGNS: Final = RANGE | {"+"}
# What changes in either direction.
SIGNED: Final = frozenset({"brightness", "contrast", "saturation", "exposure", "hue", "gamma", "rotate"})
ARTICLES: Final = frozenset({"a", "an", "the", "my", "our", "your", "its", "this", "that"})
PICTURE: Final = frozenset(
    {"image", "picture", "photo", "photograph", "pic", "it", "them", "me", "us", "images", "pictures", "photos"}
)
VERBATIM: Final = frozenset({"text", "link"})
# Letters that a number may follow without a space: "x10", "q80".
PREFIXES: Final = frozenset({"x", "y", "w", "h", "q"})


def terms_of(command: str) -> list[Term]:
    """Read *command*; raises ParseError at a quotation that is never closed."""
    line = list(terms(list(tokens(command))))
    _refuse_ranges(command, line)
    _refuse_apart(command, line)
    return labelled(coloured(bounded(related(_placed(command, line)))))


def _refuse_ranges(command: str, line: Sequence[Term]) -> None:
    """Refuse "quality 80-90", whose second number would be read as something else."""
    numbers = [term for term in line if isinstance(term, Number)]
    for first, second in pairwise(numbers):
        if command[first.end : second.start].strip() in RANGE:
            found = Span(start=first.start, end=second.end)
            raise ParseError(f"expected one number, found {command[found.start : found.end]}", found)


def _refuse_apart(command: str, line: Sequence[Term]) -> None:
    """Refuse "contrast - 10", where the sign may be one, or stand for a colon."""
    for first, second in pairwise(term for term in line if command[term.start : term.end] not in SIGNS):
        between = command[first.end : second.start]
        if isinstance(second, Number) and first.name in SIGNED and between.strip() in SIGNS and between.endswith(" "):
            name, value = command[first.start : first.end], command[second.start : second.end]
            choices = (f"{name} {'+' if '+' in between else '-'}{value}", f"{name} {value}")
            place = Span(start=first.start, end=second.end)
            raise ParseError("expected a sign right before its number, or none", place, choices)


def _placed(command: str, line: Sequence[Term]) -> Iterator[Term]:
    """Read "the lower third" and "the lower part" as a place, not as a change."""
    for at, term in enumerate(line):
        after = line[at + 1] if at + 1 < len(line) else None
        fraction = isinstance(after, Number) and after.fraction
        part = after is not None and (after.kind, after.name) == ("option", "part")
        lower = term.name == "less" and command[term.start : term.end].lower() == "lower"
        yield replace(term, kind="place", name="south") if lower and (fraction or part) else term


def terms(line: Sequence[Token]) -> Iterator[Term]:
    """Turn tokens into terms, in order; words without meaning are left out."""
    at = 0
    held: Term | None = None
    while at < len(line):
        found, end = _next(line, at)
        if found or line[at].text not in ARTICLES:
            if held is not None and (found or line[at].text not in PICTURE):
                yield held
            held = None  # "of the picture": neither means anything
        if len(found) == 1 and found[0].kind == "relation" and found[0].name in WEAK:
            held = found[0]
        else:
            yield from found
        at = end
    if held is not None:
        yield held


def _next(line: Sequence[Token], at: int) -> tuple[Sequence[Term], int]:
    if not adds(line, at) and not starts_factor(line, at) and (found := lexicon().longest(line, at)):
        (kind, name), end = found
        return [_named(kind, name, line[at], line[end - 1])], end
    if (line[at].kind, line[at].text) == ("word", "a") and lexicon().longest(line, at + 1):
        return [], at + 1  # "a quarter turn": the phrase, not the fraction
    if line[at].kind == "extent" and at + 1 < len(line):
        return _extent_with_unit(line, at)
    readable = line[at].kind not in VERBATIM and not _inside_word(line, at)
    if readable and (reading := read(line, at)):
        number, end = _number(line, at, reading)
        return [number], end
    return _alone(line[at]), at + 1


def _inside_word(line: Sequence[Token], at: int) -> bool:
    """Tell whether a number is the end of a name ("png8"), not a number of something."""
    before = line[at - 1] if at else None
    name = before is not None and before.kind == "word" and before.text not in PREFIXES
    return name and line[at].kind == "number" and line[at].glued and line[at].text[0] not in "+-"


def _alone(token: Token) -> Sequence[Term]:
    """Return the terms that one token makes, whatever stands around it; none for a word without meaning."""
    match token.kind:
        case "word":
            found = [] if is_noise(token.text) else [_term("unknown", token.text, token)]
        case "extent":
            width, height = _sides(token.text)
            found = [_extent(width, height, token, token, exact="p" in token.text)]
        case "geometry":
            size, x, y = token.text.split("+")
            found = [_extent(*_sides(size), token, token), _point(int(x), int(y), token)]
        case "point":
            x, _, y = token.text.partition(",")
            found = [_point(int(x), int(y), token)]
        case "ratio":
            found = [_ratio(token)]
        case "hex" | "rgb":
            found = [_term("colour", _hex(token), token)]
        case "link" | "text" | "separator" | "paper":
            found = [_term(token.kind, token.text, token)]
        case _:
            found = [_term("unknown", token.text, token)]
    return found


def _term(kind: Kind, name: str, first: Token, last: Token | None = None) -> Term:
    return Term(kind=kind, name=name, start=first.start, end=(last or first).end)


def _named(kind: Kind, name: str, first: Token, last: Token) -> Term:
    if kind == "extent":
        width, _, height = name.partition("x")
        return _extent(float(width), float(height), first, last)
    return _term(kind, name, first, last)


def _number(line: Sequence[Token], at: int, reading: Reading) -> tuple[Term, int]:
    """Return a number; with "by" or "x" and another one behind it, the extent that both make."""
    end = reading.end
    if reading.unit in LENGTHS and end + 1 < len(line) and line[end].text in JOINS:
        second = read(line, end + 1)
        if second is not None and second.unit in LENGTHS and not second.signed:
            unit = second.unit or reading.unit
            extent = _extent(reading.value, second.value, line[at], line[second.end - 1], exact=bool(unit), unit=unit)
            return extent, second.end
    number = Number(kind="number", name=line[at].text, start=line[at].start, end=line[end - 1].end, value=reading.value)
    return replace(number, unit=reading.unit, signed=reading.signed, fraction=reading.fraction), end


def _extent_with_unit(line: Sequence[Token], at: int) -> tuple[Sequence[Term], int]:
    """Return an extent token with the unit of paper behind it: "4x6 inches"."""
    _, unit, end = unit_at(line, at + 1)
    if unit not in LENGTHS or not unit:
        return _alone(line[at]), at + 1
    width, height = _sides(line[at].text)
    return [_extent(width, height, line[at], line[end - 1], unit=unit)], end


def _extent(  # noqa: PLR0913 - two sides, two ends, and how they are meant
    width: float, height: float, first: Token, last: Token, *, exact: bool = True, unit: Unit = ""
) -> Extent:
    name = f"{width:g}x{height:g}"
    return Extent(
        kind="extent",
        name=name,
        start=first.start,
        end=last.end,
        width=width,
        height=height,
        exact=exact,
        unit=unit,
    )


def _point(x: int, y: int, token: Token) -> Point:
    return Point(kind="point", name=f"{x},{y}", start=token.start, end=token.end, x=x, y=y)


def _sides(text: str) -> tuple[float, float]:
    first, _, second = text.replace("×", "x").replace("*", "x").replace("px", "").replace("pixel", "").partition("x")
    width, height = ("".join(character for character in side if character.isdigit()) for side in (first, second))
    return float(width), float(height)


def _ratio(token: Token) -> Term:
    """Return an aspect ratio; a usual fraction with a slash may also be a share of the size."""
    text = "".join(token.text.split())
    if text in FRACTIONS:
        over, _, under = text.partition("/")
        value = 100 * float(over) / float(under)
        return Number(kind="number", name=text, start=token.start, end=token.end, value=value, unit="%", fraction=True)
    return _term("aspect", text, token)


def _hex(token: Token) -> str:
    if token.kind == "rgb":
        channels = token.text.removeprefix("rgb(").removesuffix(")").split(",")
        return "#" + "".join(f"{int(channel):02X}" for channel in channels)
    return str(hexadecimal(token.text)).upper()
