"""Build one operation from parameters that somebody wrote; what is wrong with them is said in one line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from processor.edits.operations.base import Operation
from processor.edits.vocabulary import OPERATIONS
from processor.errors import DarkroomError
from processor.wording import Schema, nearest, shown, value_line

NO_TEXT: Final = "found characters that are no text, expected Unicode"


class ParameterError(DarkroomError):
    """One line: the parameter, what was found, what is allowed. Whoever asked says where it stood."""


def build(name: str, parameters: Mapping[str, Any]) -> Operation:
    """Build the operation called *name*; raises ParameterError."""
    kind = OPERATIONS.get(name)
    if kind is None:
        raise ParameterError(f"unknown operation {shown(name)}; {nearest(name, OPERATIONS)}")
    try:
        # By way of JSON, where a whole number may stand for any number while "800" is still no 800.
        return kind.model_validate_json(json.dumps({**parameters, "op": name}, default=str))
    except ValidationError as error:
        raise ParameterError(_line(schema_of(kind), error.errors(include_url=False)[0])) from None


@cache
def schema_of(kind: type[Operation]) -> Schema:
    """Give the JSON schema of an operation; making one takes a millisecond."""
    return kind.model_json_schema()


def _line(schema: Schema, problem: ErrorDetails) -> str:
    parameters = {key: value for key, value in schema["properties"].items() if key != "op"}
    if not problem["loc"]:  # the parameters do not go together, or hold half a character
        return str(problem.get("ctx", {})["error"]) if problem["type"] == "value_error" else NO_TEXT
    key = str(problem["loc"][0])
    if problem["type"] == "extra_forbidden":
        taken = nearest(key, parameters) if parameters else "this operation takes none"
        return f"{shown(key)}: unknown parameter; {taken}"
    return value_line(key, parameters[key], schema, problem)
