"""Find the cheapest Lambda memory per kind of photo: ``python -m bench.memory [--quick] [--json FILE] [--svg FILE]``.

The whole rendition function runs under the CPU share that Lambda gives with each size of memory; the network time is
the one that the cost model assumes. Ends with 2 where CPU time cannot be limited.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from bench.cases import CASES, HUGE, Case, cached
from bench.console import CACHE, FILE, make_console
from bench.curve import Point, by_kind, cheapest, failed, one_for_all, point, vcpus
from bench.curve_chart import curve_chart
from bench.machine import machine, note
from bench.pricing import Tariff
from bench.quota import NoQuota, cpu_quota
from bench.sandboxed import Refused, run_sandbox
from processor.ops.cost.prices import load_prices
from processor.ops.cost.work import NETWORK_MS
from processor.settings.services import RenditionSettings

SIZES_MIB = (512, 768, 1024, 1280, 1536, 1769, 2048, 2560, 3008, 3538)
QUICK_SIZES_MIB = (1024, 1769, 3008)
KINDS = ("jpeg-24mp", "heic-12mp-p3", "dng-24mp", "dng-24mp-preview", "png-8mp-16bit")
REPEATS, QUICK_REPEATS = 3, 1
CANNOT_MEASURE = 2


@click.command()
@click.option("--quick", is_flag=True, help="Three sizes, one run each.")
@click.option("--json", "json_file", type=FILE, help="Write all points to FILE.")
@click.option("--svg", "svg_file", type=FILE, help="Draw the curves to FILE.")
def main(*, quick: bool, json_file: Path | None, svg_file: Path | None) -> None:
    """Print a table of costs and times, and the cheapest size of each kind."""
    console, here = make_console(), machine()
    price = Tariff.of_defaults(load_prices()).usd_per_gb_s
    cases = [case for case in (*CASES, HUGE) if case.name in KINDS or case is HUGE]
    points: list[Point] = []
    sizes = [size for size in (QUICK_SIZES_MIB if quick else SIZES_MIB) if vcpus(size) <= here["cores"]]
    try:
        with console.status("") as status:
            for case in cases:
                for size in sizes:
                    status.update(f"{case.title}, {size:,} MiB")
                    points.append(measured(case, size, price, QUICK_REPEATS if quick else REPEATS))
    except NoQuota as reason:
        click.echo(f"bench.memory: {reason}", err=True)
        sys.exit(CANNOT_MEASURE)
    for drawn in (curves_table(points), choice_table(points)):
        console.print(drawn)
    console.print(note(here))
    if json_file is not None:
        json_file.write_text(json.dumps(as_json(here, points), indent=2) + "\n")
    if svg_file is not None:
        svg_file.write_text(curve_chart(by_kind(points), note(here)))


def measured(case: Case, memory_mib: int, usd_per_gb_s: float, repeats: int) -> Point:
    """Measure one kind at one size of memory."""
    with cpu_quota(vcpus(memory_mib)) as limited:
        found = run_sandbox(cached(case, CACHE), repeats, wrap=limited)
    if isinstance(found, Refused):
        return failed(case.title, memory_mib, found.ending)
    return point(
        case.title,
        memory_mib,
        wall_ms=found.wall_ms,
        peak_rss_mib=found.peak_rss_mib,
        usd_per_gb_s=usd_per_gb_s,
    )


def curves_table(points: Sequence[Point]) -> Table:
    """Lay out seconds and USD per 1,000 photos, a size a row; what does not fit stands in brackets."""
    curves = by_kind(points)
    drawn = Table(title="Seconds per photo, and USD per 1,000 (compute)", title_justify="left")
    for column in ("MiB", "vCPU", *curves):
        drawn.add_column(column, justify="right")
    for size in sorted({it.memory_mib for it in points}):
        cells = [cell(it) for found in curves.values() for it in found if it.memory_mib == size]
        drawn.add_row(f"{size:,}", f"{vcpus(size):.2f}", *cells)
    return drawn


def cell(it: Point) -> str:
    """Write one point."""
    if it.failure:
        return it.failure
    text = f"{it.seconds:.2f} s ${it.usd_per_1000:.4f}"
    return text if it.fits else f"({text})"


def choice_table(points: Sequence[Point]) -> Table:
    """Lay out each kind's cheapest size beside the default of the settings, and one size for all kinds."""
    default, curves = RenditionSettings().memory_mib, by_kind(points)
    drawn = Table(title="The cheapest size that fits", title_justify="left")
    for column in ("kind", "peak MiB", "cheapest", f"default {default:,} MiB"):
        drawn.add_column(column, justify="right")
    for kind, found in curves.items():
        best, usual = cheapest(found), next((it for it in found if it.memory_mib == default), None)
        peak = max(it.peak_rss_mib for it in found)
        drawn.add_row(
            kind, f"{peak:.0f}", *[f"{it.memory_mib:,}: {cell(it)}" if it else "none" for it in (best, usual)]
        )
    all_kinds = one_for_all(curves)
    best_size = min(all_kinds, key=lambda size: all_kinds[size], default=None)
    cells = [f"{size:,}: ${all_kinds[size]:.4f}" if size in all_kinds else "none" for size in (best_size, default)]
    drawn.add_row("one size for all kinds, mean", "", *cells)
    return drawn


def as_json(here: dict[str, Any], points: Sequence[Point]) -> dict[str, Any]:
    """Write everything as plain data."""
    return {
        "machine": here,
        "network_ms": NETWORK_MS,
        "default_mib": RenditionSettings().memory_mib,
        "points": [asdict(it) | {"fits": it.fits} for it in points],
        "cheapest": {
            kind: best.memory_mib if (best := cheapest(found)) else None for kind, found in by_kind(points).items()
        },
        "one_for_all": {str(size): round(usd, 5) for size, usd in one_for_all(by_kind(points)).items()},
    }


if __name__ == "__main__":
    main()
