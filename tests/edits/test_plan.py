"""Plans from steps and from bulk operations: checked, refused in one line, shown in words."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from processor.edits.bulk import BUTTONS
from processor.edits.command import compile_command
from processor.edits.options import EditOptions
from processor.edits.plan import MAX_STEPS, Plan, plan_from_bulk, plan_from_steps
from processor.edits.vocabulary import OPERATIONS, Step
from processor.errors import EditCode, EditError

WRONG_STEPS: list[tuple[object, str]] = [
    (
        {"op": "resize", "width": "800"},
        (
            'step 2 (resize): Invalid value "800" for `width`: '
            "expected a whole number from 1 to 10000. Write 800 without quotes."
        ),
    ),
    (
        {"op": "resize", "width": 0},
        "step 2 (resize): Invalid value 0 for `width`: expected a whole number from 1 to 10000. Use 1 or more.",
    ),
    (
        {"op": "resize"},
        (
            "step 2 (resize): expected width, height or both, or else percent, or else megapixels, "
            "received width None, height None, percent None, megapixels None"
        ),
    ),
    ({"op": "resiz"}, 'step 2 (resiz): unknown operation "resiz"; did you mean "resize"?'),
    ({"op": "resize", "widht": 8}, 'step 2 (resize): "widht": unknown parameter; did you mean "width"?'),
    ({"op": "negate", "level": 8}, 'step 2 (negate): "level": unknown parameter; this operation takes none'),
    (
        {"op": "format"},
        "step 2 (format): Missing value for `to`: expected one of jpeg, png, webp, avif, gif, tiff. Add it.",
    ),
    (
        {"op": "format", "to": "bmp"},
        (
            'step 2 (format): Invalid value "bmp" for `to`: '
            "expected one of jpeg, png, webp, avif, gif, tiff. Use one of them."
        ),
    ),
    (
        {"op": "format", "to": 3},
        "step 2 (format): Invalid value 3 for `to`: expected one of jpeg, png, webp, avif, gif, tiff. Use one of them.",
    ),
    (
        {"op": "crop", "aspect": "1:1", "position": 3},
        (
            "step 2 (crop): Invalid value 3 for `position`: "
            "expected one of center, north, northeast, east, southeast, south, "
            "southwest, west, northwest. Use one of them."
        ),
    ),
    (
        {"op": "border", "color": 3},
        "step 2 (border): Invalid value 3 for `color`: expected a colour: #RRGGBB, #RGB or a CSS name. Change it.",
    ),
    (
        {"op": "border", "color": "puce"},
        'step 2 (border): Invalid value "puce" for `color`: expected a colour: #RRGGBB, #RGB or a CSS name. Change it.',
    ),
    (
        {"op": "round", "radius": 0},
        (
            "step 2 (round): Invalid value 0 for `radius`: "
            'expected a whole number from 1 to 5000, or "circle". Use 1 or more.'
        ),
    ),
    (
        {"op": "text", "text": ""},
        'step 2 (text): Invalid value "" for `text`: expected text of 1 to 500 characters. Change it.',
    ),
    (
        {"op": "text", "text": "\ud800"},
        "step 2 (text): Invalid text: expected Unicode. Remove the halves of characters.",
    ),
    (
        {"op": "gamma", "value": float("nan")},
        "step 2 (gamma): Invalid value NaN for `value`: expected a number from 0.1 to 5. Change it.",
    ),
    ({"op": "\ud800"}, "step 2 (\ud800): unknown operation"),
    (
        {"width": 800},
        'step 2: Invalid step {"width": 800}: expected an object with "op", the name of an operation. Add it.',
    ),
    ({"op": 3}, 'step 2: Invalid step {"op": 3}: expected an object with "op", the name of an operation. Add it.'),
    ("resize", 'step 2: Invalid step "resize": expected an object with "op", the name of an operation. Add it.'),
]
BULK: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("resize", {"width": 800}, {"op": "resize", "width": 800}),
    ("Auto-Crop", {"aspect": "1:1"}, {"op": "autocrop", "aspect": "1:1"}),
    ("mirror", {}, {"op": "flip", "direction": "horizontal"}),
    ("convert", {"format": "jpg"}, {"op": "format", "to": "jpeg"}),
    ("format", {"to": "png"}, {"op": "format", "to": "png"}),
    ("compress", {"quality": 70}, {"op": "quality", "value": 70}),
    ("rotate", {"angle": 90}, {"op": "rotate", "degrees": 90}),
    ("black and white", {}, {"op": "grayscale"}),
    ("brightness", {"value": 1.2}, {"op": "modulate", "brightness": 1.2}),
    ("border", {"size": 5, "colour": "red"}, {"op": "border", "width": 5, "color": "#FF0000"}),
]

# What some operations cannot do without.
REQUIRED: dict[str, dict[str, Any]] = {
    "resize": {"width": 8},
    "crop": {"aspect": "1:1"},
    "rotate": {"degrees": -5, "background": "white"},
    "flip": {"direction": "vertical"},
    "extend": {"top": 5},
    "pad": {"width": 8, "height": 8},
    "modulate": {"hue": 5},
    "tint": {"color": "red"},
    "text": {"text": "hi", "opacity": 0.5},
    "watermark": {"image": "photo://1"},
    "format": {"to": "gif"},
    "quality": {"value": 5, "max_bytes": 5_000},
}


def refused(call: Any, *arguments: Any) -> EditError:
    """Call what must be refused as invalid input."""
    with pytest.raises(EditError) as caught:
        call(*arguments)
    assert EditCode.INVALID_INPUT == caught.value.edit_code
    return caught.value


def test_steps_become_a_plan_in_their_order() -> None:
    """As written, defaults left out."""
    steps = [{"op": "resize", "width": 800}, {"op": "format", "to": "JPG"}, {"op": "rotate", "degrees": 90.0}]

    assert [{"op": "resize", "width": 800}, {"op": "format", "to": "jpeg"}, {"op": "rotate", "degrees": 90}] == (
        plan_from_steps(steps).steps_json()
    )


def test_a_plan_is_shown_in_words() -> None:
    """One sentence, in the order of the steps."""
    plan = plan_from_steps([{"op": "crop", "aspect": "16:9"}, {"op": "grayscale"}, {"op": "format", "to": "webp"}])

    assert "Crop to 16:9 from the centre, then make it black and white, then save as WEBP." == plan.explanation
    assert {"steps": plan.steps_json(), "explanation": plan.explanation} == plan.as_json()


@pytest.mark.parametrize(("step", "line"), WRONG_STEPS)
def test_a_wrong_step_is_refused_in_one_line(step: object, line: str) -> None:
    """Which step, which parameter, what was found, what is allowed."""
    error = refused(plan_from_steps, [{"op": "sharpen"}, step])

    assert error.public.startswith(line) if line.endswith("operation") else line == error.public
    assert {"step": 2} == error.details


@pytest.mark.parametrize("count", [0, MAX_STEPS + 1])
def test_a_plan_has_one_to_fifty_steps(count: int) -> None:
    """Neither none nor too many."""
    error = refused(plan_from_steps, [{"op": "sharpen"}] * count)

    assert f"Invalid number of steps: expected 1 to 50, received {count}." == error.public
    assert {"limit": 50, "received": count} == error.details


@pytest.mark.parametrize(("kind", "parameters", "step"), BULK)
def test_a_bulk_operation_is_one_step(kind: str, parameters: dict[str, Any], step: dict[str, Any]) -> None:
    """Under the names that clients of the system before Darkroom use, and those of the vocabulary."""
    assert [step] == plan_from_bulk(kind, parameters).steps_json()


def test_a_wrong_bulk_operation_is_refused_in_one_line() -> None:
    """Unknown types get a suggestion; parameters are checked like those of steps."""
    unknown = refused(plan_from_bulk, "resise", {})
    twice = refused(plan_from_bulk, "mirror", {"direction": "vertical"})
    wrong = refused(plan_from_bulk, "rotate", {"angle": "left"})

    assert 'bulkOp (resise): unknown operation "resise"; did you mean "resize"?' == unknown.public
    assert 'bulkOp (mirror): Two values for `direction`: expected one. Remove "direction".' == twice.public
    assert (
        'bulkOp (rotate): Invalid value "left" for `degrees`: expected a number from -36000 to 36000. Change it.'
        == wrong.public
    )
    assert {
        "bulkOp": "rotate",
        "problem": 'Invalid value "left" for `degrees`: expected a number from -36000 to 36000. Change it.',
    } == wrong.details


def test_every_button_stands_for_an_operation() -> None:
    """A renamed parameter exists, too."""
    for button in BUTTONS.values():
        assert {*button.fixed, *button.renamed.values()} <= OPERATIONS[button.op].model_fields.keys()


def test_every_operation_is_a_bulk_operation() -> None:
    """The whole vocabulary can be called by a button, with its own parameters."""
    refusals = {
        name: refused(plan_from_bulk, name, {**REQUIRED.get(name, {}), "nonsense": 1}).public for name in OPERATIONS
    }

    assert [] == [name for name, line in refusals.items() if '"nonsense": unknown parameter' not in line]


def test_the_union_of_steps_is_the_table_of_operations() -> None:
    """An operation that one of them lacks is impossible."""
    union, _ = get_args(Step)

    assert set(OPERATIONS.values()) == set(get_args(union))


def test_a_built_plan_passes_its_own_check() -> None:
    """Steps are not checked again when a plan is made of them, so they must be what the plan's model takes."""
    plan = plan_from_steps([{"op": name, **REQUIRED.get(name, {})} for name in OPERATIONS])

    assert plan == Plan.model_validate_json(plan.model_dump_json())
    assert all(step.words() for step in plan.steps)


@pytest.mark.parametrize(
    ("command", "options", "words"),
    [
        (
            "convert to webp, quality 30",
            EditOptions(output_format="jpeg", quality=95),
            (
                "Save as WEBP, then save with quality 30. Saved as JPEG, not WEBP, by the option outputFormat. "
                "Saved with quality 95, not 30, by the option quality."
            ),
        ),
        (
            "convert to lossless webp",
            EditOptions(output_format="webp", quality=80),
            "Save as lossless WEBP. Saved with quality 80, not lossless, by the option quality.",
        ),
        (
            "strip metadata",
            EditOptions(preserve_metadata=True, max_width=900),
            (
                "Strip all metadata. Artist and copyright are kept, by the option preserveMetadata. "
                "At most 900 px wide, by the option maxWidth."
            ),
        ),
        (
            "convert to png",
            EditOptions(output_format="png", quality=80, max_height=5),
            "Save as PNG. At most 5 px high, by the option maxHeight.",
        ),
        ("convert to png", EditOptions(), "Save as PNG."),
    ],
)
def test_options_that_win_are_in_the_words_of_a_plan(command: str, options: EditOptions, words: str) -> None:
    """A client shows what it gets, not what the command says."""
    assert words == options.words(compile_command(command))
