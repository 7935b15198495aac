"""Define what a command is made of once its words are known: terms, each with its place in the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "head",  # names an operation: "crop", "darker"
    "state",  # how a picture is or shall be: "blurry", "dark"
    "verb",  # asks for something without saying what: "make", "add", "convert"
    "change",  # "more", "less", "remove"
    "copula",  # "is", "looks": what follows is described, not asked for
    "too",  # "too dark", "not enough contrast"
    "not",  # "without", "don't": what follows is not wanted
    "order",  # "before", "after"
    "relation",  # a preposition that nothing follows
    "label",  # says which parameter a number is: "wide", "opacity"
    "number",
    "extent",  # width × height
    "point",  # x, y
    "paper",  # "A4"
    "aspect",
    "orientation",  # "portrait", "landscape"
    "colour",
    "place",
    "format",
    "source format",  # a format that is read but never written
    "level",  # "slightly", "very", "maximum"
    "option",  # other values that operations take: "all sides", "circle", "keep aspect"
    "text",  # in quotes
    "link",
    "separator",
    "thing",  # what pictures show, or styles of art: nothing that this vocabulary can make or find
    "cannot",  # something that people ask for and no operation does; explained in refusals.py
    "question",
    "unknown",
]
Unit = Literal["", "px", "%", "°", "×", "bytes", "cm", "mm", "in", "dpi", "megapixels", "colors", "levels", "stops"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A place in a command: characters from *start* up to *end*."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Term(Span):
    """One word or phrase; *name* is its name in the vocabulary, *relation* the preposition in front of it."""

    kind: Kind
    name: str
    relation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Term):
    """A number with its unit and what it measures ("width"). *fraction*: written as "half" or "2/3"."""

    value: float
    unit: Unit = ""
    signed: bool = False
    label: str = ""
    fraction: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent(Term):
    """A width and a height in *unit*. *exact*: a unit, or the sign ×, says that they are lengths and no ratio."""

    width: float
    height: float
    exact: bool
    unit: Unit = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point(Term):
    """A place in px from the top left."""

    x: int
    y: int


class ParseError(Exception):
    """A command is not understood at *where*: *sentence* gives the reason, *suggestions* commands that are."""

    def __init__(self, sentence: str, where: Span | None = None, suggestions: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.where = where
        self.suggestions = tuple(suggestions)
