"""Open a deployed stack for a command: its settings, from the stack file of Pulumi, and its AWS clients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import click

from processor.aws.clients import OperatorClients
from processor.settings.stack_file import read_stack
from processor.settings.tree import Settings

Lane = Literal["uploads", "backfill"]


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedStack:
    """Settings, queue names and AWS clients of one deployed stack."""

    name: str
    settings: Settings
    clients: OperatorClients

    def lane(self, lane: str) -> str:
        """Return the name of the queue *lane*, as components/rendition_pipeline.py and edit_service.py do."""
        functions = {"jobs": self.settings.edits.function_name}
        return f"{functions.get(lane, self.settings.renditions.function_name)}-{lane}"

    def dead_letters(self, lane: str) -> str:
        """Return the name of the dead-letter queue of *lane*, as components/queues.py does."""
        return f"{self.lane(lane)}-dlq"


def stack_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that select a stack."""
    for option in (
        click.option("--endpoint-url", help="Address of an embedded stack instead of AWS."),
        click.option(
            "--stack", required=True, metavar="NAME", help="Stack (Pulumi.NAME.yaml here), or a settings file."
        ),
    ):
        command = option(command)
    return command


def open_stack(name: str, endpoint_url: str | None) -> OpenedStack:
    """Read the file of the stack *name*, which may itself be a file, and prepare calls to its account."""

    @cache
    def clients(region: str) -> OperatorClients:
        return OperatorClients(region=region, endpoint_url=endpoint_url)

    file = read_stack(name, lambda region: clients(region).account_id())
    return OpenedStack(name=file.name, settings=file.settings, clients=clients(file.region))
