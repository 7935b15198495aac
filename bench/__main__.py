"""Measure Darkroom beside its peers: ``python -m bench [--quick] [--json FILE] [--svg FILE] [--case NAME]``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from bench.cases import CASES, Case, cached
from bench.chart import bar_chart
from bench.job import Job
from bench.report import as_json, machine, table, verdict_table
from bench.run import Measurement, Outcome, measure_all
from bench.verdicts import judge
from processor.recipe import Recipe

CACHE = Path("out/bench")
REPEATS, QUICK_REPEATS = 7, 3
MIN_WIDTH = 120
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--quick", is_flag=True, help="Only the 24 MP JPEG, three runs each.")
@click.option("--case", "names", multiple=True, type=click.Choice([case.name for case in CASES]), help="Repeatable.")
@click.option("--json", "json_file", type=FILE, help="Write the whole run to FILE.")
@click.option("--svg", "svg_file", type=FILE, help="Draw the first case to FILE.")
def main(*, quick: bool, names: Sequence[str], json_file: Path | None, svg_file: Path | None) -> None:
    """Print a table per photo, and the verdict on each budget."""
    console, here, repeats = _console(), machine(), QUICK_REPEATS if quick else REPEATS
    results: dict[Case, Sequence[Outcome]] = {}
    for case in _chosen(names, quick=quick):
        job = job_for(case)
        with console.status(case.title) as status:
            results[case] = measure_all(job, repeats=repeats, on_peer=status.update)
        console.print(table(case, results[case]))
        if case.judged:
            console.print(verdict_table(judge(results[case])))
    console.print(_note(here))
    if json_file is not None:
        json_file.write_text(json.dumps(as_json(here, repeats, results), indent=2) + "\n")
    if svg_file is not None:
        case, outcomes = next(iter(results.items()))
        bars = [outcome for outcome in outcomes if isinstance(outcome, Measurement)]
        svg_file.write_text(bar_chart(f"{case.title} to four renditions", _note(here), bars))


def _console() -> Console:
    """Keep the table's columns whole where the output is a file or a pipe."""
    console = Console()
    return console if console.is_terminal else Console(width=MIN_WIDTH)


def job_for(case: Case) -> Job:
    """Ask for the default recipe's sizes and quality."""
    recipe = Recipe()
    boxes = tuple(sorted((size.width, size.height) for size in recipe.sizes.values()))
    return Job(path=cached(case, CACHE), boxes=boxes, quality=recipe.quality.jpeg, scratch=CACHE)


def _chosen(names: Sequence[str], *, quick: bool) -> list[Case]:
    if names:
        return [case for case in CASES if case.name in names]
    return list(CASES[:1] if quick else CASES)


def _note(here: dict[str, Any]) -> str:
    return "{date}, {cores} cores, {cpu}, {architecture}, Python {python}".format(**here)


if __name__ == "__main__":
    main()
