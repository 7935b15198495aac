"""Run each peer in its own process and collect what it measured of itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final, TypeAlias

from bench.job import Job, Output
from bench.worker import CANNOT_RUN

SHARP_SCRIPT = Path(__file__).parent / "peers" / "sharp.mjs"
TIMEOUT_S = 900


@dataclass(frozen=True, kw_only=True, slots=True)
class Measurement:
    """Medians over the warm runs, and the peak memory of one cold run."""

    peer: str
    wall_ms: float
    cpu_ms: float
    cold_ms: float
    peak_rss_mib: float
    outputs: tuple[Output, ...]
    versions: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Missing:
    """A peer that could not run here, and why."""

    peer: str
    reason: str


Outcome: TypeAlias = Measurement | Missing
Command: TypeAlias = Callable[[int, Job], list[str]]


def python_worker(module: str) -> Command:
    """Measure a peer module of this package."""
    return lambda repeats, job: [sys.executable, "-m", "bench.worker", module, str(repeats), *job.arguments()]


def node_worker(repeats: int, job: Job) -> list[str]:
    """Measure sharp, where SHARP_DIR or the scratch folder holds its ``node_modules``."""
    folder = os.environ.get("SHARP_DIR", str(job.scratch.resolve()))
    return ["node", str(SHARP_SCRIPT), folder, str(repeats), *job.arguments()]


def thumbor_worker(repeats: int, job: Job) -> list[str]:
    """Measure thumbor by its own interpreter; without it, ``make bench`` has left the reason in thumbor.log."""
    return [str(job.scratch / "thumbor/bin/python"), "-m", "bench.worker", "thumbor", str(repeats), *job.arguments()]


DARKROOM, GUIDE, FLOOR, SHARP = "Darkroom", "guide's way (Pillow)", "codec floor", "sharp"
THUMBOR = "thumbor's engine"
PEERS: Final[dict[str, Command]] = {
    DARKROOM: python_worker("darkroom"),
    FLOOR: python_worker("floor"),
    SHARP: node_worker,
    "best plain Pillow": python_worker("pillow"),
    GUIDE: python_worker("guide"),
    "vipsthumbnail": python_worker("vipsthumbnail"),
    "ImageMagick": python_worker("imagemagick"),
    THUMBOR: thumbor_worker,
}


def measure_all(job: Job, *, repeats: int, on_peer: Callable[[str], None]) -> list[Outcome]:
    """Measure every peer, one after the other; *on_peer* hears its name first."""
    outcomes: list[Outcome] = []
    for peer, command in PEERS.items():
        on_peer(peer)
        outcomes.append(measure(peer, command(repeats, job)))
    return outcomes


def measure(peer: str, command: list[str]) -> Outcome:
    """Run one worker. What cannot run is Missing; a worker that breaks is an error of ours and raises."""
    if shutil.which(command[0]) is None:
        return Missing(peer=peer, reason=absence(Path(command[0])))
    ended = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)  # noqa: S603
    if ended.returncode == CANNOT_RUN:
        return Missing(peer=peer, reason=ended.stderr.strip().splitlines()[-1])
    if ended.returncode:
        raise RuntimeError(f"{peer}: the worker ended with code {ended.returncode}:\n{ended.stderr}")
    return parse(peer, json.loads(ended.stdout))


def absence(program: Path) -> str:
    """Say why *program* is not there: what the log of its installation ended with, where there is one."""
    log = program.parents[1].with_suffix(".log") if len(program.parents) > 2 else None  # noqa: PLR2004 - FOLDER/bin/python
    lines = log.read_text().strip().splitlines() if log and log.exists() else []
    return f"not installed: {lines[-1]}" if lines else f"{program} is not there"


def parse(peer: str, report: dict[str, Any]) -> Measurement:
    """Read a worker's report."""
    samples = report["samples"]
    return Measurement(
        peer=peer,
        wall_ms=median(sample["wall_ms"] for sample in samples),
        cpu_ms=median(sample["cpu_ms"] for sample in samples),
        cold_ms=report["cold_ms"],
        peak_rss_mib=report["peak_rss_mib"],
        outputs=tuple(Output(**output) for output in report["outputs"]),
        versions=report["versions"],
    )
