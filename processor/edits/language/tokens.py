"""Cut a command into tokens: words, numbers, sizes, ratios, colours, quotations, links, separators.

Every character is looked at once: the alternatives are bounded, or possessive where they repeat. A hyphen between
words is a space ("top-left"), one in front of digits is a sign; a full stop ends a step, one inside ".webp" does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from processor.edits.language.terms import Span, Stuck

TokenKind = Literal["word", "number", "extent", "ratio", "hex", "rgb", "link", "text", "separator", "odd"]

TOKEN: Final = re.compile(
    r"""
      (?P<link>    (?:photo|upload|https?):// [^\s'"“”‘’«»]++ )
    | (?P<hex>     \# (?:[0-9a-f]{6}|[0-9a-f]{3}) (?!\w) )
    | (?P<rgb>     rgb\( \s*+ [0-9]{1,3} \s*+,\s*+ [0-9]{1,3} \s*+,\s*+ [0-9]{1,3} \s*+ \) )
    | (?P<extent>  [0-9]{1,6} \s*+ (?:px|pixels?)? \s*+ [x×*] \s*+ [0-9]{1,6} (?!\.?[0-9])
                 (?: \s*+ (?:px|pixels?) \b )? )
    | (?P<ratio>   [0-9]{1,4} (?:\.[0-9]{1,3})? \s*+ [:/] \s*+ [0-9]{1,4} (?:\.[0-9]{1,3})? (?!\.?[0-9]) )
    | (?P<number>  (?:(?<![\w.])[-+−])?+ (?: [0-9]{1,3}(?:,[0-9]{3})++(?![0-9]) | [0-9]++ (?:\.[0-9]++)? | \.[0-9]++ ) )
    | (?P<word>    [^\W\d_]++ (?: ['’][^\W\d_]++ )*+ | [%°º] )
    | (?P<separator> [,;\r\n!?&+|>→–—] | \.(?!\w) )
    | (?P<blank>   [\s\-‐‑:=()\[\]{}/*@~_.…•]  )
    | (?P<odd>     . )
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
QUOTES: Final = {'"': '"', "'": "'", "“": "”", "‘": "’", "«": "»", "„": "“", "”": "”", "’": "’", "`": "`"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Token(Span):
    """One token; *text* in lower case, a quotation as it stands between its quotes."""

    kind: TokenKind
    text: str


def tokens(command: str) -> Iterator[Token]:
    """Cut *command*; raises Stuck at a quotation that is never closed."""
    at = 0
    while at < len(command):
        if command[at] in QUOTES:
            end = closing(command, at)
            yield Token(kind="text", text=command[at + 1 : end], start=at, end=end + 1)
            at = end + 1
            continue
        match = TOKEN.match(command, at)
        if match is None or match.lastgroup is None:
            raise AssertionError("the last alternative takes any character")
        if match.lastgroup != "blank":
            yield _token(match)
        at = match.end()


def closing(command: str, opening: int) -> int:
    """Find the quote that closes the one at *opening*; an apostrophe inside a word closes nothing."""
    quote = QUOTES[command[opening]]
    at = command.find(quote, opening + 1)
    while at >= 0 and command[at + 1 : at + 2].isalnum():
        at = command.find(quote, at + 1)
    if at < 0:
        raise Stuck(f"the quotation is never closed, expected {quote}", Span(start=opening, end=len(command)))
    return at


def _token(match: re.Match[str]) -> Token:
    kind: TokenKind = match.lastgroup  # pyright: ignore[reportAssignmentType] # the groups are the kinds
    text = match[0].lower().replace("−", "-").replace("’", "'")
    return Token(kind=kind, text=text, start=match.start(), end=match.end())
