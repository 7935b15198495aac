"""Write the measured figures into docs/performance.md: ``python -m bench.page [FOLDER]``.

FOLDER holds run.json and memory.json, as ``make bench`` writes them. Each table stands between ``<!-- bench:NAME -->``
and ``<!-- /bench -->``; what is around them is written by people and left alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import click

from bench.console import CACHE
from bench.page_tables import (
    budgets_table,
    cases_table,
    choice_table,
    function_table,
    machine_line,
    memory_table,
    peers_table,
    starts_table,
    versions_line,
)

PAGE: Final = Path("docs/performance.md")
BLOCK: Final = re.compile(r"(<!-- bench:([a-z-]+) -->\n)(.*?)(<!-- /bench -->)", re.DOTALL)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)

Json = Mapping[str, Any]
RUN_TABLES: Final[Mapping[str, Callable[[Json], str]]] = {
    "machine": machine_line,
    "budgets": budgets_table,
    "cases": cases_table,
    "peers": peers_table,
    "versions": versions_line,
    "function": function_table,
    "starts": starts_table,
}
MEMORY_TABLES: Final[Mapping[str, Callable[[Json], str]]] = {"memory": memory_table, "choice": choice_table}


class UnknownTable(Exception):
    """The page has marks of a table that does not exist."""


@click.command()
@click.argument("folder", type=FOLDER, default=CACHE)
def main(folder: Path) -> None:
    """Rewrite the tables of the page from the JSON files in FOLDER."""
    tables = tables_of(folder)
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), tables), encoding="utf-8")
    click.echo(f"{PAGE}: {', '.join(tables)}")


def tables_of(folder: Path) -> dict[str, str]:
    """Make every table whose figures are there."""
    made: dict[str, str] = {}
    for name, tables in (("run.json", RUN_TABLES), ("memory.json", MEMORY_TABLES)):
        path = folder / name
        if path.exists():
            found: Json = json.loads(path.read_text(encoding="utf-8"))
            made |= {table: write(found) for table, write in tables.items()}
    return made


def filled(page: str, tables: Mapping[str, str]) -> str:
    """Write *tables* between their marks; a table that was not measured keeps its text. Raises UnknownTable."""
    known = {*RUN_TABLES, *MEMORY_TABLES}

    def fill(block: re.Match[str]) -> str:
        opening, name, old, closing = block.groups()
        if name not in known:
            raise UnknownTable(f"{PAGE}: expected one of {', '.join(sorted(known))}, found bench:{name}")
        return f"{opening}{tables.get(name, old)}{closing}"

    return BLOCK.sub(fill, page)


if __name__ == "__main__":
    main()
