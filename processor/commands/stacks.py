"""What commands know of a stack: its settings and region, from the file that Pulumi reads too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import click

from processor.aws.clients import OperatorClients
from processor.errors import UsageError
from processor.settings import Settings
from processor.settings_file import load_settings, read_yaml

REGION_KEY: Final = "aws:region"
DEFAULT_REGION: Final = "us-east-1"
Lane = Literal["uploads", "backfill"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stack:
    """One deployed stack."""

    name: str
    settings: Settings
    clients: OperatorClients

    def lane(self, lane: str) -> str:
        """Name the queue *lane*, as components/rendition_pipeline.py and edit_service.py do."""
        functions = {"jobs": self.settings.edits.function_name}
        return f"{functions.get(lane, self.settings.renditions.function_name)}-{lane}"

    def dead_letters(self, lane: str) -> str:
        """Name the dead-letter queue of *lane*, as components/queues.py does."""
        return f"{self.lane(lane)}-dlq"


def stack_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what names a stack to a command."""
    for option in (
        click.option("--endpoint-url", help="Address of an embedded stack instead of AWS."),
        click.option(
            "--stack", required=True, metavar="NAME", help="Stack (Pulumi.NAME.yaml here), or a settings file."
        ),
    ):
        command = option(command)
    return command


def open_stack(name: str, endpoint_url: str | None) -> Stack:
    """Read the file of the stack *name*, which may itself be a file."""
    path = Path(name) if Path(name).suffix in {".yaml", ".yml"} else Path(f"Pulumi.{name}.yaml")
    if not path.is_file():
        raise UsageError(f"{path}: no such file, expected the settings of stack {name} in this folder")
    region = str(read_yaml(path).get("config", {}).get(REGION_KEY, DEFAULT_REGION))
    return Stack(
        name=path.stem.removeprefix("Pulumi."),
        settings=load_settings(path),
        clients=OperatorClients(region=region, endpoint_url=endpoint_url),
    )
