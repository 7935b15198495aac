"""Run each peer in its own process, in turns, and collect what it measured of itself.

All peers of a photo are alive at once and render one after the other, round by round: what disturbs the machine for a
while disturbs all alike, and the ratios stay.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from threading import Timer
from typing import IO, Any, Final, TypeAlias

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
Command: TypeAlias = Callable[[Job], list[str]]


def python_worker(module: str) -> Command:
    """Measure a peer module of this package."""
    return lambda job: [sys.executable, "-m", "bench.worker", module, *job.arguments()]


def node_worker(job: Job) -> list[str]:
    """Measure sharp, where SHARP_DIR or the scratch folder holds its ``node_modules``."""
    folder = os.environ.get("SHARP_DIR", str(job.scratch.resolve()))
    return ["node", str(SHARP_SCRIPT), folder, *job.arguments()]


def thumbor_worker(job: Job) -> list[str]:
    """Measure thumbor by its own interpreter; without it, ``make bench`` has left the reason in thumbor.log."""
    return [str(job.scratch / "thumbor/bin/python"), "-m", "bench.worker", "thumbor", *job.arguments()]


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


def measure_all(
    job: Job, *, repeats: int, on_peer: Callable[[str], None], peers: Mapping[str, Command] = PEERS
) -> list[Outcome]:
    """Start every peer, then let each render once in each of *repeats* rounds; *on_peer* hears whose turn it is."""
    with ExitStack() as running:
        entrants: list[Entrant | Missing] = []
        for peer, command in peers.items():
            on_peer(peer)
            entrants.append(running.enter_context(started(peer, command(job))))
        for number in range(1, repeats + 1):
            for one in entrants:
                if isinstance(one, Entrant):
                    on_peer(f"{one.peer}, round {number} of {repeats}")
                    one.run()
        return [one.summary() if isinstance(one, Entrant) else one for one in entrants]


@dataclass(frozen=True, kw_only=True, slots=True)
class Entrant:
    """A worker that has rendered once, cold, and renders again whenever it is told to."""

    peer: str
    process: subprocess.Popen[str]
    complaints: IO[str]
    cold: dict[str, Any]
    samples: list[dict[str, float]] = field(default_factory=list[dict[str, float]])

    def run(self) -> None:
        """Render once more; RuntimeError when the worker breaks."""
        if answer := asked(self.process):
            self.samples.append(answer)
        else:
            raise broken(self.peer, self.process, self.complaints)

    def summary(self) -> Measurement:
        """Sum the runs up."""
        return Measurement(
            peer=self.peer,
            wall_ms=median(sample["wall_ms"] for sample in self.samples),
            cpu_ms=median(sample["cpu_ms"] for sample in self.samples),
            cold_ms=self.cold["cold_ms"],
            peak_rss_mib=self.cold["peak_rss_mib"],
            outputs=tuple(Output(**output) for output in self.cold["outputs"]),
            versions=self.cold["versions"],
        )


@contextmanager
def started(peer: str, command: list[str]) -> Generator[Entrant | Missing]:
    """Start a worker and let it render once. What cannot run is Missing; a worker that breaks raises RuntimeError."""
    if shutil.which(command[0]) is None:
        yield Missing(peer=peer, reason=absence(Path(command[0])))
        return
    with (
        TemporaryFile("w+") as complaints,
        subprocess.Popen(  # noqa: S603 - our own workers
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, text=True
        ) as process,
    ):
        try:
            if cold := asked(process):
                yield Entrant(peer=peer, process=process, complaints=complaints, cold=cold)
            elif process.wait() == CANNOT_RUN:
                yield Missing(peer=peer, reason=said(complaints).splitlines()[-1])
            else:
                raise broken(peer, process, complaints)
        finally:
            process.kill()


def asked(process: subprocess.Popen[str]) -> dict[str, Any] | None:
    """Send a worker one render request and read its answer; None when it has ended, or hung and was killed."""
    assert process.stdin is not None  # noqa: S101 - both were opened with pipes
    assert process.stdout is not None  # noqa: S101
    hang = Timer(TIMEOUT_S, process.kill)
    hang.start()
    try:
        with suppress(BrokenPipeError):
            process.stdin.write("\n")
            process.stdin.flush()
        line = process.stdout.readline()
    finally:
        hang.cancel()
    return json.loads(line) if line else None


def broken(peer: str, process: subprocess.Popen[str], complaints: IO[str]) -> RuntimeError:
    """Describe the end of a worker that should not have ended: a fault of the benchmark."""
    return RuntimeError(f"{peer}: the worker ended with code {process.wait()}:\n{said(complaints)}")


def said(complaints: IO[str]) -> str:
    """Read what a worker wrote to its standard error."""
    complaints.seek(0)
    return complaints.read().strip()


def absence(program: Path) -> str:
    """Return why *program* is missing: the end of its installation log, where there is one."""
    log = program.parents[1].with_suffix(".log") if len(program.parents) > 2 else None  # noqa: PLR2004 - FOLDER/bin/python
    lines = log.read_text().strip().splitlines() if log and log.exists() else []
    return f"not installed: {lines[-1]}" if lines else f"{program} is not there"
