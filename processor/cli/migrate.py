"""``darkroom migrate check``: compare an account with a stack before its first deployment."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table

from processor.aws.existing import Existing
from processor.cli.examples import examples
from processor.cli.stacks import open_stack, stack_options
from processor.ops.migration import check as check_account


@click.group(epilog=examples("darkroom migrate check --stack prod"))
def migrate() -> None:
    """Move an account from the systems before Darkroom; docs/migration.md has the order."""


@migrate.command(epilog=examples("darkroom migrate check --stack prod", "darkroom migrate check --stack prod --json"))
@stack_options
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def check(*, stack: str, endpoint_url: str | None, as_json: bool) -> None:
    """Print what the first deployment would create, import, change or be refused; read-only.

    Exit code 1 when something is refused: by AWS, or because users of the old system would notice.
    """
    opened = open_stack(stack, endpoint_url)
    lines = list(check_account(opened.settings, Existing(clients=opened.clients)))
    if as_json:
        for line in lines:
            click.echo(json.dumps(asdict(line), ensure_ascii=False))
    else:
        table = Table("", "resource", "what happens")
        for line in lines:
            table.add_row(line.outcome, line.name, line.text)
        console = Console(highlight=False, markup=False)
        console.print(table)
        counts = Counter(line.outcome for line in lines)
        console.print(", ".join(f"{counts[kind]} {kind}" for kind in ("create", "import", "change", "refused")))
    sys.exit(1 if any(line.outcome == "refused" for line in lines) else 0)
