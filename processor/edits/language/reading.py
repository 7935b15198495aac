"""Read a command: from its tokens to terms, each number with its unit, its relation and what it is a number of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from processor.edits.colours import hexadecimal
from processor.edits.language.lexicon import is_filler, lexicon
from processor.edits.language.numerals import Reading, read
from processor.edits.language.terms import Extent, Kind, Number, Term
from processor.edits.language.tokens import Token, tokens

# These stand behind their number, or in front of it; all other labels stand in front when a number follows.
SIDES: Final = frozenset({"width", "height"})
JOINS: Final = frozenset({"by", "x"})
NAMELESS: Final = ""


def terms_of(command: str) -> list[Term]:
    """Read *command*; raises Stuck at a quotation that is never closed."""
    return list(labelled(related(terms(list(tokens(command))))))


def terms(line: Sequence[Token]) -> Iterator[Term]:
    """Turn tokens into terms, in order; fillers are left out."""
    at = 0
    while at < len(line):
        term, at = _next(line, at)
        if term is not None:
            yield term


def _next(line: Sequence[Token], at: int) -> tuple[Term | None, int]:
    if found := lexicon().longest(line, at):
        (kind, name), end = found
        return _named(kind, name, line[at], line[end - 1]), end
    if line[at].text == "a" and lexicon().longest(line, at + 1):
        return None, at + 1  # "a quarter turn": the phrase, not the fraction
    if reading := read(line, at):
        return _number(line, at, reading)
    return _alone(line[at]), at + 1


def _alone(token: Token) -> Term | None:
    """Give the term that one token makes, whatever stands around it; None for a filler."""
    match token.kind:
        case "word":
            term = None if is_filler(token.text) else _term("unknown", token.text, token)
        case "extent":
            width, _, height = token.text.replace("×", "x").replace("*", "x").partition("x")
            term = _extent(_digits(width), _digits(height), token, token, exact="p" in token.text)
        case "ratio":
            term = _ratio(token)
        case "hex" | "rgb":
            term = _term("colour", _hex(token), token)
        case "link":
            term = _term("link", token.text.rstrip(".,;"), token)
        case "text" | "separator":
            term = _term(token.kind, token.text, token)
        case _:
            term = _term("unknown", token.text, token)
    return term


def related(line: Iterable[Term]) -> Iterator[Term]:
    """Write "to" and "by" onto the number behind them, across a label; elsewhere they mean nothing."""
    relation = ""
    for term in line:
        if term.kind == "relation":
            relation = term.name
        elif isinstance(term, Number):
            yield replace(term, relation=relation)
            relation = ""
        else:
            relation = relation if term.kind == "label" else ""
            yield term


def labelled(line: Iterable[Term]) -> Iterator[Term]:
    """Write labels onto their numbers: "800 wide", "width 800", "opacity 50%"; one without a number stays a term."""
    waiting = list(line)
    for at, term in enumerate(waiting):
        before, after = waiting[at - 1] if at else None, waiting[at + 1] if at + 1 < len(waiting) else None
        free = isinstance(before, Number) and not before.label
        label = "height" if term.kind == "level" and term.name == "high" and free else term.name
        if term.kind == "label" or label != term.name:
            ahead = isinstance(after, Number) and not (free and label in SIDES)
            if ahead and isinstance(after, Number):
                waiting[at + 1] = _with_label(after, label)
                waiting[at] = replace(term, kind="label", name=NAMELESS)
            elif free and isinstance(before, Number):
                waiting[at - 1] = _with_label(before, label)
                waiting[at] = replace(term, kind="label", name=NAMELESS)
    return (term for term in waiting if (term.kind, term.name) != ("label", NAMELESS))


def _with_label(number: Number, label: str) -> Number:
    return replace(number, unit="×") if label == "factor" else replace(number, label=label)


def _term(kind: Kind, name: str, first: Token, last: Token | None = None) -> Term:
    return Term(kind=kind, name=name, start=first.start, end=(last or first).end)


def _named(kind: Kind, name: str, first: Token, last: Token) -> Term:
    if kind == "extent":
        width, _, height = name.partition("x")
        return _extent(float(width), float(height), first, last)
    return _term(kind, name, first, last)


def _number(line: Sequence[Token], at: int, reading: Reading) -> tuple[Term, int]:
    """Give a number; with "by" and another one behind it, the extent that both make."""
    end = reading.end
    if reading.unit in {"", "px"} and end + 1 < len(line) and line[end].text in JOINS:
        second = read(line, end + 1)
        if second is not None and second.unit in {"", "px"}:
            exact = "px" in {reading.unit, second.unit}
            extent = _extent(reading.value, second.value, line[at], line[second.end - 1], exact=exact)
            return extent, second.end
    number = Number(kind="number", name=line[at].text, start=line[at].start, end=line[end - 1].end, value=reading.value)
    return replace(number, unit=reading.unit, signed=reading.signed), end


def _extent(width: float, height: float, first: Token, last: Token, *, exact: bool = True) -> Extent:
    name = f"{width:g}x{height:g}"
    return Extent(kind="extent", name=name, start=first.start, end=last.end, width=width, height=height, exact=exact)


def _digits(text: str) -> float:
    return float("".join(character for character in text if character.isdigit()))


def _ratio(token: Token) -> Term:
    """Give an aspect ratio; one over a small number, with a slash, is a fraction."""
    text = "".join(token.text.split())
    first, slash, second = text.partition("/")
    if slash and first == "1" and second in {"2", "3", "4", "5", "8", "10"}:
        share = 100 / float(second)
        return Number(kind="number", name=text, start=token.start, end=token.end, value=share, unit="%")
    return _term("aspect", text, token)


def _hex(token: Token) -> str:
    if token.kind == "rgb":
        channels = token.text.removeprefix("rgb(").removesuffix(")").split(",")
        return "#" + "".join(f"{int(channel):02X}" for channel in channels)
    return str(hexadecimal(token.text)).upper()
