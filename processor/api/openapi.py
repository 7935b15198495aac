"""The OpenAPI document: the framework's, with the vocabulary's steps, the public server, and no refusal of its own."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from processor.api.refusals import RATE_HEADERS
from processor.edits.plan import Plan

TITLE: Final = "Darkroom edits"
VERSION: Final = "1"
DESCRIPTION: Final = (
    "Edit pictures by plain commands and follow the progress live. Every refusal has one body: "
    "`{error, code, details?}`. Send `Authorization: Bearer <JWT>`; a browser's EventSource, which cannot, uses "
    "the `progressUrl` of its session as it is."
)
COMPONENT: Final = "#/components/schemas/{model}"
UNCOUNTED: Final = frozenset({"/image-edit/health"})


def document_api(app: FastAPI) -> None:
    """Make *app* describe itself by ``document``."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = document(app)
        return app.openapi_schema

    app.openapi = openapi  # FastAPI's own way: https://fastapi.tiangolo.com/how-to/extending-openapi/


def document(app: FastAPI) -> dict[str, Any]:
    """Write the document."""
    said = get_openapi(title=TITLE, version=VERSION, description=DESCRIPTION, routes=app.routes)
    schemas: dict[str, Any] = said["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    describe_steps(schemas)
    for path, methods in said["paths"].items():
        for operation in methods.values():
            correct(operation, counted=path not in UNCOUNTED)
    return said


def describe_steps(schemas: dict[str, Any]) -> None:
    """Say what a step may be, wherever steps stand."""
    plan = Plan.model_json_schema(ref_template=COMPONENT)
    for name, schema in plan["$defs"].items():
        schemas.setdefault(name, schema)
    for name in ("PlanOperation", "PlanDocument"):
        schemas[name]["properties"]["steps"]["items"] = plan["properties"]["steps"]["items"]


def correct(operation: dict[str, Any], *, counted: bool) -> None:
    """Take out the framework's refusal, which we answer otherwise; put in the headers of what is counted."""
    answers: dict[str, Any] = operation["responses"]
    if "HTTPValidationError" in str(answers.get("422")):
        del answers["422"]
    for status, answer in answers.items():
        if counted and (status.startswith("2") or status == "429"):
            answer["headers"] = {**RATE_HEADERS, **answer.get("headers", {})}
