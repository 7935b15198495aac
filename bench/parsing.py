"""Measure how long the command language takes to parse each command of its acceptance tests."""

from __future__ import annotations

import csv
import gc
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import process_time

from processor.edits.command import compile_command
from processor.errors import EditError

COMMANDS = Path(__file__).parents[1] / "tests" / "edits" / "commands.tsv"


WARM_UPS = ("resize to 640px", "frobble the picture", "resize to -7px", "resize to 88888888px")
"""Make the word lists and load the matcher of refusals, which the first commands of a process pay for (10 ms)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Parsing:
    """CPU times of *commands* commands, ms; *slowest*: the one that took longest."""

    commands: int
    median_ms: float
    max_ms: float
    slowest: str


def measure_parsing() -> Parsing:
    """Read every command, accepted or refused, once: a second time its words would be remembered."""
    for command in WARM_UPS:
        _took_ms(command)
    gc.collect()  # what the rest of the benchmark has left behind is not the language's to clear away
    return summary([(command, _took_ms(command)) for command in read_commands(COMMANDS)])


def summary(times: Sequence[tuple[str, float]]) -> Parsing:
    """Sum up."""
    slowest, most = max(times, key=lambda it: it[1])
    middle = median(ms for _, ms in times)
    return Parsing(commands=len(times), median_ms=round(middle, 3), max_ms=round(most, 3), slowest=slowest)


def read_commands(path: Path) -> list[str]:
    """Read the first column of the table at *path*."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [row[0] for row in rows if row and not row[0].startswith("#")]


def _took_ms(command: str) -> float:
    started = process_time()
    with suppress(EditError):  # a refusal is an answer as well
        compile_command(command)
    return (process_time() - started) * 1000
