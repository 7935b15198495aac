"""From the program's spelling to AWS' own: ``maxTtl`` becomes ``MaxTTL``, tags become pairs.

Structures are turned as a whole: a property that AWS does not know is then refused by botocore, not dropped here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from botocore.exceptions import ClientError


def pascal(tree: Any, spelling: Mapping[str, str] | None = None) -> Any:
    """Turn every key of *tree* from ``camelCase`` to ``PascalCase``, or as *spelling* has it."""
    if isinstance(tree, list):
        return [pascal(one, spelling) for one in cast("list[Any]", tree)]
    if not isinstance(tree, dict):
        return tree
    known = spelling or {}
    branches = cast("dict[str, Any]", tree).items()
    return {known.get(key) or key[:1].upper() + key[1:]: pascal(one, spelling) for key, one in branches}


def pairs(tags: Mapping[str, str] | None, *, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Write tags as AWS does where it does not take a mapping."""
    return [{key: name, value: text} for name, text in (tags or {}).items()]


def present(**values: Any) -> dict[str, Any]:
    """Keep what is not None."""
    return {key: value for key, value in values.items() if value is not None}


def create_or(
    conflicts: Iterable[str], create: Callable[[], Mapping[str, Any]], update: Callable[[], Mapping[str, Any]]
) -> Mapping[str, Any]:
    """Create something, or update it where one of *conflicts* says that an earlier deployment left it."""
    try:
        return create()
    except ClientError as error:
        if code_of(error) not in conflicts:
            raise
    return update()


def unless(code: str, call: Callable[[], object]) -> None:
    """Make a call whose work may be done already, which the error *code* says."""
    try:
        call()
    except ClientError as error:
        if code_of(error) != code:
            raise


def code_of(error: ClientError) -> str:
    """Give the code that AWS answered with."""
    return error.response.get("Error", {}).get("Code", "")
