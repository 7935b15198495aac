"""The command line: ``python -m processor COMMAND``. Wrong usage ends with one line on stderr and exit code 2."""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from processor.commands.backfill import backfill
from processor.commands.cost import cost
from processor.commands.dlq import dlq
from processor.commands.edit import edit
from processor.commands.parse import parse
from processor.commands.render import render
from processor.errors import InstallationError, SettingsError, TransientError, UsageError

AWS_REFUSED = 1
WRONG_USAGE = 2
BROKEN_INSTALLATION = 3
INTERRUPTED = 130  # 128 + SIGINT, as shells count


@click.group(no_args_is_help=True, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Darkroom: originals in, web-ready renditions out."""


for command in (render, edit, parse, backfill, dlq, cost):
    cli.add_command(command)


def main() -> None:
    """Run the command line and translate errors into exit codes."""
    try:
        cli(prog_name="python -m processor", standalone_mode=False)
    except (SettingsError, UsageError) as error:
        end(str(error), WRONG_USAGE)
    except TransientError as error:
        end(str(error), AWS_REFUSED)
    except InstallationError as error:
        end(str(error), BROKEN_INSTALLATION)
    except click.UsageError as error:
        end(f"{error.format_message()} Try --help.", WRONG_USAGE)
    except (click.Abort, KeyboardInterrupt):
        end("interrupted; what is written is whole", INTERRUPTED)


def end(sentence: str, code: int) -> NoReturn:
    """Print one line and leave."""
    click.echo(f"Error: {sentence}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
