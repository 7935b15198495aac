"""Soak an embedded stack: uploads, edits, deletions, outages, redrives and random kills, then check everything.

    python -m lab.soak                        half an hour
    python -m lab.soak --minutes 3 --seed 7   a short one, with other random choices

Exit code 1 when an invariant does not hold; each violation is named with its key or session.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import click

from lab.soak.chart import chart
from lab.soak.report import lines, tree
from lab.soak.run import run_soak

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--minutes", default=30.0, show_default=True, help="How long the workers run; draining takes longer.")
@click.option("--seed", default=1, show_default=True, help="Decides what is done; not how threads come in between.")
@click.option("--json", "json_file", type=FILE, help="Write figures, samples and violations to FILE.")
@click.option("--svg", "svg_file", type=FILE, help="Draw the memory of all processes to FILE.")
@click.option("--keep", type=FOLDER, help="Leave all logs of the run in FOLDER, to search for a violation's key.")
def main(*, minutes: float, seed: int, json_file: Path | None, svg_file: Path | None, keep: Path | None) -> None:
    """Soak an embedded stack, and report whether every invariant holds."""
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        outcome = run_soak(Path(folder), minutes=minutes, seed=seed, say=click.echo, keep=keep)
    for line in lines(outcome):
        click.echo(line)
    if json_file is not None:
        json_file.write_text(json.dumps(tree(outcome, minutes=minutes, seed=seed), indent=1) + "\n", encoding="utf-8")
    if svg_file is not None:
        svg_file.write_text(chart(outcome.sampler.samples, f"Resident memory, {minutes:g} minutes"), encoding="utf-8")
    sys.exit(1 if outcome.violations else 0)


if __name__ == "__main__":
    main()
