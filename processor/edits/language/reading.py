"""Read a command into terms: words by the lexicon, numbers with their unit, their preposition and what they measure.

Each pass is linear: ``terms`` looks words and numbers up, ``related`` writes each preposition onto the term behind it,
``labelled`` writes labels ("wide") onto their numbers. A word that no pass uses stays a term, and stops the command
later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from processor.edits.colours import hexadecimal
from processor.edits.language.lexicon import is_noise, lexicon
from processor.edits.language.numerals import Reading, read, unit_at
from processor.edits.language.terms import Extent, Kind, Number, Point, Term, Unit
from processor.edits.language.tokens import Token, tokens

# These stand behind their number, or in front of it; all other labels stand in front when a number follows.
SIDES: Final = frozenset({"width", "height"})
JOINS: Final = frozenset({"by", "x"})
LENGTHS: Final[frozenset[Unit]] = frozenset({"", "px", "cm", "mm", "in"})
FRACTIONS: Final = frozenset({"1/2", "1/3", "2/3", "1/4", "3/4", "1/5", "1/8", "1/10"})
WEAK: Final = frozenset({"to", "into", "of", "with", "at", "in", "for", "as", "on", "within"})
BOUNDS: Final = {"max": "maximum", "min": "low"}
QUALITY_UNITS: Final[frozenset[Unit]] = frozenset({"", "%"})
ARTICLES: Final = frozenset({"a", "an", "the", "my", "our", "your", "its", "this", "that"})
PICTURE: Final = frozenset(
    {"image", "picture", "photo", "photograph", "pic", "it", "them", "me", "us", "images", "pictures", "photos"}
)
USED: Final = "used"
VERBATIM: Final = frozenset({"text", "link"})
# Letters that a number may follow without a space: "x10", "q80".
PREFIXES: Final = frozenset({"x", "y", "w", "h", "q"})
MEASURED_BY: Final = frozenset({("head", "compress"), ("option", "file"), ("label", "size")})


def terms_of(command: str) -> list[Term]:
    """Read *command*; raises ParseError at a quotation that is never closed."""
    return labelled(bounded(related(terms(list(tokens(command))))))


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
    if found := lexicon().longest(line, at):
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


def labelled(line: Iterable[Term]) -> list[Term]:
    """Write labels onto their numbers: "800 wide", "width 800", "quality 80"; one without a number stays a term."""
    waiting = list(line)
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
    if label == "factor":
        return replace(number, unit="×", relation=relation)
    if label == "dpi":
        return replace(number, unit="dpi")
    return replace(number, label=label, relation=relation)


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
