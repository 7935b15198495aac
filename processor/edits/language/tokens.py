"""Cut a command into tokens: words, numbers, sizes, ratios, colours, quotations, links, separators.

Every character is looked at once: the alternatives are bounded, or possessive where they repeat. A hyphen between
words is a space ("top-left"), one in front of digits is a sign, one that begins a word begins a step ("-resize 50%");
a full stop ends a step, one inside ".webp" does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from processor.edits.language.terms import ParseError, Span

TokenKind = Literal[
    "word",
    "number",
    "extent",
    "geometry",
    "ratio",
    "point",
    "paper",
    "hex",
    "rgb",
    "link",
    "text",
    "separator",
    "odd",
]

# No group is quantified possessively: Python before 3.11.5 matches such a group wrongly (cpython issue 106052).
TOKEN: Final = re.compile(
    r"""
      (?P<link>    (?:photo|upload|https?):// [^\s'"“”‘’«»]* (?<![.,;!?]) )
    | (?P<hex>     \# (?:[0-9a-f]{6}|[0-9a-f]{3}) (?!\w) )
    | (?P<rgb>     rgb\( \s*+ [0-9]{1,3} \s*+,\s*+ [0-9]{1,3} \s*+,\s*+ [0-9]{1,3} \s*+ \) )
    | (?P<paper>   (?<!\w) a (?:10|[0-9]) (?!\w) )
    | (?P<geometry> [0-9]{1,5} x [0-9]{1,5} \+ [0-9]{1,5} \+ [0-9]{1,5} (?!\w) )
    | (?P<extent>  [0-9]{1,6} \s*+ (?:px|pixels?)? \s*+ [x×*] \s*+ [0-9]{1,6} (?!\.?[0-9])
                 (?: \s*+ (?:px|pixels?) \b )? )
    | (?P<ratio>   [0-9]{1,4} (?:\.[0-9]{1,3})? \s*+ [:/] \s*+ [0-9]{1,4} (?:\.[0-9]{1,3})? (?!\.?[0-9]) )
    | (?P<number>  (?:(?<![\w.])[-+−–—])?
                 (?: [0-9]{1,3}(?:,[0-9]{3})+(?!,[0-9]{3}|[0-9]) | [0-9]++ (?:\.[0-9]++)? | \.[0-9]++ ) )
    | (?P<word>    (?:max|min)\. (?=\s*[0-9]) | [^\W\d_]++ (?: ['’][^\W\d_]++ )* | [%％°º×½⅓⅔¼¾] )
    | (?P<separator> [,;\r\n!?&+|>→–—] | \.(?!\w) | (?<!\S) --? (?=[^\W\d_]) )
    | (?P<blank>   [\s\-‐‑:=()\[\]{}/*@~_.…•]  )
    | (?P<odd>     . )
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
ITEM: Final = re.compile(r"(?<!\S)([0-9]{1,2})[.)]\s++(?=[^\W\d_])")
POINT: Final = re.compile(r"\(?([0-9]{1,5})(?:px)?\s*+,\s*+([0-9]{1,5})(?:px\b)?(?![0-9,.%])")
BEFORE_NUMBERS: Final = frozenset("(0123456789")  # what ITEM and POINT begin with
POINTERS: Final = frozenset({"at", "from", "starting", "position", "coordinates", "point", "offset"})
QUOTES: Final = {'"': '"', "'": "'", "“": "”", "‘": "’", "«": "»", "„": "“", "”": "”", "’": "’", "`": "`"}
# Symbols that people end a sentence with; they ask for nothing.
POLITE_SYMBOLS: Final = frozenset("👍👌🙏❤💛💙💚😀😁😃😄😅😉😊😍🙂🥰🤗\ufe0f\u200d🏻🏼🏽🏾🏿")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token(Span):
    """One token: *text* in lower case, but a quotation or a link letter for letter. *glued*: no space before it."""

    kind: TokenKind
    text: str
    glued: bool = False


def tokens(command: str) -> Iterator[Token]:
    """Cut *command*; raises ParseError at a quotation that is never closed."""
    at, items, last, pointed = 0, 0, Token(kind="separator", text="", start=0, end=0), False
    while at < len(command):
        token, at = _next(command, at, items, last, pointed=pointed)
        if token is not None:
            items += token.kind == "separator" and token.text == "item"
            pointed = pointed or token.kind == "point"
            last = token
            yield token


def _next(command: str, at: int, items: int, last: Token, *, pointed: bool) -> tuple[Token | None, int]:
    """Read the token at *at*, behind *last*; *items* of a numbered list, or a point, came before it."""
    if command[at] in QUOTES:
        end = closing(command, at)
        return Token(kind="text", text=command[at + 1 : end], start=at, end=end + 1), end + 1
    if command[at] in BEFORE_NUMBERS:
        item = ITEM.match(command, at)
        if item and int(item[1]) == items + 1 and (items or not command[:at].strip()):
            return Token(kind="separator", text="item", start=at, end=item.end()), item.end()
        if (point := POINT.match(command, at)) and _points(last, pointed=pointed):
            return Token(kind="point", text=f"{point[1]},{point[2]}", start=at, end=point.end()), point.end()
    match = TOKEN.match(command, at)
    if match is None or match.lastgroup is None:
        raise AssertionError("the last alternative takes any character")
    polite = match[0] in POLITE_SYMBOLS
    return (None if polite or match.lastgroup == "blank" else _token(match, last)), match.end()


def _points(last: Token, *, pointed: bool) -> bool:
    """Tell whether two numbers are a point: "at 100,200", "from 1,2 to 3,4", but not "to 1,200"."""
    return last.kind == "word" and (last.text in POINTERS or (last.text == "to" and pointed))


def closing(command: str, opening: int) -> int:
    """Find the quote that closes the one at *opening*; an apostrophe inside a word closes nothing."""
    quote = QUOTES[command[opening]]
    at = command.find(quote, opening + 1)
    while at >= 0 and command[at + 1 : at + 2].isalnum():
        at = command.find(quote, at + 1)
    if at < 0:
        raise ParseError(f"the quotation is never closed, expected {quote}", Span(start=opening, end=len(command)))
    return at


def _token(match: re.Match[str], last: Token) -> Token:
    kind: TokenKind = match.lastgroup  # pyright: ignore[reportAssignmentType] # the groups are the kinds
    text = match[0] if kind == "link" else match[0].lower().replace("−", "-").replace("’", "'")
    text = re.sub("[–—]", "-", text) if kind == "number" else text
    text = text.rstrip(".") if kind == "word" else text
    return Token(kind=kind, text=text, start=match.start(), end=match.end(), glued=last.end == match.start())
