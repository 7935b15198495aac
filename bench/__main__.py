"""Measure Darkroom beside its peers: ``python -m bench [--quick] [--json FILE] [--svg FILE] [--case NAME]``."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click
from rich.console import Console

from bench.cases import CASES, HUGE, Case, cached
from bench.chart import bar_chart
from bench.console import CACHE, FILE, make_console
from bench.curve import vcpus
from bench.forecast import Forecast
from bench.held import PHOTOS, measure_held
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
@click.option("--quick", is_flag=True, help="Only the 24 MP JPEG, three runs each: less than 90 s.")
@click.option("--case", "names", multiple=True, type=click.Choice([case.name for case in CASES]), help="Only these.")
@click.option("--json", "json_file", type=FILE, help="Write the run to FILE, after each part what it has.")
@click.option("--svg", "svg_file", type=FILE, help="Draw the first case to FILE.")
def main(*, quick: bool, names: Sequence[str], json_file: Path | None, svg_file: Path | None) -> None:
    """Print a table per photo, what the function takes around it, and the verdict on each budget.

    The edit API is measured by ``python -m bench.edit_api --json out/bench/edit_api.json``; its figures are read here.
    """
    console = make_console()
    tariff = Tariff.of_defaults(load_prices())
    results = Results(machine=machine(), repeats=QUICK_REPEATS if quick else REPEATS, tariff=tariff)
    results.edit_api = json.loads(EDIT_API.read_text()) if EDIT_API.exists() else None
    parts = parts_of(results, _chosen(names, quick=quick), console, quick=quick, function=not names)
    forecast = Forecast({part.name: part.seconds for part in parts}, console.print)
    for part in parts:
        with forecast.part(part.name), console.status(part.name):
            part.measure()
        if json_file is not None:
            json_file.write_text(json.dumps(results.as_json(), indent=2) + "\n")
        if svg_file is not None:
            svg_file.write_text(chart_of(results))
    console.print(verdict_table(results.verdicts()))
    console.print(note(results.machine))


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One part of a run: *seconds* on two idle cores; *measure()* adds to the results and prints."""

    name: str
    seconds: float
    measure: Callable[[], None]


def parts_of(
    results: Results, cases: Sequence[Case], console: Console, *, quick: bool, function: bool
) -> Sequence[Part]:
    """List the parts: the peers photo by photo, then what only Darkroom has: the function around the pixels."""
    usual = CASES[0]
    share = f"{usual.title}, {vcpus(results.tariff.settings.memory_mib):.2f} vCPU"
    photo = partial(cached, usual, CACHE)

    def peers(case: Case) -> None:
        results.cases[case] = measure_all(job_for(case), repeats=results.repeats, on_peer=lambda _: None)
        console.print(case_table(case, results.cases[case], results.tariff))

    def whole() -> None:
        results.function = run_sandbox(photo(), results.repeats)
        results.billed = measure_billed(photo(), results)
        console.print(sandbox_table(((usual.title, results.function), (share, results.billed))))

    def huge() -> None:
        results.huge = run_sandbox(cached(HUGE, CACHE), results.repeats)
        console.print(sandbox_table([(HUGE.title, results.huge)]))

    def held() -> None:
        results.held = measure_held([cached(case, CACHE) for case in CASES])

    def throughput() -> None:
        seconds, rounds = (QUICK_ROUND_S, QUICK_ROUNDS) if quick else (ROUND_S, ROUNDS)
        results.throughput = measure_throughput(photo(), seconds=seconds, rounds=rounds)

    def starts() -> None:
        results.starts = measure_starts(QUICK_STARTS if quick else STARTS)
        console.print(starts_table(results.starts))
        results.parsing = measure_parsing()

    share_of_runs = (results.repeats + 1) / (REPEATS + 1)
    around = [
        Part(name="the whole function", seconds=20 * share_of_runs, measure=whole),
        *([] if quick else [Part(name=HUGE.title, seconds=HUGE.seconds, measure=huge)]),
        *([] if quick else [Part(name=f"memory after {PHOTOS} photos", seconds=70, measure=held)]),
        Part(name="throughput", seconds=10 if quick else 60, measure=throughput),
        Part(name="cold starts", seconds=10 if quick else 35, measure=starts),
    ]
    by_photo = [
        Part(name=case.title, seconds=case.seconds * share_of_runs, measure=partial(peers, case)) for case in cases
    ]
    return [*by_photo, *(around if function else [])]


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
