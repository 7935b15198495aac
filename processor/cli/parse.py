"""Command ``parse``: print the plan of a command in plain English, without running it."""

from __future__ import annotations

import json
import sys
from typing import Final

import click

from processor.cli.examples import examples
from processor.edits.command import compile_command
from processor.errors import EditError

NOT_UNDERSTOOD: Final = 1


@click.command(epilog=examples('darkroom parse "make it warmer, then resize to 50%"'))
@click.argument("command")
def parse(command: str) -> None:
    """Print the plan of a command in plain English.

    COMMAND is, for example, "resize to 800px and convert to webp".

    Exits with 0 and {"steps", "explanation"}, or with 1 and {"error", "code", "details"} when it is not understood.
    """
    try:
        document, code = compile_command(command).as_json(), 0
    except EditError as error:
        document, code = {"error": error.public, "code": error.code, "details": error.details}, NOT_UNDERSTOOD
    click.echo(json.dumps(document, ensure_ascii=False))
    sys.exit(code)
