"""Measure Darkroom beside its peers: ``python -m bench [--quick] [--json FILE] [--svg FILE] [--case NAME]``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from bench.cases import CASES, HUGE, Case, cached
from bench.chart import bar_chart
from bench.console import CACHE, FILE, make_console
from bench.curve import vcpus
from bench.job import Job
from bench.machine import machine, note
from bench.parsing import measure_parsing
from bench.pricing import Tariff
from bench.quota import NoQuota, cpu_quota
from bench.report import case_table, sandbox_table, starts_table, verdict_table
from bench.results import Results
from bench.run import Measurement, measure_all
from bench.sandboxed import Refused, Sandboxed, run_sandbox
from bench.starts import measure_starts
from bench.throughput import measure_throughput
from processor.ops.cost.prices import load_prices
from processor.recipe import Recipe

REPEATS, QUICK_REPEATS = 7, 3
STARTS, QUICK_STARTS = 11, 3
ROUNDS, QUICK_ROUNDS = 3, 1
ROUND_S, QUICK_ROUND_S = 8.0, 2.0
EDIT_API = CACHE / "edit_api.json"


@click.command()
@click.option("--quick", is_flag=True, help="Only the 24 MP JPEG, three runs each.")
@click.option("--case", "names", multiple=True, type=click.Choice([case.name for case in CASES]), help="Only these.")
@click.option("--json", "json_file", type=FILE, help="Write the whole run to FILE.")
@click.option("--svg", "svg_file", type=FILE, help="Draw the first case to FILE.")
def main(*, quick: bool, names: Sequence[str], json_file: Path | None, svg_file: Path | None) -> None:
    """Print a table per photo, what the function takes around it, and the verdict on each budget.

    The edit API is measured by ``python -m bench.edit_api --json out/bench/edit_api.json``; its figures are read here.
    """
    console = make_console()
    tariff = Tariff.of_defaults(load_prices())
    results = Results(machine=machine(), repeats=QUICK_REPEATS if quick else REPEATS, tariff=tariff)
    measure_cases(results, _chosen(names, quick=quick), console)
    if not names:
        measure_function(results, console, quick=quick)
    results.edit_api = json.loads(EDIT_API.read_text()) if EDIT_API.exists() else None
    console.print(verdict_table(results.verdicts()))
    console.print(note(results.machine))
    if json_file is not None:
        json_file.write_text(json.dumps(results.as_json(), indent=2) + "\n")
    if svg_file is not None:
        svg_file.write_text(chart_of(results))


def measure_cases(results: Results, cases: Sequence[Case], console: Console) -> None:
    """Measure the peers photo by photo."""
    for case in cases:
        with console.status(case.title) as status:
            results.cases[case] = measure_all(job_for(case), repeats=results.repeats, on_peer=status.update)
        console.print(case_table(case, results.cases[case], results.tariff))


def measure_function(results: Results, console: Console, *, quick: bool) -> None:
    """Measure what only Darkroom has: the function around the pixels."""
    usual, huge = cached(CASES[0], CACHE), cached(HUGE, CACHE)
    with console.status("the whole function"):
        results.function = run_sandbox(usual, results.repeats)
        results.billed = measure_billed(usual, results)
        results.huge = run_sandbox(huge, 1)
    share = f"{CASES[0].title}, {vcpus(results.tariff.settings.memory_mib):.2f} vCPU"
    rows = ((CASES[0].title, results.function), (share, results.billed), (HUGE.title, results.huge))
    console.print(sandbox_table(rows))
    with console.status("throughput"):
        seconds, rounds = (QUICK_ROUND_S, QUICK_ROUNDS) if quick else (ROUND_S, ROUNDS)
        results.throughput = measure_throughput(usual, seconds=seconds, rounds=rounds)
    with console.status("cold starts"):
        results.starts = measure_starts(QUICK_STARTS if quick else STARTS)
    console.print(starts_table(results.starts))
    results.parsing = measure_parsing()


def measure_billed(photo: Path, results: Results) -> Sandboxed | Refused:
    """Measure the function under the CPU share of its memory, where CPU time can be limited."""
    try:
        with cpu_quota(vcpus(results.tariff.settings.memory_mib)) as limited:
            return run_sandbox(photo, results.repeats, wrap=limited)
    except NoQuota as reason:
        return Refused(ending=str(reason))


def job_for(case: Case) -> Job:
    """Ask for the default recipe's sizes and quality."""
    recipe = Recipe()
    boxes = tuple(sorted((size.width, size.height) for size in recipe.sizes.values()))
    return Job(path=cached(case, CACHE), boxes=boxes, quality=recipe.quality.jpeg, scratch=CACHE)


def chart_of(results: Results) -> str:
    """Draw the first case."""
    case, outcomes = next(iter(results.cases.items()))
    bars = [outcome for outcome in outcomes if isinstance(outcome, Measurement)]
    return bar_chart(f"{case.title} to four renditions", note(results.machine), bars)


def _chosen(names: Sequence[str], *, quick: bool) -> list[Case]:
    if names:
        return [case for case in CASES if case.name in names]
    return list(CASES[:1] if quick else CASES)


if __name__ == "__main__":
    main()
