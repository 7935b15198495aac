"""Read settings from YAML: a Pulumi stack file, or the bare tree.

A module of its own, because PyYAML comes with the command line and is in no Lambda layer.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

import yaml

from processor.errors import SettingsError, UsageError
from processor.settings.tree import Settings
from processor.validation import PROJECT, no_account

STACK_KEY: Final = f"{PROJECT}:settings"
REGION_KEY: Final = "aws:region"
DEFAULT_REGION: Final = "us-east-1"
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class StackFile:
    """The name, region and settings of one stack."""

    name: str
    region: str
    settings: Settings


def read_stack(name: str, account_in: Callable[[str], str] | None = None) -> StackFile:
    """Read the file of the stack *name*, which may itself be a path; raise UsageError or SettingsError.

    *account_in* returns the account's number, by the stack's region; None: names of buckets are not used.
    """
    path = Path(name) if Path(name).suffix in {".yaml", ".yml"} else Path(f"Pulumi.{name}.yaml")
    if not path.is_file():
        raise UsageError(f"{path}: no such file, expected the settings of stack {name} in this folder")
    config = mapping(read_yaml(path).get("config"), f"{path}: config")
    region = str(config.get(REGION_KEY, DEFAULT_REGION))
    account = partial(account_in, region) if account_in else no_account
    return StackFile(name=stack_of(path), region=region, settings=load_settings(path, account))


def load_settings(path: Path, account: Callable[[], str] = no_account) -> Settings:
    """Read and check the settings in *path*; raise SettingsError with one line.

    Resource names that the file leaves out are those of the stack that the file is named after.
    """
    tree = read_yaml(path)
    if "config" in tree:
        config = mapping(tree["config"], f"{path}: config")
        if STACK_KEY not in config and (close := get_close_matches(STACK_KEY, map(str, config), n=1)):
            raise SettingsError(f"{path}: config.{close[0]}: no such key, did you mean {STACK_KEY}?")
        tree = mapping(config.get(STACK_KEY), f"{path}: config.{STACK_KEY}")
    try:
        return Settings.from_mapping(
            tree,
            prefix=f"{PROJECT}-{stack_of(path)}",
            account=account,
            warn=lambda line: _LOG.warning("%s: %s", path, line),
        )
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}") from None


def stack_of(path: Path) -> str:
    """Return the name of the stack that the file *path* configures: ``Pulumi.dev.yaml`` is of ``dev``."""
    return path.stem.removeprefix("Pulumi.")


def read_yaml(path: Path) -> Mapping[str, Any]:
    """Read the mapping in *path*; an empty file is an empty mapping."""
    try:
        found = mapping(yaml.safe_load(path.read_text(encoding="utf-8")), str(path))
        json.dumps(found, default=str)  # what refers to itself cannot be written
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}, expected a YAML file of settings") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        first = str(error).splitlines()[0]
        raise SettingsError(f"{path}{line_of(error)}: not YAML ({first}), expected settings in YAML") from None
    return found


def mapping(value: object, where: str) -> Mapping[str, Any]:
    """Return *value* as a mapping, empty for None; raise SettingsError for any other type."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise SettingsError(f"{where}: found {type(value).__name__}, expected a mapping of settings")
    return cast("Mapping[str, Any]", value)


def line_of(error: Exception) -> str:
    """Return the number of the line that is not YAML as ``:7``, empty where the parser does not know it."""
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    return f":{mark.line + 1}" if mark else ""
