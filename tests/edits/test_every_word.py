"""No word of a command is ignored: what is added to it, or taken from it, changes the plan or is refused."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any
from unittest.mock import patch

import pytest

from processor.edits.command import compile_command
from processor.edits.language import suggestions
from processor.edits.language.connectives import NOISE
from processor.edits.language.phrases import HEADS
from processor.edits.language.reading import terms_of
from processor.edits.language.tokens import Token, tokens
from processor.errors import EditError
from tests.edits.tables import compiled

TABLES = ("commands.tsv", "phrasings.tsv", "own_phrasings.tsv", "reviewed.tsv")
ACCEPTED = list({command: None for name in TABLES for command in compiled(name)})
SAMPLE = ACCEPTED[::7]  # of the commands into which words are put everywhere
# "Not" in these gives a sentence that is true of the same plan: "convert to gray, not scale".
TRUE_OF_THE_SAME_PLAN = {
    "apply sepia not tone",
    "add sepia not tone",
    "apply a red not color",
    "fill a 1200x630 not frame",
    "put it on a black 16:9 not canvas",
    "Convert to gray not scale",
    "improve not quality",
    "16 color not palette",
    "limit palette to 64 not colors",
    "convert to png not from jpg",
    "convert to png from not jpg",
    "fix not the colors",
    "fix the not colors",
    "instagram story not size without cropping",
    "instagram story not size not cropping",
    "resize to 800x600 with transparent not padding",
    "invert not colors",
    "resize to 800x600 but don't keep not the aspect ratio",
    "resize to 800x600 but don't keep the not aspect ratio",
    "make it square by adding white not borders",
}
# A word that describes what is there, and not what to do: how crooked the horizon is, which colour the border has.
DESCRIBED = {
    ("the horizon is crooked, rotate it by 1.5 degrees", "slightly"),
    ("it's crooked, rotate it 2 degrees left", "slightly"),
    ("remove the empty border around it", "red"),
}
MEANINGFUL = {
    "number",
    "extent",
    "point",
    "paper",
    "aspect",
    "colour",
    "place",
    "level",
    "not",
    "order",
    "text",
    "link",
}
# What is so anyway: a default ("rotate right"), an order as written, a description ("remove the white border").
DEFAULTS = {
    *("50%", "90 degrees", "ninety degrees", "90", "right", "20%", "150%", "one and a half times", "once"),
    *(
        "half",
        "a quarter",
        "keep the original size",
        "left",
        "20px",
        "90°",
        "50 percent",
        "center",
        "keep the size",
        "isn't",
    ),
    *("after", "before", "before you", "avatar", "white", "square", "4:5"),
}
SAID_TWICE = {
    "crop left 100 right 100",
    "crop to 2:1 panorama",
    # How bad a fault is does not matter when its repair is named.
    "It's a bit dark. Brighten it by 20%.",
    "It is very dark. Make it 30% brighter.",
}


@pytest.fixture(autouse=True, scope="module")
def looked_up_once() -> Iterator[None]:
    """Look for what a strange word means once: thousands of commands here hold the same."""
    with patch.object(suggestions, "meant", cache(suggestions.meant)):
        yield


@cache
def as_written(command: str) -> Any:
    """Return the answer to a command of the tables."""
    return answer(command)


def answer(command: str) -> Any:
    """Return the steps, or why there are none."""
    try:
        return compile_command(command).steps_json()
    except EditError as error:
        return error.code


def inserted(command: str, word: str) -> Iterator[str]:
    """Put *word* between any two tokens of *command*, in front and behind."""
    for place in [*(token.start for token in tokens(command)), len(command)]:
        yield " ".join(f"{command[:place]} {word} {command[place:]}".split(" "))


@pytest.mark.parametrize("word", ["zorp", "37", "37px", "by 7%", "slightly", "without", "not", "red"])
def test_a_word_more_changes_the_plan_or_is_refused(word: str) -> None:
    """An unknown word, a second number, a degree, a negation, a colour: wherever it stands."""
    ignored = [
        longer
        for command in SAMPLE
        if (command, word) not in DESCRIBED
        for without in [as_written(command)]
        for longer in inserted(command, word)
        if answer(longer) == without and " ".join(longer.replace("without", "not").split()) not in TRUE_OF_THE_SAME_PLAN
    ]

    assert [] == ignored


def test_an_unknown_word_is_what_a_refusal_points_at() -> None:
    """The command stops there, unless something before it is not understood without it."""
    pointed = 0
    for command in ACCEPTED:
        with pytest.raises(EditError) as caught:
            compile_command(f"{command} zorp")
        pointed += caught.value.details["stopped_at"]["word"] == "zorp"

    assert pointed > 0.97 * len(ACCEPTED)


def test_a_word_less_changes_the_plan_or_is_refused() -> None:
    """Each number, colour, place, degree, negation, text: unless it says what is so anyway."""
    ignored = [
        (command, command[term.start : term.end])
        for command in ACCEPTED
        for whole in [as_written(command)]
        for term in terms_of(command)
        if term.kind in MEANINGFUL and command[term.start : term.end] not in DEFAULTS
        if answer(command[: term.start] + command[term.end :]) == whole
    ]

    assert [] == [(command, word) for command, word in ignored if command not in SAID_TWICE]


@pytest.mark.parametrize(
    "odd", ["0", "0%", "0x", "-1", "0:0", "0:0 500px", "0x0", "left border", "all sides border", "top bars"]
)
def test_nothing_odd_crashes_an_operation(odd: str) -> None:
    """Nothing that is divided by, no operation that hands a clause back: a plan, or a refusal."""
    for phrases in HEADS.values():
        phrase = phrases.partition(" | ")[0]
        for command in (f"{phrase} {odd}", f"{odd} {phrase}", f"{phrase} the white {odd} at the top"):
            assert answer(command)


def test_words_without_meaning_are_a_short_list() -> None:
    """Articles, pronouns, politeness, and what a picture is called."""
    assert len(NOISE) < 80


def other_number(command: str, token: Token) -> str:
    """Replace the number *token* of *command* by another."""
    return f"{command[: token.start]}{float(token.text.replace(',', '')) + 1.5:g}{command[token.end :]}"


def test_each_number_is_used() -> None:
    """Another number gives another plan, or is refused."""
    ignored = [
        (command, token.text)
        for command in ACCEPTED
        for token in tokens(command)
        if token.kind == "number" and answer(other_number(command, token)) == as_written(command)
    ]

    assert [] == ignored
