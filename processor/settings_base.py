"""What all settings share: the base model, and errors in plain words.

What a setting allows is written once, in its model. Its JSON schema carries it to both readers,
the error line and ``docs/settings.md``; ``allowed`` puts a schema into words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from processor.errors import SettingsError

Schema = Mapping[str, Any]
SectionT = TypeVar("SectionT", bound="Section")
MAX_FOUND_CHARS = 60
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
    key, found = ".".join([*head, *map(str, location[1:])]) or "settings", shown(problem["input"])
    if "[key]" in problem["loc"]:
        expected = allowed(schema_at(schema, location[:-1])["propertyNames"], schema)
        return f"{key}: found the name {found}, expected {expected}"
    match problem["type"]:
        case "extra_forbidden":
            return f"{key}: unknown setting; {nearest(str(location[-1]), schema_at(schema, location[:-1]))}"
        case "missing":
            return f"{key}: found nothing, expected {allowed(schema_at(schema, location), schema)}"
        case "value_error":
            return f"{key}: {problem.get('ctx', {})['error']}"
        case _:
            return f"{key}: found {found}, expected {allowed(schema_at(schema, location), schema)}"


def shown(value: object) -> str:
    """Quote what was found, on one line and not too long."""
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= MAX_FOUND_CHARS else f"{text[:MAX_FOUND_CHARS]}…"


def nearest(key: str, parent: Schema) -> str:
    """Suggest the known key that *key* was probably meant to be, else list them all."""
    known = sorted(parent.get("properties", {}))
    close = get_close_matches(key, known, n=1)
    return f'did you mean "{close[0]}"?' if close else f"expected one of {', '.join(known)}"


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


def plain(schema: Schema, root: Schema) -> Schema:
    """Follow a reference and look through "or nothing"."""
    schema = next((one for one in schema.get("anyOf", ()) if one.get("type") != "null"), schema)
    name = schema.get("$ref", "").removeprefix("#/$defs/")
    return root["$defs"][name] if name else schema


def values_of(schema: Schema) -> Schema:
    """Give the schema of a mapping's values; pydantic files them under the pattern of the keys, when there is one."""
    patterned = next(iter(schema.get("patternProperties", {}).values()), None)
    return patterned or schema.get("additionalProperties") or {}


def allowed(schema: Schema, root: Schema) -> str:
    """Put into words what *schema*, found in *root*, allows."""
    schema = plain(schema, root)
    match schema:
        case {"allowed": str(words)}:
            text = words
        case {"enum": _}:
            text = f"one of {', '.join(map(str, schema['enum']))}"
        case {"type": "boolean"}:
            text = "true or false"
        case {"type": "integer"}:
            text = f"a whole number {bounds(schema)}"
        case {"type": "number"}:
            text = f"a number {bounds(schema)}"
        case {"type": "array", "items": items}:
            text = f"a list, each item {allowed(items, root)}"
        case {"properties": properties}:
            text = f"a mapping with {', '.join(properties)}"
        case {"type": "object"}:
            least = "at least one" if "minProperties" in schema else "any number"
            text = (
                f"a mapping ({least}) of {allowed(schema['propertyNames'], root)} to {allowed(values_of(schema), root)}"
            )
        case _:
            text = f"text of at most {schema['maxLength']} characters"
    return text


def bounds(schema: Schema) -> str:
    """Say the range of a number; every number in the settings has a lower end."""
    lowest = f"from {schema['minimum']}" if "minimum" in schema else f"above {schema['exclusiveMinimum']}"
    return f"{lowest} to {schema['maximum']}" if "maximum" in schema else f"{lowest} up"
