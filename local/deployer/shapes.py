"""Translate the program's names to those of AWS: ``maxTtl`` becomes ``MaxTTL``, tags become pairs.

Whole structures are translated, so that botocore refuses a property that AWS does not know; none is dropped here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from botocore.exceptions import ClientError


def pascal(tree: Any, spelling: Mapping[str, str] | None = None) -> Any:
    """Turn every key of *tree* from ``camelCase`` to ``PascalCase``, or to its name in *spelling*."""
    if isinstance(tree, list):
        return [pascal(one, spelling) for one in cast("list[Any]", tree)]
    if not isinstance(tree, dict):
        return tree
    known = spelling or {}
    branches = cast("dict[str, Any]", tree).items()
    return {known.get(key) or key[:1].upper() + key[1:]: pascal(one, spelling) for key, one in branches}


def pairs(tags: Mapping[str, str] | None, *, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Write tags as a list of pairs, for calls that take no mapping."""
    return [{key: name, value: text} for name, text in (tags or {}).items()]


def present(**values: Any) -> dict[str, Any]:
    """Keep the values that are not None."""
    return {key: value for key, value in values.items() if value is not None}


def create_or(
    conflicts: Iterable[str], create: Callable[[], Mapping[str, Any]], update: Callable[[], Mapping[str, Any]]
) -> Mapping[str, Any]:
    """Create something; update it when AWS answers with one of the error codes *conflicts*."""
    try:
        return create()
    except ClientError as error:
        if code_of(error) not in conflicts:
            raise
    return update()


def unless(code: str, call: Callable[[], object]) -> None:
    """Make a call; accept the error *code*, which means that its work is done already."""
    try:
        call()
    except ClientError as error:
        if code_of(error) != code:
            raise


def code_of(error: ClientError) -> str:
    """Return the error code of AWS."""
    return error.response.get("Error", {}).get("Code", "")
