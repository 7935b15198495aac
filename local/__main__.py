"""The embedded stack: the same Pulumi program, whole, on this machine.

python -m local up | status | logs FUNCTION | down
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Final

NEEDED: Final = ("awslambdaric", "boto3", "click", "pulumi", "pulumi_aws", "rich", "starlette", "uvicorn")

if missing := [name for name in NEEDED if find_spec(name) is None]:
    sys.exit(f"local: expected the packages {', '.join(missing)}: make up installs them into .venv")

import click  # noqa: E402 - not before it is known to be there
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from local.model import RunConfig  # noqa: E402
from local.run import folder as run_folder  # noqa: E402
from local.run import status as run_status  # noqa: E402
from local.run.endpoints import endpoints  # noqa: E402
from local.run.errors import RunError  # noqa: E402
from local.run.folder import RunFolder  # noqa: E402
from local.run.up import Options, Up  # noqa: E402
from local.run.welcome import welcome  # noqa: E402

NOT_UP: Final = 3  # what `systemctl status` answers
in_folder: Callable[..., Callable[..., None]] = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=run_folder.DEFAULT,
    help="Where the run keeps its files (default: out/local).",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Run the embedded stack: the same Pulumi program, whole, on this machine."""


@cli.command()
@in_folder
@click.option("--persist", type=click.Path(file_okay=False, path_type=Path), help="Keep the state in this folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the endpoints as one line of JSON, for scripts.")
@click.option(
    "--port-base", type=click.IntRange(0, 65_000), help="Listen on five ports from this one on; 0: any free ones."
)
@click.option("--no-edits", is_flag=True, help="Leave the edit API out: two processes fewer.")
def up(folder: Path, persist: Path | None, *, as_json: bool, port_base: int | None, no_edits: bool) -> None:
    """Start everything, say where it is, stop everything at Ctrl-C."""
    options = Options(
        folder=RunFolder(path=(persist or folder).resolve()),
        persist=persist is not None,
        port_base=port_base,
        edits=not no_edits,
    )
    told = Console(stderr=True, highlight=False)
    sys.exit(Up(options=options, say=said(told), ready=printed(as_json=as_json, edits=options.edits)).run())


def said(console: Console) -> Callable[[str], None]:
    """Print lines as they are: what is in square brackets is no markup."""
    return lambda line: console.print(line, markup=False, soft_wrap=True)


def printed(*, as_json: bool, edits: bool) -> Callable[[RunConfig, float], None]:
    """Print what is known of a run that is up."""

    def ready(config: RunConfig, seconds: float) -> None:
        known = endpoints(config)
        text = json.dumps(asdict(known)) if as_json else welcome(known, seconds=seconds, edits=edits)
        click.echo(text)

    return ready


@cli.command()
@in_folder
def status(folder: Path) -> None:
    """Say what runs; exit code 3 when nothing is up."""
    console = Console(highlight=False)
    with explained():
        found = RunFolder(path=folder.resolve())
        table = Table("process", "pid", "state", box=None)
        try:
            listed = run_status.processes(found)
        except RunError as error:
            click.echo(f"status: {error}", err=True)
            sys.exit(NOT_UP)
        for one in listed:
            table.add_row(one.name, str(one.pid), "runs" if one.runs else "ended")
        console.print(table)
        console.print(f"page {found.load().addresses.page}", soft_wrap=True)


@cli.command()
@in_folder
def down(folder: Path) -> None:
    """Stop what is up, and wait until it has stopped."""
    with explained():
        run_status.down(RunFolder(path=folder.resolve()))
        click.echo("stopped")


@cli.command()
@in_folder
@click.argument("function")
@click.option("--follow", "-f", is_flag=True, help="Go on with what comes.")
def logs(folder: Path, function: str, *, follow: bool) -> None:
    """Print the log of FUNCTION (rendition, edit, …), or of a process of the stack (emulator, deployer, …)."""
    with explained():
        for line in run_status.log_lines(RunFolder(path=folder.resolve()), function, follow=follow):
            click.echo(line, nl=False)


@contextmanager
def explained() -> Generator[None]:
    """Turn an error into one line and exit code 1."""
    try:
        yield
    except RunError as error:
        click.echo(f"local: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    cli(prog_name="python -m local")
