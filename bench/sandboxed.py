"""Run the rendition function in a fresh process and read what it measured of itself."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from bench.worker import CANNOT_RUN

TIMEOUT_S = 900
Wrap = Callable[[Sequence[str]], Sequence[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sandboxed:
    """The whole function: medians of warm invocations, ms; the peak memory of parent and decoder child, first photo.

    *overhead_ms* is what is neither rendering nor a call of AWS; *intake_ms* of it is reading, hashing and holding the
    original; *reading_ms* of that are the reads alone.
    """

    cold_ms: float
    wall_ms: float
    render_ms: float
    calls_ms: float
    overhead_ms: float
    intake_ms: float
    reading_ms: float
    peak_rss_mib: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """A photo that was not rendered, and how it ended instead."""

    ending: str


def as_it_is(command: Sequence[str]) -> Sequence[str]:
    """Run a command without limits."""
    return command


def run_sandbox(photo: Path, repeats: int, *, wrap: Wrap = as_it_is) -> Sandboxed | Refused:
    """Run ``bench.sandbox``, its command changed by *wrap*; a function that breaks is an error of ours and raises."""
    with TemporaryDirectory(prefix="darkroom-bench-") as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "bench.sandbox", str(photo), str(repeats), str(report)]
        ended = subprocess.run(wrap(command), capture_output=True, text=True, timeout=TIMEOUT_S, check=False)  # noqa: S603
        if ended.returncode not in {0, CANNOT_RUN}:
            raise RuntimeError(f"{photo.name}: the function ended with code {ended.returncode}:\n{ended.stderr}")
        return parse(json.loads(report.read_text()))


def parse(report: dict[str, Any]) -> Sandboxed | Refused:
    """Read a report."""
    if "ending" in report:
        return Refused(ending=report["ending"])
    samples: list[dict[str, float]] = report["samples"]
    return Sandboxed(
        cold_ms=report["cold_ms"],
        wall_ms=median(one["wall_ms"] for one in samples),
        render_ms=median(one["render_ms"] for one in samples),
        calls_ms=median(one["calls_ms"] for one in samples),
        overhead_ms=round(median(one["wall_ms"] - one["render_ms"] - one["calls_ms"] for one in samples), 2),
        intake_ms=median(one["intake_ms"] for one in samples),
        reading_ms=median(one["reading_ms"] for one in samples),
        peak_rss_mib=report["peak_rss_mib"],
    )
