"""Turn values of Pulumi's runtime into plain Python: whole numbers as int, archives as paths, secrets unwrapped."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, cast

import pulumi
from pulumi.output import Unknown
from pulumi.runtime import rpc

# What Pulumi's command line writes in place of a secret.
HIDDEN: Final = "[secret]"


def plain(value: Any, *, hide: bool = False) -> Any:
    """Turn *value* into plain data; *hide*: leave secrets out, for a result that people see."""
    if rpc.is_rpc_secret(value):
        return HIDDEN if hide else plain(value["value"])
    if isinstance(value, dict):
        return {key: plain(one, hide=hide) for key, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [plain(one, hide=hide) for one in cast("list[Any]", value)]
    if isinstance(value, pulumi.FileArchive):
        return Path(str(value.path))
    # Numbers arrive as floats, and AWS refuses 30.0 seconds.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def digests(values: Mapping[str, Any]) -> dict[str, str]:
    """Return a short digest of each property (of the file's content for a path): values may be secrets."""
    return {key: digest(value) for key, value in values.items() if value is not None}


def digest(value: Any) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of plain data."""
    data = value.read_bytes() if isinstance(value, Path) else json.dumps(value, sort_keys=True).encode()
    return hashlib.sha256(data).hexdigest()[:16]


def unknowns(tree: Any, path: str = "") -> Iterator[str]:
    """Yield the path of every value in *tree* that uses an output which no adapter set."""
    if isinstance(tree, Unknown) or (rpc.is_rpc_secret(tree) and tree["value"] is None):
        # The runtime sends None for an unknown secret, and no property at all for a secret that is None.
        yield path
    elif isinstance(tree, dict):
        for key, value in cast("dict[str, Any]", tree).items():
            yield from unknowns(value, f"{path}.{key}" if path else key)
    elif isinstance(tree, list):
        for number, value in enumerate(cast("list[Any]", tree)):
            yield from unknowns(value, f"{path}[{number}]")
