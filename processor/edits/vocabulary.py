"""The vocabulary: every operation that the API, the language, the executor, the page and the docs know.

``Step`` is the only list; ``OPERATIONS`` follows from it. ``build`` makes one operation from parameters that a client
wrote, and ``schema_of`` gives the JSON schema from which errors and docs are written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Final, get_args

from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails

from processor.edits.operations.base import Operation, with_whole_numbers
from processor.edits.operations.effect import (
    Blur,
    Denoise,
    Edge,
    Emboss,
    Pixelate,
    Posterize,
    Sharpen,
    Solarize,
    Vignette,
)
from processor.edits.operations.file import Format, Metadata, Quality, Still
from processor.edits.operations.light import (
    Contrast,
    Enhance,
    Equalize,
    Gamma,
    Grayscale,
    Modulate,
    Negate,
    Normalize,
    Sepia,
    Tint,
)
from processor.edits.operations.overlay import Text, Watermark
from processor.edits.operations.size import AutoCrop, Border, Crop, Extend, Pad, Resize, Round, Trim
from processor.edits.operations.turn import Flip, Rotate
from processor.errors import DarkroomError
from processor.schema_text import Schema, nearest, shown, value_line

NOT_UNICODE: Final = "Invalid text: expected Unicode. Remove the halves of characters."

# In the order in which the docs list them.
Step = Annotated[
    Resize
    | Crop
    | AutoCrop
    | Rotate
    | Flip
    | Trim
    | Border
    | Extend
    | Pad
    | Round
    | Grayscale
    | Sepia
    | Negate
    | Normalize
    | Equalize
    | Modulate
    | Contrast
    | Gamma
    | Tint
    | Enhance
    | Blur
    | Sharpen
    | Denoise
    | Emboss
    | Edge
    | Posterize
    | Solarize
    | Pixelate
    | Vignette
    | Text
    | Watermark
    | Format
    | Quality
    | Still
    | Metadata,
    Field(discriminator="op"),
]

OPERATIONS: Final[Mapping[str, type[Operation]]] = {kind.operation_name(): kind for kind in get_args(get_args(Step)[0])}


class ParameterError(DarkroomError):
    """A wrong parameter, in one line: its name, what was found, what is allowed. The caller adds where it stood."""


def build(name: str, parameters: Mapping[str, Any]) -> Operation:
    """Build the operation called *name*; raises ParameterError."""
    kind = OPERATIONS.get(name)
    if kind is None:
        raise ParameterError(f"unknown operation {shown(name)}; {nearest(name, OPERATIONS)}")
    try:
        # JSON lets a whole number stand for any number, while "800" is still not 800.
        return kind.model_validate_json(json.dumps(with_whole_numbers({**parameters, "op": name}), default=str))
    except ValidationError as error:
        raise ParameterError(_line(schema_of(kind), error.errors(include_url=False)[0])) from None


@cache
def schema_of(kind: type[Operation]) -> Schema:
    """Return the JSON schema of an operation; cached, because making one takes a millisecond."""
    return kind.model_json_schema()


def _line(schema: Schema, problem: ErrorDetails) -> str:
    parameters = {key: value for key, value in schema["properties"].items() if key != "op"}
    if not problem["loc"]:  # the parameters do not go together, or hold half a character
        return str(problem.get("ctx", {})["error"]) if problem["type"] == "value_error" else NOT_UNICODE
    key = str(problem["loc"][0])
    if problem["type"] == "extra_forbidden":
        taken = nearest(key, parameters) if parameters else "this operation takes none"
        return f"{shown(key)}: unknown parameter; {taken}"
    return value_line(key, parameters[key], schema, problem)
