"""Read settings from YAML: a Pulumi stack file, or the bare tree.

A module of its own, because PyYAML comes with the command line and is in no Lambda layer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import yaml

from processor.errors import SettingsError, UsageError
from processor.settings.tree import Settings

STACK_KEY = "darkroom:settings"


def load_settings(path: Path) -> Settings:
    """Read and check the settings in *path*; raise SettingsError with one line."""
    tree = read_yaml(path)
    if "config" in tree:
        tree = mapping(mapping(tree["config"], f"{path}: config").get(STACK_KEY), f"{path}: config.{STACK_KEY}")
    try:
        return Settings.from_mapping(tree)
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}") from None


def read_yaml(path: Path) -> Mapping[str, Any]:
    """Read the mapping that *path* holds; an empty file is an empty mapping."""
    try:
        return mapping(yaml.safe_load(path.read_text(encoding="utf-8")), str(path))
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}, expected a YAML file of settings") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        first = str(error).splitlines()[0]
        raise SettingsError(f"{path}{line_of(error)}: not YAML ({first}), expected settings in YAML") from None


def mapping(value: object, where: str) -> Mapping[str, Any]:
    """Take *value* for a mapping; nothing is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise SettingsError(f"{where}: found {type(value).__name__}, expected a mapping of settings")
    return cast("Mapping[str, Any]", value)


def line_of(error: Exception) -> str:
    """Say in which line the YAML broke, where the parser knows."""
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    return f":{mark.line + 1}" if mark else ""


REGION_KEY: Final = "aws:region"
DEFAULT_REGION: Final = "us-east-1"


@dataclass(frozen=True, kw_only=True, slots=True)
class StackFile:
    """What the file says."""

    name: str
    region: str
    settings: Settings


def read_stack(name: str) -> StackFile:
    """Read the file of the stack *name*, which may itself be a file; raises UsageError and SettingsError."""
    path = Path(name) if Path(name).suffix in {".yaml", ".yml"} else Path(f"Pulumi.{name}.yaml")
    if not path.is_file():
        raise UsageError(f"{path}: no such file, expected the settings of stack {name} in this folder")
    region = str(read_yaml(path).get("config", {}).get(REGION_KEY, DEFAULT_REGION))
    return StackFile(name=path.stem.removeprefix("Pulumi."), region=region, settings=load_settings(path))
