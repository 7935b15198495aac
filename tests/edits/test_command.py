"""The command language: what people type, and the plan that they expect."""

from __future__ import annotations

import json
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processor.edits.command import MAX_COMMAND_CHARS, compile_command
from processor.edits.language import suggestions
from processor.edits.language.lexicon import entries
from processor.edits.language.reading import terms_of
from processor.edits.language.segments import split
from processor.edits.plan import MAX_STEPS, Plan
from processor.edits.vocabulary import OPERATIONS
from processor.errors import EditCode, EditError
from tests.edits.tables import FOLDER, compiled, dumped, filled, rows

CONTRACT = Path(__file__).parents[3] / "shared" / "spec" / "commands.tsv"
TABLES = {name: compiled(name) for name in ("commands.tsv", "phrasings.tsv", "own_phrasings.tsv")}
ACCEPTED = {command: steps for table in TABLES.values() for command, steps in table.items()}
EXAMPLES = [(example, name) for name, kind in OPERATIONS.items() for example in kind.examples]
HANG_S = 10  # CPU time; what is compiled takes milliseconds
WORDS = [phrase for _, _, phrase in entries()]
PUNCTUATION = [
    "and",
    "then",
    ",",
    ";",
    "\n",
    "'",
    '"',
    "“",
    "#",
    "%",
    "px",
    "x",
    ":",
    "-",
    "+",
    ".",
    "5",
    "800px",
    "16:9",
]


# A table is one test: the comparison of its cases, as a whole, names every one that differs.


def refused(command: str) -> EditError:
    """Compile what must be refused."""
    with pytest.raises(EditError) as caught:
        compile_command(command)
    return caught.value


def read(command: str) -> list[dict[str, Any]] | str:
    """Compile *command* to its steps with every default; return the code of a refusal."""
    found = outcome(command)
    return dumped(found) if isinstance(found, Plan) else found.value


@pytest.mark.parametrize("table", TABLES)
def test_a_command_compiles_to_the_steps_that_a_person_expects(table: str) -> None:
    """Every acceptance case as written, and several times as many phrasings."""
    expected = {command: filled(steps) for command, steps in TABLES[table].items()}

    assert expected == {command: read(command) for command in expected}


@pytest.mark.parametrize("table", ["commands.tsv", "own_phrasings.tsv"])
def test_what_is_not_clear_or_not_possible_is_refused(table: str) -> None:
    """Nothing is guessed, and nothing is invented in a picture."""
    expected = {row[0]: row[1] for row in rows(table) if len(row) == 2 and not row[1].startswith("[")}

    assert expected
    assert expected == {command: read(command) for command in expected}


def test_a_phrase_that_was_once_misread_has_its_plan_or_its_answer() -> None:
    """Each phrase of the review compiles to the steps beside it, or is refused for the reason beside it."""

    def answer(command: str) -> list[Any]:
        try:
            return [compile_command(command).steps_json()]
        except EditError as error:
            return [error.code, error.details["problem"], " | ".join(error.details["suggestions"])]

    expected = {
        command: [json.loads(first)] if first.startswith("[") else [first, *more]
        for command, first, *more in rows("reviewed.tsv")
    }
    assert expected == {command: answer(command) for command in expected}


@pytest.mark.skipif(not CONTRACT.exists(), reason="the contract's folder does not stand beside this checkout")
def test_the_copied_acceptance_cases_are_the_contracts() -> None:
    """The table beside this test is a copy; a change of the contract is copied again."""
    assert CONTRACT.read_text(encoding="utf-8") == (FOLDER / "commands.tsv").read_text(encoding="utf-8")


def test_there_are_a_hundred_more_phrasings_and_twenty_refusals() -> None:
    """The tables are not cut down by accident."""
    assert len(compiled("phrasings.tsv")) >= 100
    assert len(list(rows("refusals.tsv"))) >= 20


def test_a_refusal_says_where_it_stopped_what_was_expected_and_what_is_near() -> None:
    """Word for word: the place in the text, one reason, and a command that works."""

    def answer(command: str) -> tuple[str, ...]:
        error = refused(command)
        stopped = error.details["stopped_at"]
        there = command[stopped["position"] :].startswith(stopped["word"])
        suggestion = next(iter(error.details["suggestions"]), "-")
        return error.code, stopped["word"] if there else "elsewhere", error.details["problem"], suggestion

    expected = {command: tuple(rest) for command, *rest in rows("refusals.tsv")}
    assert expected == {command: answer(command) for command in expected}


