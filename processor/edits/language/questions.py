"""Refuse questions: they ask for an answer, not for a change. "Can you …?" is a request."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from processor.edits.language.connectives import QUESTIONS
from processor.edits.language.terms import ParseError, Span, Term

FIRST_WORD: Final = re.compile(
    r"\s*(?:(?:hi|hey|hello|so|ok|okay|please|and)\b[\s,]*)*([^\W\d_]+)(?:['’]s)?\s*(\w*)", re.IGNORECASE
)
AUXILIARIES: Final = frozenset({"do", "have"})
SUBJECTS: Final = frozenset({"i", "you", "we", "they"})
QUESTION: Final = 'understood as a question, expected what to do, as in "make it brighter"'


def refuse_question(command: str, terms: Sequence[Term]) -> None:
    """Raise ParseError when *command* is a question; a question for help is answered elsewhere."""
    match = FIRST_WORD.match(command)
    if match is None or any((term.kind, term.name) == ("cannot", "help") for term in terms):
        return
    first, second = match[1].lower(), match[2].lower()
    if first in AUXILIARIES and second not in SUBJECTS:
        return
    if first == "should" and second in {"be", "not"}:
        return
    if (first, second) == ("would", "it") and command.rstrip().endswith("?"):
        raise ParseError(QUESTION, Span(start=match.start(1), end=len(command.rstrip())))
    if first in QUESTIONS:
        raise ParseError(QUESTION, Span(start=match.start(1), end=len(command.rstrip())))
