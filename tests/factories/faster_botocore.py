"""Parts of botocore that answer a question of every session or request once; `faster_moto.py` installs them."""

from __future__ import annotations

from functools import cache
from types import FunctionType
from typing import Any

from botocore import hooks, loaders, utils

Aliaser: Any = hooks.EventAliaser
plain_alias = Aliaser._alias_event_name
plain_kwargs: Any = vars(hooks)["accepts_kwargs"]
aliases: dict[str, str] = {}


def alias_event_name(self: Any, event_name: str) -> str:
    """Look a name up that any session has changed: each begins with an empty list, and all have the same rules."""
    if event_name not in aliases:
        aliases[event_name] = plain_alias(self, event_name)
    return aliases[event_name]


@cache
def function_accepts_kwargs(function: FunctionType) -> Any:
    """Read a signature once: each session registers the same 300 handlers."""
    return plain_kwargs(function)


def accepts_kwargs(function: Any) -> Any:
    """Return what takes further arguments; methods and callable objects, which hold clients, are not kept."""
    return (function_accepts_kwargs if type(function) is FunctionType else plain_kwargs)(function)


@cache
def read_model(path: str) -> Any:
    """Read a service's model once: a session keeps it for its clients in the same way."""
    return plain_load(loaders.JSONFileLoader(), path)


plain_load: Any = vars(loaders.JSONFileLoader)["load_file"]

REPLACED: tuple[tuple[Any, str, Any], ...] = (
    (Aliaser, "_alias_event_name", alias_event_name),
    (hooks, "accepts_kwargs", accepts_kwargs),
    (loaders.JSONFileLoader, "load_file", lambda _, path: read_model(path)),
    (utils, "_parse_timestamp_with_tzinfo", cache(vars(utils)["_parse_timestamp_with_tzinfo"])),
)
