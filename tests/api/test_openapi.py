"""Tests of the OpenAPI document: complete and true, requests made from it get documented responses, never 5xx."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi import checks

from processor.edits.vocabulary import OPERATIONS
from tests.factories.api import Stage, bearer, open_api

EXAMPLES = 15
ROUTES = (
    "POST /image-edit",
    "GET /image-edit/progress/{session_id}",
    "GET /image-edit/session/{session_id}",
    "DELETE /image-edit/session/{session_id}",
    "GET /image-edit/sessions",
    "POST /image-edit/parse",
    "POST /image-edit/uploads",
    "GET /image-edit/operations",
    "POST /image-edit/archives",
    "GET /image-edit/archives/{archive_id}",
    "DELETE /image-edit/archives/{archive_id}",
    "GET /image-edit/health",
)
# https://spec.openapis.org/oas/v3.1.1#schema-object, https://json-schema.org/draft/2020-12
KEYWORDS = {
    *("$ref", "title", "description", "examples", "type", "format", "enum", "const", "discriminator"),
    *("properties", "required", "additionalProperties", "items", "anyOf", "oneOf", "pattern", "minLength", "maxLength"),
    *("minItems", "maxItems", "minimum", "maximum", "exclusiveMinimum"),
}
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.allow_header_conformance,
    checks.ignored_auth,
]
# What is wrong with a body must be refused; that an address has a parameter more than we know does no harm.
STRICTER = [*CHECKS, checks.negative_data_rejection]
TRIALS = [(name, mode) for name in ROUTES for mode in GenerationMode if (name, mode) != (ROUTES[-1], "negative")]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """Read the document."""
    with open_api() as api:
        return api.client.get("/image-edit/openapi.json").json()


def described(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return every operation by "method path"."""
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_all_routes_of_the_contract_are_described(document: dict[str, Any]) -> None:
    """Twelve of them, and no others."""
    assert set(ROUTES) == set(described(document))


def test_every_operation_has_a_short_id_a_tag_and_one_success_with_a_body(document: dict[str, Any]) -> None:
    """Code generators name methods by the id and classes by the tag, and know one type per answer."""
    operations = described(document).values()

    assert len({one["operationId"] for one in operations}) == len(ROUTES)
    assert all(one["operationId"].isalpha() and len(one["operationId"]) <= 16 for one in operations)
    assert {1} == {len(one["tags"]) for one in operations}
    bodies = [
        [media for status, said in one["responses"].items() if status < "3" for media in said.get("content", ())]
        for one in operations
    ]
    assert {1} == set(map(len, bodies))


def test_schemas_have_openapi_s_keywords_alone(document: dict[str, Any]) -> None:
    """Validators (redocly, spectral) refuse others."""
    schemas = [*document["components"]["schemas"].values()]
    for schema in schemas:
        schemas += [*schema.get("properties", {}).values(), *schema.get("anyOf", ()), *schema.get("oneOf", ())]
        schemas += [one for name in ("items", "additionalProperties") if isinstance(one := schema.get(name), dict)]

    assert set() == {keyword for schema in schemas for keyword in schema} - KEYWORDS


def test_generators_get_portable_schemas(document: dict[str, Any]) -> None:
    """Times need 64 bits, a step is known by its `op`, a property with a default would always be there."""
    schemas = document["components"]["schemas"]
    summary = schemas["SummaryDocument"]["properties"]
    times = [summary[name] for name in ("createdAt", "updatedAt", "ttl")] + [summary["completedAt"]["anyOf"][0]]

    assert {"int64"} == {one["format"] for one in times}
    assert "int64" == schemas["ProgressEvent"]["properties"]["timestamp"]["format"]
    for kind in OPERATIONS.values():
        assert "op" in schemas[kind.__name__]["required"]
    assert "default" not in {
        key for schema in schemas.values() for one in schema.get("properties", {}).values() for key in one
    }
    assert {"jpg", "jpeg", "webp"} < set(schemas["EditOptions"]["properties"]["outputFormat"]["anyOf"][0]["enum"])


def test_every_refusal_has_the_one_body_and_an_example(document: dict[str, Any]) -> None:
    """Whatever is not 2xx is {error, code, details?}."""
    for name, operation in described(document).items():
        for status, answer in operation["responses"].items():
            if not status.startswith("2"):
                content = answer["content"]["application/json"]
                assert (name, "#/components/schemas/ErrorDocument") == (name, content["schema"]["$ref"])
                assert content["examples"]


def test_all_but_readiness_ask_for_a_token(document: dict[str, Any]) -> None:
    """Reading one session works by ticket too."""
    by_scheme = {
        name: sorted(scheme for one in operation.get("security", []) for scheme in one)
        for name, operation in described(document).items()
    }

    assert [] == by_scheme.pop("GET /image-edit/health")
    assert ["bearer", "ticket"] == by_scheme.pop("GET /image-edit/progress/{session_id}")
    assert ["bearer", "ticket"] == by_scheme.pop("GET /image-edit/session/{session_id}")
    assert {("bearer",)} == {tuple(schemes) for schemes in by_scheme.values()}


def test_steps_are_described_by_the_vocabulary(document: dict[str, Any]) -> None:
    """A generated client has every operation with its parameters."""
    schemas = document["components"]["schemas"]
    for name in ("PlanOperation", "PlanDocument"):
        assert {"$ref": "#/components/schemas/Step"} == schemas[name]["properties"]["steps"]["items"]
    steps = schemas["Step"]

    assert set(OPERATIONS) == set(steps["discriminator"]["mapping"])
    assert set(steps["discriminator"]["mapping"].values()) <= {f"#/components/schemas/{name}" for name in schemas}


def test_the_framework_s_own_refusal_is_not_described(document: dict[str, Any]) -> None:
    """The API never returns it."""
    assert "HTTPValidationError" not in json.dumps(document)


@pytest.fixture(scope="module")
def fuzzed() -> Iterator[BaseSchema]:
    """Describe an API whose streams end at once and whose users have no limits: the fuzz is after other things."""
    with open_api(Stage(lifetime_s=0.01)) as api, pytest.MonkeyPatch.context() as patch:
        patch.setattr("processor.api.dependencies.LIMITS", {"read": 10**6, "write": 10**6})
        patch.setattr("processor.api.session_service.RUNNING_SESSIONS", 10**6)
        yield schemathesis.openapi.from_asgi("/image-edit/openapi.json", api.client.app)


@pytest.mark.parametrize(("name", "mode"), TRIALS)
def test_requests_made_from_the_document_are_answered_as_it_says(
    fuzzed: BaseSchema, name: str, mode: GenerationMode
) -> None:
    """Valid and invalid ones: no 5xx, and no status, header or body that is not described."""
    method, path = name.split()
    operation = fuzzed[path][method]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    def answered_as_described(case: Case[Any]) -> None:
        case.call_and_validate(headers=bearer(), checks=STRICTER if method == "POST" else CHECKS)

    answered_as_described()
