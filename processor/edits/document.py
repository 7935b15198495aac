"""Describe the vocabulary, for ``GET /image-edit/operations`` and ``docs/operations-reference.md``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

from processor.edits.colours import NAMED
from processor.edits.language.parsers.ratios import ORIENTED
from processor.edits.language.values import ASPECTS, ORIENTATIONS, PRESETS
from processor.edits.operations.base import Anchor, Operation
from processor.edits.operations.file import PictureFormat
from processor.edits.plan import MAX_STEPS
from processor.edits.vocabulary import OPERATIONS, schema_of
from processor.schema_text import Schema, allowed, plain

RANGE: Final[Mapping[str, str]] = {
    "minimum": "minimum",
    "exclusiveMinimum": "exclusiveMinimum",
    "maximum": "maximum",
    "maxLength": "maxLength",
    "choices": "enum",
}


def vocabulary_document() -> dict[str, Any]:
    """Describe every operation, and the values that several of them take; JSON values only."""
    return {
        "operations": [_operation(name, kind) for name, kind in OPERATIONS.items()],
        "formats": list(get_args(PictureFormat)),
        "anchors": list(get_args(Anchor)),
        "aspects": _aspects(),
        "colours": dict(NAMED),
        "maxSteps": MAX_STEPS,
    }


def _aspects() -> dict[str, str]:
    """Return every named aspect; "portrait" and "landscape" alone are usual shapes of photos."""
    named = {
        name: aspect for table in (ASPECTS, PRESETS) for aspect, names in table.items() for name in names.split(" | ")
    }
    return named | {name: ORIENTED[way] for way, names in ORIENTATIONS.items() for name in names.split(" | ")}


def _operation(name: str, kind: type[Operation]) -> dict[str, Any]:
    schema = schema_of(kind)
    parameters = {key: value for key, value in schema["properties"].items() if key != "op"}
    required = schema.get("required", ())
    return {
        "name": name,
        "group": kind.group,
        "summary": " ".join(str(schema["description"]).split()),
        "parameters": [_parameter(key, value, schema, required=key in required) for key, value in parameters.items()],
        "examples": list(kind.examples),
    }


def _parameter(name: str, schema: Schema, root: Schema, *, required: bool) -> dict[str, Any]:
    """Describe one parameter; *root* is its operation's schema."""
    inner = plain(schema, root)
    said: dict[str, Any] = {
        "name": name,
        "type": inner["type"],
        "required": required,
        "default": schema.get("default"),
        "allowed": allowed(schema, root),
        "description": schema["description"],
    }
    constants = [one["const"] for one in schema.get("anyOf", ()) if "const" in one]
    said |= {"choices": constants} if constants else {}
    return said | {field: inner[key] for field, key in RANGE.items() if key in inner}