@pytest.mark.parametrize("name", ["refusals.tsv", "reviewed.tsv", "own_phrasings.tsv", "commands.tsv"])
def test_every_suggestion_is_a_command(name: str) -> None:
    """A suggestion never leads to another refusal."""
    for command, expected, *_ in rows(name):
        if not expected.startswith("["):
            for suggestion in refused(command).details["suggestions"]:
                assert compile_command(suggestion).steps


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("don't crop", []),
        ("no vignette", []),
        ("don't make it smaller", []),
        ("add noise", []),
        ("remove the vignette", []),
        ("original size", []),
        ("hdr effect", ["make it pop", "increase contrast"]),
        ("convert to wepb", ["convert to webp"]),
        ("resize to 500px plz and sharpn it", ["sharpen"]),
        ("add txet 'Hello txet World' at top", ["add text 'Hello txet World' at top"]),
        ("watermrak with upload://AbC", ["watermark with upload://AbC"]),
        ("write hello World at the top", ["write 'hello World' at the top"]),
    ],
)
def test_a_suggestion_is_what_was_meant_or_nothing(command: str, expected: list[str]) -> None:
    """Never the opposite, never a change of what stands in quotes or in a link."""
    assert expected == refused(command).details["suggestions"]


@pytest.mark.parametrize(
    "command", ["auf 800px verkleinern", "recortar a cuadrado", "noir et blanc", "白黒にして", "сделай черно-белым"]
)
def test_another_language_is_answered_in_one_line_with_examples(command: str) -> None:
    """The reason is the language, not a word of it."""
    assert (
        "The editor understands English only. Examples: “resize to 800px”, “crop to square”, “make it brighter”."
        == refused(command).public
    )


def test_a_refusal_tells_what_was_understood_before() -> None:
    """The first two steps are fine, the third is the problem."""
    error = refused("resize to 800px, make it brighter, then frobnicate it")

    assert ["resize to 800 px wide, keeping the aspect, never larger than it is", "brighten by 20 %"] == (
        error.details["understood"]
    )
    assert {"position": 40, "word": "frobnicate"} == error.details["stopped_at"]
    assert "“frobnicate” (character 41): not understood." == error.public


def test_a_request_to_invent_something_is_answered_with_what_is_possible() -> None:
    """A dog cannot be added; the answer says so plainly."""
    assert (
        "“dog” (character 7): The editor changes a picture as a whole: size, shape, rotation, light, colour, effects, "
        "borders, text, format. It cannot find, add, remove or redraw what the picture shows."
    ) == refused("add a dog").public


def test_an_operations_example_compiles_to_that_operation() -> None:
    """The vocabulary cannot lie about itself."""
    assert [(example, [name]) for example, name in EXAMPLES] == [
        (example, [step.operation_name() for step in compile_command(example).steps]) for example, _ in EXAMPLES
    ]


def test_case_spaces_and_punctuation_change_nothing() -> None:
    """People shout, and end sentences."""
    plain = compile_command("resize to 800px and convert to webp")

    for command in (
        "RESIZE TO 800PX AND CONVERT TO WEBP!",
        "  Resize   to 800 px;\n\nconvert to .WebP.  ",
        "please resize it to 800px & convert to webp, thanks",
        "First, resize to 800px. Finally, convert to webp.",
    ):
        assert plain == compile_command(command)


def test_and_may_go_on_with_a_step_where_then_begins_another() -> None:
    """A width and a colour behind "and" describe one border; what comes "then" is a step of its own."""
    border = {"op": "border", "width": 10, "color": "#FF0000"}

    assert [border] == compile_command("add a border, 10px, and in red").steps_json()
    assert "10px" == refused("add a border, then 10px").details["stopped_at"]["word"]
    assert ["resize", "resize"] == [step.op for step in compile_command("600px high; width 800").steps]
    assert ["resize"] == [step.op for step in compile_command("600px high, width 800").steps]


def test_a_list_of_tones_shares_its_direction_and_its_amount() -> None:
    """Each is raised by 20 %; what comes "then" says for itself how much."""
    both = compile_command("increase brightness and contrast by 20%").steps_json()
    each = compile_command("increase brightness then contrast by 30%").steps_json()

    assert [{"op": "modulate", "brightness": 1.2}, {"op": "contrast", "amount": 20}] == both
    assert [{"op": "modulate", "brightness": 1.2}, {"op": "contrast", "amount": 30}] == each


def test_the_same_words_give_the_same_plan() -> None:
    """A plan depends on nothing but the words."""
    for command in ACCEPTED:
        assert compile_command(command) == compile_command(command)


def test_steps_written_as_json_read_back_as_the_same_plan() -> None:
    """A client may send a plan that the API returned."""
    for command, steps in ACCEPTED.items():
        assert filled(steps) == filled(compile_command(command).steps_json())


def test_a_command_may_have_two_thousand_characters() -> None:
    """One more is refused before anything is read."""
    longest = "sharpen".ljust(MAX_COMMAND_CHARS)
    error = refused(longest + " ")

    assert ["sharpen"] == [step.op for step in compile_command(longest).steps]
    assert EditCode.INVALID_INPUT == error.edit_code
    assert "the command has 2001 characters, expected at most 2000; send several commands" == error.public


