"""Share folders and table printing between the benchmark's commands."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

CACHE = Path("out/bench")
FILE = click.Path(dir_okay=False, path_type=Path)
MIN_WIDTH = 150


def make_console() -> Console:
    """Keep the table's columns whole where the output is a file or a pipe."""
    console = Console()
    return console if console.is_terminal else Console(width=MIN_WIDTH)
