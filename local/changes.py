"""Read the settings that one run changes: ``darkroom up --set cdn.renditions=signed``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from components.testing.trees import Json, merged
from local.model import RunError


def changes_of(pairs: Iterable[str]) -> Json:
    """Read settings of a command line, ``cdn.renditions=signed``, values in YAML; RunError for another form."""
    tree: Json = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        try:
            value: Any = yaml.safe_load(text)
        except yaml.YAMLError:
            equals = ""
            value = None
        if not equals or not all(key.split(".")):
            raise RunError(f"--set {pair}: expected KEY=VALUE, such as cdn.renditions=signed (docs/settings.md)")
        for part in reversed(key.split(".")):
            value = {part: value}
        tree = merged(tree, value)
    return tree
