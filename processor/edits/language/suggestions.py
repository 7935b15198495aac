"""Suggest commands for one that is not understood: only such as compile to what was probably meant.

A mistyped word is replaced where it stands, never inside a quotation; text without quotes gets them; a step that says
too little is completed by an example of its operation. Where a command forbids or removes something, no example is
offered: it could be the opposite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Final

from processor.edits.language.connectives import NOISE
from processor.edits.language.lexicon import lexicon
from processor.edits.language.negation import OPERATIONS_OF
from processor.edits.language.parsers.ratios import NEEDS_DPI
from processor.edits.language.terms import ParseError, Term
from processor.edits.vocabulary import OPERATIONS

MAX_SUGGESTIONS: Final = 3
# A command with more unknown words has not mistyped known ones, and looking for each takes its time.
MAX_TYPOS: Final = 5
SHORTEST_TYPO: Final = 4
LONG_WORD: Final = 8
CANDIDATES: Final = 4
WRITES: Final = frozenset({"text", "title", "watermark"})
NEGATIVE: Final = frozenset({"not", "remove", "less", "too"})


def suggestions(
    command: str, error: ParseError, clause: Sequence[Term], is_command: Callable[[str], bool]
) -> list[str]:
    """Return up to three commands for the step that stopped *command*, the likeliest first; none where none is near."""
    strange = list({term.name: term for term in clause if term.kind == "unknown"}.values())
    quoted = any(term.kind in {"text", "link"} for term in clause)
    if error.sentence == NEEDS_DPI:
        return _first(iter([f"{command[clause[0].start : clause[-1].end]} at 300 dpi"]), is_command)
    if strange and not quoted and any(term.name in WRITES or term.name == "own text" for term in clause):
        return _first(_quoted(command, clause), is_command)
    if strange:
        return _first(_corrected(command, clause, strange), is_command) if len(strange) <= MAX_TYPOS else []
    return completions(error, clause)


def completions(error: ParseError, clause: Sequence[Term]) -> list[str]:
    """Return examples of the operation that a clause names but does not complete."""
    negative = any((term.kind, term.name) == ("option", "saying") for term in clause) or any(
        term.kind in NEGATIVE or term.name in NEGATIVE for term in clause
    )
    if negative or not error.sentence.startswith("expected"):
        return []
    if len({term.name for term in clause if term.kind == "head"}) > 1:
        return []
    names = [OPERATIONS_OF.get(term.name, term.name) for term in clause if term.kind == "head"]
    return [example for name in names if name in OPERATIONS for example in OPERATIONS[name].examples][:MAX_SUGGESTIONS]


def _first(candidates: Iterator[str], is_command: Callable[[str], bool]) -> list[str]:
    found = next((candidate for candidate in candidates if is_command(candidate)), None)
    return [] if found is None else [found]


def _corrected(command: str, clause: Sequence[Term], strange: Sequence[Term]) -> Iterator[str]:
    """Yield the step with its unknown words as the known ones that they are likest."""
    choices = {term.name: meant(term.name) for term in strange}
    if not all(choices.values()):
        return
    first, last = clause[0].start, clause[-1].end
    for rank in range(CANDIDATES):
        picked = {word: known[min(rank, len(known) - 1)] for word, known in choices.items()}
        text = command[:last]
        for term in sorted((one for one in clause if one.kind == "unknown"), key=lambda one: -one.start):
            text = text[: term.start] + picked[term.name] + text[term.end :]
        yield text[first:]


def meant(word: str) -> list[str]:
    """Return the known words that *word* was probably meant to be, the nearest first."""
    from rapidfuzz import process  # noqa: PLC0415 - 20 ms that only a refusal needs
    from rapidfuzz.distance import OSA  # noqa: PLC0415

    if len(word) < SHORTEST_TYPO:
        return []
    most = 2 if len(word) >= LONG_WORD else int(len(word) > SHORTEST_TYPO)
    letters = sorted(word)
    near: list[tuple[float, int, str]] = []
    found = process.extract(word, known_words(), scorer=OSA.distance, score_cutoff=most + 1, limit=None)
    for known, away, _ in found:
        if away <= most + (len(word) == len(known) and sorted(known) == letters):
            odd = 0.5 * (word[0] != known[0]) + 0.25 * abs(len(word) - len(known))
            near.append((away + odd, -len(known), known))  # letters are left out more often than added
    return [known for _, _, known in sorted(near)][:CANDIDATES]


@cache
def known_words() -> tuple[str, ...]:
    """List the words that a mistyped one may be."""
    return tuple(word for word in sorted(lexicon().words - NOISE) if len(word) >= SHORTEST_TYPO)


def _quoted(command: str, clause: Sequence[Term]) -> Iterator[str]:
    """Yield the step with the words that are to be written in quotes."""
    unknown = [at for at, term in enumerate(clause) if term.kind == "unknown"]
    first, last = unknown[0], clause[unknown[-1]]
    start = clause[first - 1].end if first else clause[0].start
    text, behind = command[start : last.end].strip(" :,-"), command[last.end : clause[-1].end]
    if "'" not in text:
        yield f"{command[clause[0].start : start].strip()} '{text}'{behind}"
        yield f"add text '{text}'{behind}"
