"""Describe JSON schemas, and values that violate them, in plain words.

The limits of a value are written once, in its model. The model's JSON schema passes them to error lines,
``docs/settings.md``, ``docs/operations-reference.md`` and the API. ``allowed`` describes a schema.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic_core import ErrorDetails

Schema = Mapping[str, Any]
MAX_FOUND_CHARS = 60
# A number or a truth value that was written as text.
UNQUOTED = re.compile(r"-?[0-9]+(\.[0-9]+)?|true|false")


def value_line(key: str, schema: Schema, root: Schema, problem: ErrorDetails) -> str:
    """Describe the *problem* of the value at *key*: what is wrong, expected, to do. *schema* is a part of *root*."""
    match problem["type"]:
        case "missing":
            return f"Missing value for `{key}`: expected {allowed(schema, root)}. Add it."
        case "value_error":
            return f"Invalid value for `{key}`: {problem.get('ctx', {})['error']}. Change it."
        case _:
            expected = f"expected {allowed(schema, root)}"
            return f"Invalid value {shown(problem['input'])} for `{key}`: {expected}. {advice(problem)}"


def advice(problem: Mapping[str, Any]) -> str:
    """Return what to do about a wrong value; *problem* is pydantic's."""
    given, context = problem["input"], problem.get("ctx", {})
    match problem["type"]:
        case "int_type" | "float_type" | "bool_type" if UNQUOTED.fullmatch(str(given)) and isinstance(given, str):
            return f"Write {given} without quotes."
        case "literal_error":
            close = get_close_matches(str(given), re.findall("'([^']*)'", context["expected"]), n=1)
            return f'Did you mean "{close[0]}"?' if close else "Use one of them."
        case "greater_than_equal" | "less_than_equal" as bound:
            least = bound.startswith("greater")
            limit = context["ge"] if least else context["le"]
            text = str(limit) if isinstance(limit, int) else f"{limit:.15g}"
            return f"Use {text} or more." if least else f"Use {text} or less."
        case "extra_forbidden":
            return "Remove it."
        case _:
            return "Change it."


def shown(value: object) -> str:
    """Quote a value on one line, cut to MAX_FOUND_CHARS."""
    text = json.dumps(value, default=str, ensure_ascii=False).encode(errors="backslashreplace").decode()
    return text if len(text) <= MAX_FOUND_CHARS else f"{text[:MAX_FOUND_CHARS]}…"


def nearest(key: str, known: Iterable[str]) -> str:
    """Suggest the known name closest to *key*, else list all names."""
    names = sorted(known)
    close = get_close_matches(key, names, n=1)
    return f'did you mean "{close[0]}"?' if close else f"expected one of {', '.join(names)}"


def plain(schema: Schema, root: Schema) -> Schema:
    """Resolve a reference, and return the type inside an optional one."""
    schema = next((one for one in schema.get("anyOf", ()) if one.get("type") != "null"), schema)
    name = schema.get("$ref", "").removeprefix("#/$defs/")
    return root["$defs"][name] if name else schema


def values_of(schema: Schema) -> Schema:
    """Return the schema of a mapping's values; pydantic stores it under the pattern of the keys, if there is one."""
    patterned = next(iter(schema.get("patternProperties", {}).values()), None)
    return patterned or schema.get("additionalProperties") or {}


def allowed(schema: Schema, root: Schema) -> str:
    """Describe the values that *schema*, a part of *root*, allows; its own "allowed" text comes first."""
    schema = schema if "allowed" in schema else plain(schema, root)
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
    """Describe the range of a number; every schema has a lower bound."""
    lowest = f"from {schema['minimum']}" if "minimum" in schema else f"above {schema['exclusiveMinimum']}"
    return f"{lowest} to {schema['maximum']}" if "maximum" in schema else f"{lowest} up"
