"""What a command is made of once its words are known: terms, each with its place in the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "head",  # names an operation: "crop", "darker"
    "verb",  # asks for something without saying what: "make", "add", "convert"
    "change",  # "more", "less", "remove"
    "relation",  # "to" or "by", in front of a number
    "label",  # says which parameter a number is: "wide", "opacity"
    "number",
    "extent",  # width × height
    "aspect",
    "colour",
    "place",
    "format",
    "level",  # "slightly", "very", "maximum"
    "option",  # whatever else operations take: "all sides", "circle", "keep aspect"
    "text",  # in quotes
    "link",
    "separator",
    "thing",  # what pictures show, or styles of art: nothing that this vocabulary can make or find
    "unknown",
]
Unit = Literal["", "px", "%", "°", "×", "bytes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A place in a command: characters from *start* up to *end*."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Term(Span):
    """One word or phrase that means one thing; *name* is how the vocabulary writes it."""

    kind: Kind
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Term):
    """A number with its unit, the relation in front of it ("to", "by") and what it is a number of ("width")."""

    value: float
    unit: Unit = ""
    signed: bool = False
    relation: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent(Term):
    """A width and a height. *exact*: a unit, or the sign ×, says that they are pixels and no ratio."""

    width: float
    height: float
    exact: bool


class Stuck(Exception):
    """A command that cannot be followed beyond *where*; *sentence* says what was expected there."""

    def __init__(self, sentence: str, where: Span | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.where = where
