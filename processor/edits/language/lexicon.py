"""Look up what the words at one place of a command mean: the longest phrase wins, noise inside it does not count.

The phrases stand in a tree of words. Looking one up takes as many steps as the longest phrase has words, with a bounded
number of words without meaning between them, so that reading a command stays linear in its length.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Final

from processor.edits.colours import NAMED, SPOKEN
from processor.edits.language import connectives, explanations, phrases, values
from processor.edits.language.connectives import NOISE
from processor.edits.language.terms import Kind
from processor.edits.language.tokens import Token

MAX_NOISE_INSIDE: Final = 3
SHORTEST_STEM: Final = 3
SHORTENED: Final = frozenset({"s", "d", "ll", "m", "re", "ve"})  # it's, i'd, let's; never don't
REMOVING: Final = ("get rid of", "delete", "eliminate", "take out", "take away")
SPELLINGS: Final = (("colour", "color"), ("grey", "gray"), ("centre", "center"), ("levell", "level"), ("yse", "yze"))
# Endings, and what stands in their place in the basic form; the longest first.
ENDINGS: Final = (
    *(("isation", "ization"), ("ising", "ize"), ("izing", "ize"), ("ised", "ize"), ("ise", "ize"), ("ized", "ize")),
    *(("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e"), ("es", ""), ("s", "")),
)


@dataclass(slots=True)
class Node:
    """One word of a phrase: what may follow, and what the phrase means if it ends here."""

    following: dict[str, Node] = field(default_factory=dict[str, "Node"])
    meaning: tuple[Kind, str] | None = None


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All phrases, and all words that occur in them."""

    root: Node
    words: frozenset[str]

    def longest(self, line: Sequence[Token], at: int) -> tuple[tuple[Kind, str], int] | None:
        """Return the meaning of the longest phrase that begins at *at*, and the place behind it."""
        node, found, skipped = self.root, None, 0
        while at < len(line) and line[at].kind in {"word", "number", "separator"}:
            following = next((node.following[form] for form in forms(line[at].text) if form in node.following), None)
            if following is not None:
                node, at, skipped = following, at + 1, 0
                found = (node.meaning, at) if node.meaning else found
            elif node is not self.root and skipped < MAX_NOISE_INSIDE and is_noise(line[at].text):
                at, skipped = at + 1, skipped + 1
            else:
                break
        return found


def is_noise(word: str) -> bool:
    """Tell whether *word* is one of those without meaning."""
    return any(form in NOISE for form in forms(word))


@lru_cache(maxsize=4096)
def forms(word: str) -> tuple[str, ...]:
    """List what *word* may be a form of: itself, then American spelling, then without its ending."""
    american = word
    for british, spelling in SPELLINGS:
        american = american.replace(british, spelling)
    before, _, behind = american.partition("'")
    stems = [before] if behind in SHORTENED else []
    for ending, instead in ENDINGS:
        stem = american.removesuffix(ending)
        if stem != american and len(stem) >= SHORTEST_STEM:
            doubled = stem[-1] == stem[-2] and ending in {"ing", "ed"}  # cropping, flipped
            stems += [stem + instead, stem[:-1]] if doubled else [stem + instead]
    return (word, american, *stems)


@cache
def lexicon() -> Lexicon:
    """Build the tree, once."""
    root, words = Node(), set[str](NOISE)
    for kind, name, phrase in entries():
        node = root
        for word in phrase.split():
            node = node.following.setdefault(word, Node())
            words.add(word)
        node.meaning = node.meaning or (kind, name)
    return Lexicon(root, frozenset(words))


def entries() -> Iterator[tuple[Kind, str, str]]:
    """List every phrase with its kind and name; where one stands twice, the first counts."""
    for tables in (phrases.kinds(), connectives.kinds(), values.kinds(), explanations.kinds()):
        for kind, table in tables.items():
            for name, listed in table.items():
                for phrase in listed.split(" | "):
                    yield kind, name, phrase
                    if phrase.startswith("remove "):
                        for verb in REMOVING:
                            yield kind, name, phrase.replace("remove", verb, 1)
    for phrase, value in {**SPOKEN, **NAMED}.items():
        if "grey" not in phrase:  # ``forms`` reads it as gray
            yield "colour", value, phrase
