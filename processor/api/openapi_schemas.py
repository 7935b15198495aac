"""Write the OpenAPI document's schemas so that code generators of every language can use them.

Pydantic's schemas are right, but generators need more: a discriminator that is required, integers of 64 bits marked as
such, no keyword that OpenAPI does not know. A default goes into the description, because generators take a property
with a default as one that is always there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, cast

from pydantic import TypeAdapter

from processor.api.documents import SessionEvent
from processor.edits.plan import Plan
from processor.edits.vocabulary import OPERATIONS

COMPONENT: Final = "#/components/schemas/{model}"
EVENT: Final = "SessionEvent"
STEP: Final = "Step"
# Our own schemas use them for errors and docs (processor/schema_text.py); OpenAPI does not know them.
FOREIGN: Final = ("allowed", "role")
UNUSED: Final = ("HTTPValidationError", "ValidationError")


def complete(schemas: dict[str, Any]) -> None:
    """Add the steps and the events to *schemas*, and make all of them portable."""
    for name in UNUSED:
        schemas.pop(name, None)
    plan = Plan.model_json_schema(ref_template=COMPONENT)
    event = TypeAdapter(SessionEvent).json_schema(ref_template=COMPONENT, mode="serialization")
    steps = plan["properties"]["steps"]
    for name, schema in {**plan["$defs"], **event.pop("$defs"), STEP: steps["items"], EVENT: event}.items():
        schemas.setdefault(name, schema)
    for name in ("PlanOperation", "PlanDocument"):
        schemas[name]["properties"]["steps"]["items"] = {"$ref": COMPONENT.format(model=STEP)}
    for kind in OPERATIONS.values():
        # The model fills it in; a list of steps is read by it.
        step = schemas[kind.__name__]
        step["required"] = ["op", *(name for name in step.get("required", ()) if name != "op")]
    for name, schema in schemas.items():
        schemas[name] = portable(schema) | {"title": name}


def portable(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Rewrite *schema* and those inside it."""
    kept = {name: inner(name, value) for name, value in schema.items() if name not in {*FOREIGN, "default", "title"}}
    default: object = schema.get("default")
    if default and "const" not in schema:
        sentence = f"Default: {json.dumps(default, ensure_ascii=False)}."
        kept["description"] = f"{kept['description']} {sentence}" if "description" in kept else sentence
    return kept


def inner(keyword: str, value: Any) -> Any:
    """Rewrite the value of a *keyword* where it holds schemas."""
    if keyword in {"properties", "patternProperties"}:
        return {name: portable(schema) for name, schema in value.items()}
    if keyword in {"anyOf", "oneOf", "allOf"}:
        return [portable(schema) for schema in value]
    if keyword in {"items", "additionalProperties", "propertyNames"} and isinstance(value, dict):
        return portable(cast("dict[str, Any]", value))
    return value
