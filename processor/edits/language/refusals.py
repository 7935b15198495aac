"""Refusals: what was understood, where a command stopped being so, and what is near."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Final

from processor.edits.language.lexicon import lexicon
from processor.edits.language.terms import Stuck, Term
from processor.edits.operations.base import Operation
from processor.edits.vocabulary import OPERATIONS
from processor.errors import EditCode, EditError

MAX_WORD_CHARS: Final = 60
MAX_SUGGESTIONS: Final = 3
LIKENESS, TYPO_LIKENESS = 60, 75  # of 100
# Whoever writes more unknown words did not mistype known ones; and looking for each would take its time.
MAX_TYPOS: Final = 5
EVERYDAY: Final = ("resize to 800px", "crop to square", "make it brighter")
GENERATIVE_VERBS: Final = frozenset({"add", "change", "become", "remove"})
ONLY_PEOPLE_SEE: Final = frozenset({"background", "face", "subject"})
CROPS: Final = frozenset({"crop", "autocrop"})  # they look for a face or a subject, and may say so
WRITTEN_INTO_PICTURES: Final = frozenset({"text", "title", "watermark"})
WHAT_IS_POSSIBLE: Final = (
    "The editor changes a picture as a whole: size, shape, rotation, light, colour, effects, borders, text, format. "
    "It cannot find, add, remove or redraw what the picture shows."
)


def refusal(
    command: str,
    stuck: Stuck,
    clause: Sequence[Term],
    understood: Sequence[Operation],
    is_command: Callable[[str], bool],
) -> EditError:
    """Make the error for a *command* that is *stuck* in *clause* after the steps that were *understood*."""
    start, end = (stuck.where.start, stuck.where.end) if stuck.where else (len(command), len(command))
    word = command[start:end][:MAX_WORD_CHARS]
    generative = is_generative(clause)
    near = list(EVERYDAY) if generative else suggestions(command, clause, is_command)
    details = {
        "understood": [step.words() for step in understood],
        "stopped_at": {"position": start, "word": word},
        "problem": stuck.sentence,
        "suggestions": near,
    }
    where = f"“{word}” (character {start + 1}): " if word else ""
    if generative:
        return EditError(EditCode.UNSUPPORTED_COMMAND, f"{where}{WHAT_IS_POSSIBLE}", details=details)
    return EditError(EditCode.UNPARSEABLE_COMMAND, f"{where}{stuck.sentence}. Try “{near[0]}”.", details=details)


def is_generative(clause: Sequence[Term]) -> bool:
    """Tell whether a clause asks for what only a person, or a model, could find or invent in a picture."""
    named = {term.name for term in clause if term.kind == "option"}
    heads = {term.name for term in clause if term.kind == "head"}
    if any(term.kind == "thing" for term in clause) or (named & ONLY_PEOPLE_SEE and not heads & CROPS):
        return True
    verbs = {term.name for term in clause if term.kind in {"verb", "change"}} & GENERATIVE_VERBS
    if "remove" in verbs and heads & WRITTEN_INTO_PICTURES:
        return True
    strange = strange_words(clause)
    return bool(strange and verbs) and not any(meant(word) for word in strange[:MAX_TYPOS])


def suggestions(command: str, clause: Sequence[Term], is_command: Callable[[str], bool]) -> list[str]:
    """Suggest the command with its unknown words as the nearest known ones, if that is one; then near examples."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - 20 ms that only a refusal needs

    strange = strange_words(clause)
    typos = {word: meant(word) or word for word in strange} if len(strange) <= MAX_TYPOS else {}
    own = next((OPERATIONS[term.name].examples for term in clause if term.name in OPERATIONS), ())
    corrected = _corrected(command, typos)
    first = [corrected] if corrected != command and is_command(corrected) else []
    said = [term for term in clause if term.kind != "separator"]
    asked = _corrected(command[said[0].start : said[-1].end], typos)[:MAX_WORD_CHARS] if said else ""
    found = process.extract(
        asked.lower(), examples(), scorer=fuzz.token_set_ratio, limit=MAX_SUGGESTIONS, score_cutoff=LIKENESS
    )
    near = dict.fromkeys([*first, *(example for example, _, _ in found), *own])
    return list(near)[:MAX_SUGGESTIONS] or list(EVERYDAY)


@cache
def examples() -> tuple[str, ...]:
    """List every example of the vocabulary."""
    return tuple(example for kind in OPERATIONS.values() for example in kind.examples)


def meant(word: str) -> str:
    """Give the known word that *word* was probably meant to be, else ""."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - 20 ms that only a refusal needs

    found = process.extractOne(word, lexicon().words, scorer=fuzz.ratio, score_cutoff=TYPO_LIKENESS)
    return found[0] if found else ""


def strange_words(clause: Sequence[Term]) -> list[str]:
    """List the unknown words of a clause, each once."""
    return list(dict.fromkeys(term.name for term in clause if term.kind == "unknown"))


def _corrected(text: str, typos: Mapping[str, str]) -> str:
    """Write the words that were meant."""
    for word, known in typos.items():
        text = text.lower().replace(word, known)
    return text
