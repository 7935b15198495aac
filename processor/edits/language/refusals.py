"""Refusals: what was understood, where a command stopped being so, and what is near."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

from processor.edits.language.lexicon import lexicon
from processor.edits.language.terms import Stuck, Term
from processor.edits.operations.base import Operation
from processor.edits.vocabulary import OPERATIONS
from processor.errors import EditCode, EditError

MAX_WORD_CHARS: Final = 60
MAX_SUGGESTIONS: Final = 3
LIKENESS, TYPO_LIKENESS = 55, 78  # of 100
GENERATIVE_VERBS: Final = frozenset({"add", "change", "become"})
ONLY_KNOWN_TO_PEOPLE: Final = frozenset({"background", "face", "subject"})
WHAT_IS_POSSIBLE: Final = (
    "The editor changes a picture as a whole: size, shape, rotation, light, colour, effects, borders, text, format. "
    "It cannot find, add, remove or redraw what the picture shows."
)


def refusal(command: str, stuck: Stuck, clause: Sequence[Term], understood: Sequence[Operation]) -> EditError:
    """Make the error for a *command* that is *stuck* in *clause* after the steps that were *understood*."""
    start, end = (stuck.where.start, stuck.where.end) if stuck.where else (len(command), len(command))
    word = command[start:end][:MAX_WORD_CHARS]
    details = {
        "understood": [step.words() for step in understood],
        "stopped_at": {"position": start, "word": word},
        "problem": stuck.sentence,
    }
    if is_generative(clause):
        public = f"“{word}”: {WHAT_IS_POSSIBLE}"
        return EditError(EditCode.UNSUPPORTED_COMMAND, public, details={**details, "suggestions": EVERYDAY})
    near = suggestions(command, clause)
    public = f"{_where(word, start)}{stuck.sentence}. Try “{near[0]}”."
    return EditError(EditCode.UNPARSEABLE_COMMAND, public, details={**details, "suggestions": near})


def is_generative(clause: Sequence[Term]) -> bool:
    """Tell whether a clause asks for what only a person, or a model, could find or invent in a picture."""
    verbs = {term.name for term in clause if term.kind in {"verb", "change"}}
    if any(term.kind == "thing" or (term.kind == "option" and term.name in ONLY_KNOWN_TO_PEOPLE) for term in clause):
        return True
    strange = [term.name for term in clause if term.kind == "unknown"]
    return bool(strange and verbs & {*GENERATIVE_VERBS, "remove"}) and not any(_typo(word) for word in strange)


def suggestions(command: str, clause: Sequence[Term]) -> list[str]:
    """Suggest commands: this one with its unknown words spelt as the nearest known ones, then the nearest examples."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - 20 ms that only a refusal needs

    text = command[clause[0].start : clause[-1].end][:MAX_WORD_CHARS] if clause else ""
    corrected = _corrected(text, [term for term in clause if term.kind == "unknown"])
    scorer: Callable[..., float] = fuzz.WRatio
    found = process.extract(corrected.lower(), examples(), scorer=scorer, limit=MAX_SUGGESTIONS, score_cutoff=LIKENESS)
    return [example for example, _, _ in found] or EVERYDAY


@cache
def examples() -> tuple[str, ...]:
    """List every example of the vocabulary."""
    return tuple(example for kind in OPERATIONS.values() for example in kind.examples)


EVERYDAY: Final = ["resize to 800px", "crop to square", "make it brighter"]


def _corrected(text: str, strange: Sequence[Term]) -> str:
    for term in strange:
        if known := _typo(term.name):
            text = text.lower().replace(term.name, known)
    return text


def _typo(word: str) -> str:
    """Give the known word that *word* was probably meant to be, else ""."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - 20 ms that only a refusal needs

    found = process.extractOne(word, lexicon().words, scorer=fuzz.ratio, score_cutoff=TYPO_LIKENESS)
    return found[0] if found else ""


def _where(word: str, start: int) -> str:
    return f"Not understood at character {start + 1} (“{word}”): " if word else "Not understood: "
