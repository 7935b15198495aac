"""Measure photos per second: one worker on one core, and one on each of two cores at the same time.

Each worker is bound to its core, as a sandbox has its share of one, and renders until its time is over.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

CORES = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Throughput:
    """Photos per second, medians of the rounds; *ratio* compares within a round."""

    one: float
    two: float
    ratio: float


def measure_throughput(photo: Path, *, seconds: float, rounds: int) -> Throughput | None:
    """Measure in turn, so that a slower minute slows both; None on a machine with fewer cores."""
    cores = sorted(os.sched_getaffinity(0))[:CORES]
    if len(cores) < CORES:
        return None
    alone = [cores[number % CORES] for number in range(rounds)]
    return summary([(rate(photo, [core], seconds), rate(photo, cores, seconds)) for core in alone])


def summary(rounds: Sequence[tuple[float, float]]) -> Throughput:
    """Sum the rounds up."""
    return Throughput(
        one=round(median(one for one, _ in rounds), 3),
        two=round(median(two for _, two in rounds), 3),
        ratio=round(median(two / one for one, two in rounds), 3),
    )


def rate(photo: Path, cores: Iterable[int], seconds: float) -> float:
    """Run a worker per core, all from the same moment on, and add their rates up."""
    workers = [_start(photo, core, seconds) for core in cores]
    try:
        for worker in workers:
            _expect(worker, "ready")
        for worker in workers:
            _say(worker, "go")
        return sum(photos_per_second(_last(worker)) for worker in workers)
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()


def photos_per_second(report: Mapping[str, Any]) -> float:
    """Read a worker's report."""
    return report["photos"] / report["seconds"]


def _start(photo: Path, core: int, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bench.throughput_worker", str(photo), str(core), str(seconds)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603


def _expect(worker: subprocess.Popen[str], word: str) -> None:
    said = _line(worker)
    if said != word:
        raise RuntimeError(f"throughput worker: expected {word!r}, received {said!r}; its errors stand above")


def _say(worker: subprocess.Popen[str], word: str) -> None:
    if worker.stdin is None:
        raise AssertionError("started with a pipe")
    worker.stdin.write(f"{word}\n")
    worker.stdin.flush()


def _last(worker: subprocess.Popen[str]) -> Mapping[str, Any]:
    return json.loads(_line(worker))


def _line(worker: subprocess.Popen[str]) -> str:
    if worker.stdout is None:
        raise AssertionError("started with a pipe")
    return worker.stdout.readline().strip()
