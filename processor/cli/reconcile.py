"""Command ``reconcile``: compare everything that is stored at once, and repair what differs, or only list it."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import click

from processor.budget import Budget
from processor.cli.examples import examples
from processor.cli.stacks import OpenedStack, open_stack, stack_options
from processor.ops.reconcile.assembly import THREADS, ReconciledStores
from processor.ops.reconcile.run import Reconciler, ReconcilerReport
from processor.ops.reconcile.state import ReconcilerState
from processor.settings.functions import ReconcileEnv, from_env

NOT_ALL_REPAIRED: Final = 1
NO_LIMIT: Final = Budget(seconds_left=lambda: float("inf"), memory_mib=0)


@click.command(epilog=examples("darkroom reconcile --stack prod --dry-run", "darkroom reconcile --stack prod"))
@stack_options
@click.option("--dry-run", is_flag=True, help="Only print what would be done.")
def reconcile(stack: str, endpoint_url: str | None, *, dry_run: bool) -> None:
    """Compare all that is stored, and repair what differs.

    One whole run of the reconciler, from the beginning, with the settings of the deployed function. Sends originals
    through the uploads queue, also those that a scheduled run has sent lately, and removes orphans. Exits with 0 when
    nothing is left to a person, else with 1.
    """
    stores = stores_of(open_stack(stack, endpoint_url), dry_run=dry_run)
    with ThreadPoolExecutor(THREADS) as threads:
        run = stores.reconciler(ReconcilerState(), threads, PrintedRun(dry_run=dry_run))
        report = run.run(NO_LIMIT)
    print_report(run, report, dry_run=dry_run)
    if run.errors or report.unrepaired:
        sys.exit(NOT_ALL_REPAIRED)


def stores_of(stack: OpenedStack, *, dry_run: bool) -> ReconciledStores:
    """Open the stores of a deployed stack."""
    clients, reconciler = stack.clients, stack.settings.renditions.reconciler
    return ReconciledStores(
        env=from_env(ReconcileEnv, clients.environment(reconciler.function_name)),
        s3=clients.s3(),
        dynamodb=clients.dynamodb(),
        sqs=clients.sqs(),
        cloudfront=clients.cloudfront,
        rehearsal=dry_run,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintedRun:
    """Prints what a run does, one key a line."""

    dry_run: bool

    def sent(self, key: str) -> None:
        """Print an original that is sent through the lane again."""
        click.echo(f"{'would send' if self.dry_run else 'sent'} {key!r}")

    def removed(self, key: str) -> None:
        """Print an orphan that is removed."""
        click.echo(f"{'would remove' if self.dry_run else 'removed'} {key!r}")

    def failed(self, name: str, reason: str) -> None:
        """Print what could not be checked."""
        click.echo(f"not checked {name!r}: {reason}", err=True)


def print_report(run: Reconciler, report: ReconcilerReport, *, dry_run: bool) -> None:
    """Print the figures, and what a person has to look at."""
    for name, error in run.errors.items():
        click.echo(f"The walk over {name} stopped: {error}", err=True)
    if run.requeue.busy:
        click.echo("The uploads queue is behind, so nothing was sent. Try again when it is empty.", err=True)
    would = "would be " if dry_run else ""
    click.echo(
        f"{report.stuck} photos stuck; {report.sent} originals {would}sent, {report.removed} orphans {would}removed, "
        f"{report.orphans} renditions left that should not be there."
    )
