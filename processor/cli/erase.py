"""Command ``erase``: remove all that is stored of a gallery or of a user, and print the proof."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from processor.cli.examples import examples
from processor.cli.stacks import OpenedStack, open_stack, stack_options
from processor.errors import UsageError
from processor.ops.erase.proof import ADDRESSES, Proof, head
from processor.ops.erase.proof import erase as erase_all
from processor.ops.erase.run import Erasure
from processor.ops.erase.scope import GalleryScope, UserScope
from processor.ops.erase.stores import ErasedStores
from processor.ops.erase.traces import Traces
from processor.settings.functions import RenditionEnv, from_env

NOT_ALL_ERASED: Final = 1


@click.command(
    epilog=examples(
        "darkroom erase --stack prod --gallery weddings/ana-and-ben --plan",
        "darkroom erase --stack prod --gallery weddings/ana-and-ben",
        "darkroom erase --stack prod --user 5f7c8ec7 --yes --json",
    )
)
@stack_options
@click.option("--gallery", help="Erase this gallery, and the galleries below it.")
@click.option("--user", help="Erase the photos and the edits of this user.")
@click.option("--plan", "plan_only", is_flag=True, help="Only print what would be erased.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def erase(  # noqa: PLR0913 - keyword-only: the options of a command
    stack: str,
    endpoint_url: str | None,
    *,
    gallery: str | None,
    user: str | None,
    plan_only: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Erase a gallery or a user for good, and print the proof.

    Removes every version of the originals, renditions, items, photo records, edit sessions, results and upload slots,
    and their copies at the CDN. Then it lists everything again. A second run finds what the first has left. Exits with
    0 when nothing is left, else with 1.
    """
    scope = scope_of(gallery, user)
    opened = open_stack(stack, endpoint_url)
    erasure = Erasure(stores=stores_of(opened), scope=scope, sleep=time.sleep, clock=time.monotonic)
    with Console(stderr=True, highlight=False).status("Looking for what is stored"):
        found = erasure.find()
    if plan_only:
        print_plan(opened, scope, found, as_json=as_json)
        return
    if not yes:
        confirm(opened, scope, found)
    proof = erase_all(erasure, found, ask=head)
    print_proof(opened, scope, proof, as_json=as_json)
    if not proof.complete:
        sys.exit(NOT_ALL_ERASED)


def scope_of(gallery: str | None, user: str | None) -> GalleryScope | UserScope:
    """Read what to erase from the options."""
    if gallery is not None and user is not None:
        raise UsageError("--gallery and --user: found both, expected one of them")
    if gallery is not None:
        return GalleryScope(gallery.strip("/"))
    if user is None:
        raise UsageError("--gallery, --user: found neither, expected one of them")
    return UserScope(user)


def stores_of(stack: OpenedStack) -> ErasedStores:
    """Open the stores of a deployed stack."""
    clients = stack.clients
    env = from_env(RenditionEnv, clients.environment(stack.settings.renditions.function_name))
    return ErasedStores.of(
        stack.settings, env, s3=clients.s3(), dynamodb=clients.dynamodb(), cloudfront=clients.cloudfront
    )


def confirm(stack: OpenedStack, scope: GalleryScope | UserScope, found: Traces) -> None:
    """Ask for the name; UsageError for any other."""
    click.echo(f"To be erased for good: {scope.kind} {scope.name!r} of stack {stack.name}.", err=True)
    print_table(found.counts(), err=True)
    typed = click.prompt(f"Type the name of the {scope.kind} to go on", default="", show_default=False, err=True)
    if typed != scope.name:
        raise UsageError(f"name of the {scope.kind}: found {typed!r}, expected {scope.name!r}; nothing was erased")


def print_plan(stack: OpenedStack, scope: GalleryScope | UserScope, found: Traces, *, as_json: bool) -> None:
    """Print what would be erased."""
    counts = found.counts() | {ADDRESSES: len(found.addresses)}
    if as_json:
        click.echo(json.dumps({"stack": stack.name, scope.kind: scope.name, "found": counts}, ensure_ascii=False))
        return
    print_table(counts)
    click.echo(f"{scope.kind} {scope.name!r} of stack {stack.name}: nothing was erased.")


def print_proof(stack: OpenedStack, scope: GalleryScope | UserScope, proof: Proof, *, as_json: bool) -> None:
    """Print the proof, and what to do about what is left."""
    if as_json:
        tree = {"stack": stack.name, scope.kind: scope.name, "complete": proof.complete, **asdict(proof)}
        click.echo(json.dumps(tree, ensure_ascii=False))
    else:
        print_table(proof.found, proof.removed, proof.left)
        times = f"begun {proof.began_at}, removed by {proof.removed_at}, looked at again until {proof.looked_at}"
        click.echo(f"{scope.kind} {scope.name!r} of stack {stack.name}: {times}.")
    for name, reason in proof.failed.items():
        click.echo(f"not erased {name!r}: {reason}", err=True)
    for name in proof.names:
        click.echo(f"left: {name}", err=True)
    if not proof.complete:
        click.echo("Not everything is gone. Stop what uploads or edits here, and run the command again.", err=True)


def print_table(
    found: Mapping[str, int],
    removed: Mapping[str, int] | None = None,
    left: Mapping[str, int] | None = None,
    *,
    err: bool = False,
) -> None:
    """Print counts, a kind a line."""
    columns: dict[str, Any] = {"found": found, "removed": removed, "left": left}
    known = {name: counts for name, counts in columns.items() if counts is not None}
    table = Table("", *known, box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for kind in found:
        cells = (
            counts.get(kind, 0 if name != "removed" or kind != ADDRESSES else "") for name, counts in known.items()
        )
        table.add_row(kind, *map(str, cells))
    Console(stderr=err, highlight=False, markup=False).print(table)
