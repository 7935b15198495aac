"""Simulate a backfill of a million photos beside uploads; print the figures, draw docs/pictures/backfill.svg.

python -m lab.simulate                the whole thing, about half a minute
python -m lab.simulate --photos 10000 --chart /tmp/small.svg
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from lab.simulate.chart import Curve, Panel, draw
from lab.simulate.scenario import BIN_S, Outcome, by_time, one_queue, percentile, two_lanes
from processor.ops.cost.prices import load_prices
from processor.settings.stack_file import load_settings
from processor.settings.tree import Settings

ROOT: Final = Path(__file__).resolve().parents[2]
FILE: Final = click.Path(dir_okay=False, path_type=Path)
CHART: Final = ROOT / "docs" / "pictures" / "backfill.svg"
CONCURRENCIES: Final = (10, 50, 100)
ROW: Final = "| {} | {:.1f} h | ${:.2f} | {:.2f} s | {:.2f} s | {:.1f} s |"


@click.command()
@click.option("--photos", default=1_000_000, show_default=True, help="Photos that wait.")
@click.option("--chart", type=FILE, default=CHART, show_default="docs/pictures/backfill.svg", help="File to draw to.")
def main(*, photos: int, chart: Path) -> None:
    """Simulate a backfill beside uploads; print a table and draw a chart."""
    settings = load_settings(ROOT / "Pulumi.prod.yaml")
    click.echo("| way | drained after | cost | uploads p50 | p99 | longest |\n|---|---|---|---|---|---|")
    ours: Outcome | None = None
    for concurrency in CONCURRENCIES:
        lanes = two_lanes(
            photos,
            backfill_concurrency=concurrency,
            uploads_concurrency=settings.renditions.max_concurrency,
        )
        ours = ours or lanes
        report(f"two lanes, backfill {concurrency} at once", lanes, settings)
    if ours is None:
        raise AssertionError("there is always a first concurrency")
    shared = settings.renditions.max_concurrency + settings.renditions.backfill_concurrency
    queue = one_queue(photos, concurrency=shared, until_s=ours.drained_s)
    report(f"one queue, {shared} at once", queue, settings)
    chart.write_text(picture(ours, queue, photos), encoding="utf-8")


def report(way: str, outcome: Outcome, settings: Settings) -> None:
    """Print one row of the table."""
    latencies = [one.latency_s for one in outcome.uploads]
    p50, p99 = percentile(latencies, 0.5), percentile(latencies, 0.99)
    usd = outcome.usd(settings, load_prices())
    click.echo(ROW.format(way, outcome.drained_s / 3600, usd, p50, p99, max(latencies)))


def picture(ours: Outcome, queue: Outcome, photos: int) -> str:
    """Draw both ways over the hours that the backfill's own lane takes."""
    hours = int(ours.drained_s / 3600) + 1
    times = [step * BIN_S for step in range(int(hours * 3600 / BIN_S) + 1)]
    left = Panel(
        title="Photos that are left",
        curves=[
            Curve(label="two lanes", points=list(zip(times, ours.left_at(times), strict=True)), ours=True),
            Curve(label="one queue", points=list(zip(times, queue.left_at(times), strict=True)), ours=False),
        ],
        lowest=0,
        highest=photos,
        marks=[(photos * part / 4, f"{photos * part // 4:,}") for part in range(5)],
    )
    latency = Panel(
        title="From upload to renditions, slowest in a hundred of each 10 minutes",
        curves=[
            Curve(label="two lanes", points=list(slowest(ours)), ours=True),
            Curve(label="one queue", points=list(slowest(queue)), ours=False),
        ],
        lowest=0.1,
        highest=100_000,
        marks=[
            (0.1, "0.1 s"),
            (1, "1 s"),
            (10, "10 s"),
            (60, "1 min"),
            (600, "10 min"),
            (3600, "1 h"),
            (36_000, "10 h"),
        ],
        log=True,
    )
    note = "Simulated from measured receipts (python -m lab.simulate); the backfill lane as in Pulumi.prod.yaml."
    return draw(f"A backfill of {photos:,} photos beside uploads", note, [left, latency], hours=hours)


def slowest(outcome: Outcome) -> Iterator[tuple[float, float]]:
    """Yield the 99th percentile of each bin in which anything was uploaded."""
    for number, latencies in enumerate(by_time(outcome.uploads, outcome.drained_s)):
        if latencies:
            yield number * BIN_S, percentile(latencies, 0.99)


if __name__ == "__main__":
    main()
