"""Commands of the embedded stack: ``darkroom up | status | logs FUNCTION | down``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.table import Table

from local.model import RunConfig
from local.run import status as run_status
from local.run.banner import banner, endpoints
from local.run.places import DEFAULT, near
from local.run.run_dir import RunDir
from local.run.up import Options, Up
from processor.cli.examples import examples

NOT_UP: Final = 3  # the exit code of `systemctl status`
in_folder: Callable[..., Callable[..., None]] = click.option(
    "--folder",
    "--persist",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT,
    metavar="DIR",
    help=f"Folder that `up` was given by --folder or --persist. [default: {near(DEFAULT)}]",
)


@click.command(
    epilog=examples(
        "darkroom up",
        "darkroom up --persist ~/darkroom",
        "darkroom up --folder /tmp/second --port-base 5510",
        "darkroom up --set cdn.renditions=signed --set cdn.edits=signed",
    )
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT,
    metavar="DIR",
    help=f"Keep the run's files here. [default: {near(DEFAULT)}]",
)
@click.option(
    "--persist",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Keep the run's files here, and its state for the next run.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the endpoints as one line of JSON, for scripts.")
@click.option(
    "--port-base", type=click.IntRange(0, 65_000), help="Listen on five ports from this one on; 0: any free ones."
)
@click.option("--no-edits", is_flag=True, help="Leave the edit API out: two processes fewer.")
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="KEY=VALUE",
    help="Change a setting of this run, such as cdn.renditions=signed; several times for several.",
)
def up(  # noqa: PLR0913 - one argument per option
    folder: Path,
    persist: Path | None,
    *,
    as_json: bool,
    port_base: int | None,
    no_edits: bool,
    changes: tuple[str, ...],
) -> None:
    """Start the stack, print its addresses, stop it at Ctrl-C.

    Exits with 0 after Ctrl-C or `darkroom down`, 1 when the stack cannot start or a process of it ends.
    """
    options = Options(
        folder=RunDir(path=(persist or folder).resolve()),
        persist=persist is not None,
        port_base=port_base,
        edits=not no_edits,
        changes=changes,
    )
    console = Console(stderr=True, highlight=False)
    sys.exit(
        Up(options=options, report=printer(console), ready=ready_printer(as_json=as_json, edits=options.edits)).run()
    )


def printer(console: Console) -> Callable[[str], None]:
    """Return a function that prints lines as they are: square brackets are no markup."""
    return lambda line: console.print(line, markup=False, soft_wrap=True)


def ready_printer(*, as_json: bool, edits: bool) -> Callable[[RunConfig, float], None]:
    """Return a function that prints the endpoints of a run that is up."""

    def ready(config: RunConfig, seconds: float) -> None:
        known = endpoints(config)
        if as_json:
            click.echo(json.dumps(asdict(known)))
        else:
            click.echo(banner(known, Path(config.folder), seconds=seconds, edits=edits))

    return ready


@click.command(epilog=examples("darkroom status", "darkroom status --folder ~/darkroom"))
@in_folder
def status(folder: Path) -> None:
    """List the processes of the stack.

    Exits with 0 when the stack is up, 3 when it is not.
    """
    console = Console(highlight=False)
    found = RunDir(path=folder.resolve())
    if found.owner() is None:
        click.echo(f"status: {found.nothing_is_up()}", err=True)
        sys.exit(NOT_UP)
    table = Table("process", "pid", "state", box=None)
    for one in run_status.processes(found):
        table.add_row(one.name, str(one.pid), "runs" if one.runs else "ended")
    console.print(table)
    console.print(f"page {found.load().addresses.page}", soft_wrap=True)


@click.command(epilog=examples("darkroom down", "darkroom down --folder ~/darkroom"))
@in_folder
def down(folder: Path) -> None:
    """Stop the stack and wait until it has stopped."""
    run_status.down(RunDir(path=folder.resolve()))
    click.echo("stopped")


@click.command(epilog=examples("darkroom logs rendition", "darkroom logs edit --follow --folder ~/darkroom"))
@in_folder
@click.argument("function")
@click.option("--follow", "-f", is_flag=True, help="Print all lines, and new ones as they come, until Ctrl-C.")
@click.option(
    "--lines", "-n", type=click.IntRange(1), default=200, show_default=True, help="How many of the last lines."
)
def logs(folder: Path, function: str, *, follow: bool, lines: int) -> None:
    """Print the log of a function or of a process of the stack.

    FUNCTION is a function's name or role (rendition, edit, …) or a process (emulator, deployer, …).
    """
    found = run_status.log_lines(RunDir(path=folder.resolve()), function, follow=follow)
    if follow:
        for line in found:
            click.echo(line, nl=False)
        return
    last, before = run_status.last_of(found, lines)
    if before:
        click.echo(f"The last {lines:,} of {before + lines:,} lines; --lines {before + lines} prints all.", err=True)
    click.echo("".join(last), nl=False)
