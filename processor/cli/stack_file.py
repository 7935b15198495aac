"""Read a stack file, ``Pulumi.NAME.yaml``: settings and region, without AWS."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from processor.errors import UsageError
from processor.settings import Settings
from processor.settings_file import load_settings, read_yaml

REGION_KEY: Final = "aws:region"
DEFAULT_REGION: Final = "us-east-1"


@dataclass(frozen=True, kw_only=True, slots=True)
class StackFile:
    """Content of a stack file."""

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
