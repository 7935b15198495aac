"""Run the command ``vipsthumbnail``, one process per size."""

from __future__ import annotations

import shutil

from bench.job import CannotRun, Job, Output, Render
from bench.peers.command import output_of, run

PROGRAM = "vipsthumbnail"


def prepare(job: Job) -> Render:
    """Return one command per size; ``>`` never enlarges."""
    if shutil.which(PROGRAM) is None:
        raise CannotRun("not on PATH")

    def render() -> list[Output]:
        return [_one(job, width, height) for width, height in job.boxes]

    return render


def versions() -> dict[str, str]:
    """Name the program's version."""
    return {PROGRAM: run(PROGRAM, "--vips-version").strip()}


def _one(job: Job, width: int, height: int) -> Output:
    # A relative output would be looked for beside the input.
    target = (job.scratch / f"vipsthumbnail-{width}.jpg").resolve()
    run(
        PROGRAM, str(job.path), "--size", f"{width}x{height}>", "-o", f"{target}[Q={job.quality},optimize_coding,strip]"
    )
    return output_of(target)
