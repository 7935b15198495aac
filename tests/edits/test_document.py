"""The vocabulary as a document, as ``GET /image-edit/operations`` gives it."""

from __future__ import annotations

import json
from typing import Any

from processor.edits.command import compile_command
from processor.edits.document import vocabulary_document
from processor.edits.vocabulary import OPERATIONS

DOCUMENT = vocabulary_document()


def parameter(operation: str, name: str) -> dict[str, Any]:
    """Find one parameter's description."""
    [found] = [one for one in DOCUMENT["operations"] if one["name"] == operation]
    [said] = [one for one in found["parameters"] if one["name"] == name]
    return said


def test_every_operation_is_described_with_every_parameter() -> None:
    """Nothing that can be asked for is left out."""
    described = {one["name"]: {said["name"] for said in one["parameters"]} for one in DOCUMENT["operations"]}

    assert {name: kind.model_fields.keys() - {"op"} for name, kind in OPERATIONS.items()} == described


def test_the_document_is_json() -> None:
    """It is sent as it is."""
    assert DOCUMENT == json.loads(json.dumps(DOCUMENT))


def test_a_parameter_tells_its_type_range_and_default() -> None:
    """A parameter's document holds all that a form needs to draw its field."""
    assert {
        "name": "sigma",
        "type": "number",
        "required": False,
        "default": 1,
        "allowed": "a number from 0.3 to 10",
        "description": "Size of the detail that is sharpened, px.",
        "minimum": 0.3,
        "maximum": 10,
    } == parameter("sharpen", "sigma")


def test_choices_are_listed() -> None:
    """Of words alone, and of a number or a word."""
    assert ["inside", "cover", "contain", "fill"] == parameter("resize", "fit")["choices"]
    assert ["circle"] == parameter("round", "radius")["choices"]
    assert 'a whole number from 1 to 5000, or "circle"' == parameter("round", "radius")["allowed"]


def test_required_parameters_are_marked() -> None:
    """A format must say to which."""
    assert parameter("format", "to")["required"]
    assert not parameter("quality", "value")["required"]


def test_aspect_names_are_words_of_the_language() -> None:
    """Each name that the document lists crops to the ratio that it lists."""
    for name, aspect in DOCUMENT["aspects"].items():
        assert [{"op": "crop", "aspect": aspect}] == compile_command(f"crop to {name}").steps_json()


def test_colour_names_are_words_of_the_language() -> None:
    """All of CSS."""
    assert 148 == len(DOCUMENT["colours"])
    for name, value in DOCUMENT["colours"].items():
        [step] = compile_command(f"add a border in {name}").steps_json()
        assert value == step["color"]
