"""List all commands in one table, and import them when they run. Errors end with one line and an exit code."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Final

import click

from darkroom import INTERRUPTED, leave
from local.model import RunError
from processor.errors import InstallationError, SettingsError, TransientError, UsageError

FAILED: Final = 1
WRONG_USAGE: Final = 2
BROKEN_INSTALLATION: Final = 3
SHOWN: Final = 3  # packages that an error lists
EXIT_CODES: Final[Mapping[type[Exception], int]] = {
    InstallationError: BROKEN_INSTALLATION,
    RunError: FAILED,
    SettingsError: WRONG_USAGE,
    TransientError: FAILED,
    UsageError: WRONG_USAGE,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One command: its module, its summary, the extra that it needs beyond the base installation."""

    module: str
    summary: str
    extra: str = ""


EXTRAS: Final[Mapping[str, tuple[str, ...]]] = {
    "": (),
    "aws": ("boto3", "botocore", "cryptography"),
    "local": (
        *("anyio", "aws_lambda_powertools", "awscli", "awslambdaric", "boto3", "botocore", "cryptography", "fastapi"),
        *("httpx", "jwt", "opentelemetry", "psutil", "pulumi", "pulumi_aws", "pulumi_random", "sse_starlette"),
        *("ssrfguard", "starlette", "uvicorn"),
    ),
}
"""The packages that an extra adds, by their import name. The emulator may have an environment of its own."""

SECTIONS: Final[Mapping[str, Mapping[str, Entry]]] = {
    "Photos on this machine": {
        "render": Entry("processor.cli.render", "Render photos into web-ready renditions."),
        "edit": Entry("processor.cli.edit", "Edit one photo by a command in plain English."),
        "parse": Entry("processor.cli.parse", "Print the plan of a command in plain English."),
        "demo": Entry("testkit.demo", "Draw a few photos to try things with."),
    },
    "The whole stack on this machine": {
        "up": Entry("local.commands", "Start the stack, print its addresses, stop it at Ctrl-C.", "local"),
        "status": Entry("local.commands", "List the processes of the stack.", "local"),
        "logs": Entry("local.commands", "Print the log of a function or of a process of the stack.", "local"),
        "down": Entry("local.commands", "Stop the stack and wait until it has stopped.", "local"),
    },
    "A deployed stack": {
        "backfill": Entry("processor.cli.backfill", "Render originals that have no current renditions.", "aws"),
        "reconcile": Entry("processor.cli.reconcile", "Compare all that is stored, and repair what differs.", "aws"),
        "dlq": Entry("processor.cli.dlq", "List, show, redrive or discard dead letters.", "aws"),
        "erase": Entry("processor.cli.erase", "Erase a gallery or a user for good, and print the proof.", "aws"),
        "migrate": Entry(
            "processor.cli.migrate",
            "Move an account from the systems before Darkroom; docs/migration.md has the order.",
            "aws",
        ),
        "sign": Entry("processor.cli.sign", "Sign cookies and URLs of private galleries.", "aws"),
        "cost": Entry("processor.cli.cost", "Estimate what a stack costs."),
    },
}
ENTRIES: Final[Mapping[str, Entry]] = {name: entry for part in SECTIONS.values() for name, entry in part.items()}


class Commands(click.Group):
    """Import a command when it is asked for: ``darkroom render`` needs neither Pulumi nor boto3."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """List the names in the order of the table."""
        return [*ENTRIES]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """Import the command *cmd_name*. Raises UsageError when its extra is not installed."""
        entry = ENTRIES.get(cmd_name)
        if entry is None:
            raise click.NoSuchCommand(cmd_name, possibilities=ENTRIES, ctx=ctx)
        if missing := [name for name in EXTRAS[entry.extra] if find_spec(name) is None]:
            raise UsageError(not_installed(cmd_name, entry.extra, missing))
        command: click.Command = getattr(import_module(entry.module), cmd_name)
        if signal.getsignal(signal.SIGINT) is leave:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands by section, without importing them."""
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, entry.summary) for name, entry in commands.items()])


@click.command(cls=Commands, no_args_is_help=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="darkroom", prog_name="darkroom")
def cli() -> None:
    """Darkroom: originals in, web-ready renditions out.

    Every command explains itself: darkroom COMMAND --help.
    """


def run(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit code. An error that is expected becomes one line."""
    try:
        cli(arguments, prog_name="darkroom", standalone_mode=False)
    except click.UsageError as error:
        return end(f"{error.format_message()} Try --help.", WRONG_USAGE)
    except (click.Abort, KeyboardInterrupt):
        return end("interrupted; what is written is whole", INTERRUPTED)
    except OSError as error:
        return end(f"{error.filename or 'the system'}: {error.strerror or error}", FAILED)
    except tuple(EXIT_CODES) as error:
        return end(str(error), next(code for kind, code in EXIT_CODES.items() if isinstance(error, kind)))
    return 0


def end(sentence: str, code: int) -> int:
    """Print one line; return *code*."""
    click.echo(f"Error: {sentence}", err=True)
    return code


def not_installed(command: str, extra: str, missing: list[str]) -> str:
    """Describe missing packages and the command that installs them."""
    more = f" and {len(missing) - SHOWN} more" if len(missing) > SHOWN else ""
    return (
        f"darkroom {command} needs packages that are not installed ({', '.join(missing[:SHOWN])}{more}): "
        f"in Darkroom's folder, run pip install '.[{extra}]' or uv tool install '.[{extra}]'"
    )
