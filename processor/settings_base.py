"""What all settings share: the base model, and errors in plain words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from processor.errors import SettingsError
from processor.schema_text import Schema, allowed, nearest, plain, shown, value_line, values_of

SectionT = TypeVar("SectionT", bound="Section")
NO_NAMES: Mapping[str, str] = {}


class Section(BaseModel):
    """One branch of the settings: frozen, exact in its types, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def from_tree(kind: type[SectionT], tree: Mapping[str, Any], names: Mapping[str, str] = NO_NAMES) -> SectionT:
    """Check *tree* against *kind*; raise SettingsError with one line about the first problem.

    *names* says how the writer of *tree* calls its top-level keys, where they are called otherwise.
    """
    try:
        # By way of JSON, because only there may a list stand for a tuple while "85" is still no 85.
        return kind.model_validate_json(json.dumps(tree, default=str))
    except ValidationError as error:
        problems = error.errors(include_url=False)
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise SettingsError(f"{problem_line(kind, problems[0], names)}{more}") from None


def problem_line(kind: type[Section], problem: ErrorDetails, names: Mapping[str, str]) -> str:
    """Say which key is wrong, what was found and what is allowed."""
    location = [part for part in problem["loc"] if part != "[key]"]
    schema = kind.model_json_schema()
    head = [names.get(str(part), str(part)) for part in location[:1]]
    key = ".".join([*head, *map(str, location[1:])]) or "settings"
    if "[key]" in problem["loc"]:
        expected = allowed(schema_at(schema, location[:-1])["propertyNames"], schema)
        return f"{key}: found the name {shown(problem['input'])}, expected {expected}"
    if problem["type"] == "extra_forbidden":
        known = schema_at(schema, location[:-1]).get("properties", {})
        return f"{key}: unknown setting; {nearest(str(location[-1]), known)}"
    return value_line(key, schema_at(schema, location), schema, problem)


def schema_at(root: Schema, location: list[int | str]) -> Schema:
    """Walk from *root* to the schema of the value at *location*."""
    schema = plain(root, root)
    for part in location:
        if isinstance(part, int):
            schema = schema.get("items", {})
        else:
            schema = schema.get("properties", {}).get(part) or values_of(schema)
        schema = plain(schema, root)
    return schema
