"""What is wrong with a request that its model refuses: where, what was found, what was expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi.exceptions import RequestValidationError

from processor.wording import shown

MOST: Final = 20
# By pydantic's names: https://docs.pydantic.dev/latest/errors/validation_errors/
EXPECTED: Final[Mapping[str, str]] = {
    "bool_type": "true or false",
    "dict_type": "a JSON object",
    "extra_forbidden": "no such field",
    "greater_than_equal": "{ge} or more",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "less_than_equal": "{le} or less",
    "list_type": "a list",
    "literal_error": "{expected}",
    "missing": "a value",
    "model_attributes_type": "a JSON object (Content-Type: application/json)",
    "model_type": "a JSON object",
    "string_pattern_mismatch": "text of the form {pattern}",
    "string_too_long": "at most {max_length} characters",
    "string_too_short": "at least {min_length} character",
    "string_type": "text",
    "string_unicode": "text in Unicode",
    "too_long": "at most {max_length} items",
    "too_short": "at least {min_length} item",
    "union_tag_invalid": "one of {expected_tags} as {discriminator}",
    "union_tag_not_found": "{discriminator}",
}
NOTHING: Final = frozenset({"missing", "union_tag_not_found"})


def problems_of(error: RequestValidationError) -> list[str]:
    """Say each problem in a line; a list that a hostile request could make endless is cut."""
    errors: Sequence[Any] = error.errors()
    return [line(one) for one in errors[:MOST]]


def line(problem: Mapping[str, Any]) -> str:
    """Put one problem into words."""
    kind: str = problem["type"]
    if kind == "json_invalid":
        return f"body: expected JSON, found none ({problem['ctx']['error']} at character {problem['loc'][-1]})"
    expected = EXPECTED.get(kind, str(problem["msg"]))
    for name, value in problem.get("ctx", {}).items():
        expected = expected.replace(f"{{{name}}}", str(value))
    return f"{place(problem['loc'])}: found {found(problem)}, expected {expected}"


def found(problem: Mapping[str, Any]) -> str:
    """Quote what was found."""
    if problem["type"] in NOTHING:
        return "nothing"
    # The framework leaves a body of another type as it came.
    return "a body that is not JSON" if isinstance(problem["input"], bytes) else shown(problem["input"])


def place(location: Sequence[int | str]) -> str:
    """Write ``("body", "images", 0, "url")`` as ``images[0].url``."""
    kind, *parts = location
    # Behind "operation" pydantic names the variant, which nobody wrote there.
    if parts[:1] == ["operation"] and len(parts) > 2:  # noqa: PLR2004 - operation, variant, field
        del parts[1]
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).lstrip(".")
    return text if kind == "body" and text else f"{kind} {text}".strip()
