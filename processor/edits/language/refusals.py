"""Make the error for a command that is not understood: what was, where it stopped, why, and what may be meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final

from processor.edits.language.explanations import EVERYDAY, EXPLANATIONS
from processor.edits.language.suggestions import suggestions
from processor.edits.language.terms import ParseError, Term
from processor.edits.operations.base import Operation
from processor.errors import EditCode, EditError

MAX_WORD_CHARS: Final = 60
UNKNOWN: Final = "not understood"
GENERATIVE_VERBS: Final = frozenset({"add", "change", "become", "remove"})
ONLY_PEOPLE_SEE: Final = frozenset({"background", "face", "subject"})
CROPS: Final = frozenset({"crop", "autocrop", "keep"})  # they look for a face or a subject, and may say so
WRITTEN_INTO_PICTURES: Final = frozenset({"text", "title", "watermark"})
WHAT_IS_POSSIBLE: Final = (
    "The editor changes a picture as a whole: size, shape, rotation, light, colour, effects, borders, text, format. "
    "It cannot find, add, remove or redraw what the picture shows."
)
ENGLISH_ONLY: Final = "The editor understands English only. Examples: "
# Frequent words of other languages that English does not have; a few are enough to tell a sentence.
FOREIGN: Final = frozenset(
    re.findall(
        r"\w+",
        """
        auf das bild mach mache bitte kleiner größer schwarz weiß weiss und mit ohne der ein eine drehen
        heller dunkler zuschneiden graustufen umwandeln verkleinern vergrößern recortar hazlo más mas
        pequeño la el imagen blanco negro girar brillo con sin por favor convertir tamaño cuadrado
        reducir aumentar noir blanc rendre lumineux recadrer réduire taille tourner avec les le du une
        petit bianco nero ritaglia ridimensiona immagine ruota più redimensionar cortar imagem preto
        branco maak het zwart wit bijsnijden een naar verklein zdjęcie zmniejsz agrandir converti gira
        ruotare graus siyah beyaz yap svartvitt vous plait skalieren grau bilder drehe spiegeln blanca
        negra derecha izquierda droite gauche carré quadrado quadrato cuadrada destra sinistra rechts
        """,
    )
)
FOREIGN_STEMS: Final = (
    "l'",
    "s'il",
    "d'",
    "verklein",
    "vergröß",
    "vergroess",
    "umwand",
    "zuschneid",
    "recort",
    "redimension",
    "schärf",
)


def refusal(
    command: str,
    error: ParseError,
    clause: Sequence[Term],
    understood: Sequence[Operation],
    is_command: Callable[[str], bool],
) -> EditError:
    """Make the error for a *command* that stopped at *error* in *clause* after the steps that were *understood*."""
    start, end = (error.where.start, error.where.end) if error.where else (len(command), len(command))
    word = command[start:end][:MAX_WORD_CHARS]
    code, sentence, near = _reason(command, error, clause, is_command)
    details = {
        "understood": [step.words() for step in understood],
        "stopped_at": {"position": start, "word": word},
        "problem": sentence,
        "suggestions": near,
    }
    where = f"“{word}” (character {start + 1}): " if word and not sentence.startswith(ENGLISH_ONLY) else ""
    stop = "" if sentence.endswith(".") else "."
    said = sentence if sentence.startswith((ENGLISH_ONLY, "The editor")) else f"{sentence}{stop}"
    offered = (
        f" Try “{near[0]}”."
        if near and code is EditCode.UNPARSEABLE_COMMAND and not said.startswith(ENGLISH_ONLY)
        else ""
    )
    return EditError(code, f"{where}{said}{offered}", details=details)


def _reason(
    command: str, error: ParseError, clause: Sequence[Term], is_command: Callable[[str], bool]
) -> tuple[EditCode, str, list[str]]:
    """Return the code, the sentence and the suggestions of a refusal."""
    if is_foreign(clause):
        return EditCode.UNPARSEABLE_COMMAND, f"{ENGLISH_ONLY}{', '.join(f'“{one}”' for one in EVERYDAY)}.", [*EVERYDAY]
    name = _explained(clause)
    if name and error.sentence == UNKNOWN:
        explanation = EXPLANATIONS[name]
        near = [*explanation.suggestions] or suggestions(command, error, clause, is_command)
        return EditCode.UNPARSEABLE_COMMAND, explanation.sentence, near
    if error.suggestions:
        return EditCode.UNPARSEABLE_COMMAND, error.sentence, [one for one in error.suggestions if is_command(one)]
    thing = any(term.kind == "thing" for term in clause)
    near = [] if thing else suggestions(command, error, clause, is_command)
    if is_generative(clause) and not (near and strange_words(clause)):
        return EditCode.UNSUPPORTED_COMMAND, WHAT_IS_POSSIBLE, []
    return EditCode.UNPARSEABLE_COMMAND, error.sentence, near


def _explained(clause: Sequence[Term]) -> str:
    removes = any((term.kind, term.name) == ("change", "remove") for term in clause)
    shadows = any((term.kind, term.name) == ("thing", "shadow") for term in clause)
    if shadows and any(term.kind == "number" for term in clause):
        return "tones"
    named = next((term.name for term in clause if term.kind == "cannot"), "")
    return "" if removes and named == "own text" else named


def is_foreign(clause: Sequence[Term]) -> bool:
    """Tell whether the unknown words of a clause are those of another language."""
    words = strange_words(clause)
    letters = [character for word in words for character in word if character.isalpha()]
    if any(not unicodedata.name(character, "").startswith("LATIN") or ord(character) > 127 for character in letters):  # noqa: PLR2004 - ASCII
        return True
    return any(word in FOREIGN or word.startswith(FOREIGN_STEMS) for word in words)


def is_generative(clause: Sequence[Term]) -> bool:
    """Tell whether a clause asks for what only a person, or a model, could find or invent in a picture."""
    if any(term.kind == "thing" or (term.kind == "cannot" and term.name == "own text") for term in clause):
        return True
    named = {term.name for term in clause if term.kind == "option"}
    heads = {term.name for term in clause if term.kind == "head"}
    verbs = {term.name for term in clause if term.kind in {"verb", "change"}} & GENERATIVE_VERBS
    strange = strange_words(clause)
    if named & ONLY_PEOPLE_SEE and not strange and not heads & (CROPS | WRITTEN_INTO_PICTURES):
        return True
    return ("remove" in verbs and bool(heads & WRITTEN_INTO_PICTURES)) or bool(verbs and strange and not heads)


def strange_words(clause: Sequence[Term]) -> list[str]:
    """List the unknown words of a clause, each once."""
    return list(dict.fromkeys(term.name for term in clause if term.kind == "unknown"))
