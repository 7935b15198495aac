"""Merge trees of settings. Imports nothing else, so that a command line can use it at once."""

from __future__ import annotations

from typing import Any, cast

Json = dict[str, Any]


def merged(tree: Json, changes: Json) -> Json:
    """Merge *changes* into *tree*, branch by branch."""
    known = {
        key: merged(branch(tree, key), cast("Json", value)) if isinstance(value, dict) else value
        for key, value in changes.items()
    }
    return {**tree, **known}


def branch(tree: Json, key: str) -> Json:
    """Return the branch *key* of *tree*; an empty one where there is none."""
    found = tree.get(key)
    return cast("Json", found) if isinstance(found, dict) else {}