def test_a_command_may_have_fifty_steps() -> None:
    """One more is too many."""
    fifty = ", ".join(["sharpen"] * MAX_STEPS)
    error = refused(f"{fifty}, sharpen")

    assert MAX_STEPS == len(compile_command(fifty).steps)
    assert EditCode.INVALID_INPUT == error.edit_code
    assert "Invalid number of steps: expected 1 to 50, received 51." == error.public


def test_halves_of_characters_are_refused() -> None:
    """JSON can carry a lone surrogate; an answer that quotes it could not be sent."""
    error = refused("resize to \ud800")

    assert EditCode.INVALID_INPUT == error.edit_code
    assert "the command holds halves of characters, expected Unicode text" == error.public


def outcome(command: str) -> Plan | EditCode:
    """Compile; what is raised is an EditError whose texts can be sent."""
    try:
        return compile_command(command)
    except EditError as error:
        json.dumps([error.public, error.details], ensure_ascii=False).encode()
        return error.edit_code


@given(st.text(max_size=300))
@settings(deadline=None)
def test_any_text_is_a_plan_or_a_refusal(text: str) -> None:
    """No text raises anything else."""
    assert outcome(text) == outcome(text)


@given(st.lists(st.sampled_from(WORDS + PUNCTUATION), max_size=30).map(" ".join))
@settings(deadline=None)
def test_any_words_of_the_language_are_a_plan_or_a_refusal(text: str) -> None:
    """However they are thrown together."""
    assert outcome(text) == outcome(text)


@cache
def alone() -> list[str]:
    """Return the commands that say nothing of the steps around them: no list, no condition on the whole plan."""
    return [
        command
        for command in ACCEPTED
        if not command[0].isdigit() and not any(segment.mark == "not" for segment in split(terms_of(command)))
    ]


@given(st.deferred(lambda: st.lists(st.sampled_from(alone()), min_size=1, max_size=10)))
@settings(deadline=None)
def test_commands_joined_by_then_do_one_after_the_other(commands: list[str]) -> None:
    """Steps come in the order in which they are written."""
    expected = [step for command in commands for step in filled(ACCEPTED[command])]

    assert expected == dumped(compile_command(" then ".join(commands)))


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "a",
            "a ",
            "and ",
            "the ",
            "make it ",
            "resize ",
            "resize to ",
            "crop, ",
            "crop,1,",
            "800 ",
            "8x",
            "8 x ",
            "8:",
        ),
        *(
            "'",
            "'a ",
            '"',
            "“",
            "#",
            "#1",
            "1,",
            "1.",
            "-",
            "--1",
            "one ",
            "hundred ",
            "thousand ",
            "and a ",
            "a half ",
        ),
        *(
            "black and ",
            "a little ",
            "width ",
            "width 8 ",
            "to by ",
            "more ",
            "frobnicate ",
            "https://",
            "upload://a ",
            "\n",
        ),
        *(
            "border, ",
            "red ",
            "flip left and ",
            "rgb(1",
            "rgb( 1 , ",
            "🎉",
            " ",
            "\t",
            "é",
            "resize to 8px, ",
            "increase contrast,",
        ),
    ],
)
def test_two_thousand_characters_of_anything_take_no_longer_than_a_moment(piece: str) -> None:
    """Reading is linear: no repetition makes it explode."""
    started = time.process_time()
    outcome((piece * MAX_COMMAND_CHARS)[:MAX_COMMAND_CHARS])

    assert time.process_time() - started < HANG_S


@pytest.mark.parametrize(
    "piece", ["resize to 8px, ", "red ", "not ", "without a border, ", "before ", "to by ", "zorp ", "keep aspect, "]
)
def test_reading_is_linear(piece: str) -> None:
    """Eight times as many words take about eight times as many calls."""

    def calls(characters: int) -> int:
        events: list[str] = []
        text = (piece * characters)[:characters]
        sys.setprofile(lambda _frame, event, _argument: events.append(event))
        try:
            outcome(text)
        finally:
            sys.setprofile(None)
        return len(events)

    outcome(piece)
    assert calls(1_920) < 12 * calls(240)


def test_many_unknown_words_are_not_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of a few is looked up once, however often it comes; a page of them is not looked up at all."""
    looked_up: list[str] = []
    monkeypatch.setattr(suggestions, "meant", lambda word: looked_up.append(word) or [])

    refused("rezise rezise rezise the pictur")
    assert ["rezise", "pictur"] == looked_up
    looked_up.clear()
    refused(" ".join(f"zz{chr(97 + number)}" for number in range(20)))
    assert [] == looked_up
