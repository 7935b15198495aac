"""Run the tests of the thirty faults, as many times as asked, and count the outcomes.

    python -m lab.faults                 run them once
    python -m lab.faults --times 20      twenty times in a row
    python -m lab.faults --docs          write docs/faults.md instead

What stands behind ``--`` goes to pytest. The exit code is 1 unless every fault was shown in every run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from lab.faults.marks import ROOT, marked
from lab.faults.page import page
from lab.faults.record import VARIABLE
from lab.faults.table import FAULTS

PAGE = ROOT / "docs" / "faults.md"


@click.command()
@click.option("--times", default=1, show_default=True, help="Number of runs.")
@click.option("--docs", is_flag=True, help="Write docs/faults.md and stop.")
@click.argument("pytest", nargs=-1)
def main(*, times: int, docs: bool, pytest: Sequence[str]) -> None:
    """Run the tests of all faults, and print a line per fault. Arguments behind -- go to PYTEST."""
    if docs:
        PAGE.write_text(page(), encoding="utf-8")
        return
    sys.exit(0 if report([run(pytest) for _ in range(times)]) else 1)


def run(arguments: Sequence[str]) -> Counter[tuple[str, str]]:
    """Run all fault tests once, and count outcomes by test."""
    with tempfile.TemporaryDirectory() as folder:
        outcomes = Path(folder) / "outcomes"
        outcomes.touch()
        command = [sys.executable, "-m", "pytest", "-q", "-m", "fault", "-p", "lab.faults.record", *arguments]
        subprocess.run(command, cwd=ROOT, env=os.environ | {VARIABLE: str(outcomes)}, check=False)  # noqa: S603
        lines = [json.loads(line) for line in outcomes.read_text(encoding="utf-8").splitlines()]
    return Counter((line["test"], line["outcome"]) for line in lines)


def report(runs: Sequence[Counter[tuple[str, str]]]) -> bool:
    """Print what became of each fault; True when each was shown in every run and nothing failed."""
    print(f"\n{'':>2}  {'runs':>7}  {'passed':>6}  {'failed':>6}  {'skipped':>7}")  # noqa: T201
    return False not in [line(number, runs) for number in FAULTS]


def line(number: int, runs: Iterable[Counter[tuple[str, str]]]) -> bool:
    """Print one fault's line; True when it was shown in every run."""
    mine = {test for test, numbers in marked().items() if number in numbers}
    each = [Counter({one: sum(run[test, one] for test in mine) for one in OUTCOMES}) for run in runs]
    shown = [one for one in each if one["passed"] and not one["failed"]]
    counts = [sum(one[outcome] for one in each) for outcome in OUTCOMES]
    figures = f"{len(shown)}/{len(each)}".rjust(7) + "".join(
        f"{count:>{width}}" for count, width in zip(counts, (8, 8, 9), strict=True)
    )
    print(f"{number:>2}  {figures}  {FAULTS[number][0]}")  # noqa: T201
    return len(shown) == len(each)


OUTCOMES = ("passed", "failed", "skipped")

if __name__ == "__main__":
    main()
