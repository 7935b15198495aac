"""Run ImageMagick: one command that cascades from the largest size down."""

from __future__ import annotations

import shutil
import subprocess

from bench.job import CannotRun, Job, Output, Render
from bench.peers.command import output_of, run

PROGRAMS = ("magick", "convert")
BANNER = "Version: ImageMagick"


def prepare(job: Job) -> Render:
    """Return the command."""
    program = _program()
    boxes = sorted(job.boxes, reverse=True)
    targets = [job.scratch / f"imagemagick-{width}.jpg" for width, _ in boxes]
    steps = ["-auto-orient", "-strip", "-quality", str(job.quality)]
    for (width, height), target in zip(boxes, targets, strict=True):
        steps += ["-resize", f"{width}x{height}>", "-write", str(target)]

    def render() -> list[Output]:
        run(program, str(job.path), *steps, "null:")
        return [output_of(target) for target in reversed(targets)]

    return render


def versions() -> dict[str, str]:
    """Name the program's version."""
    return {"imagemagick": _banner(_program()).removeprefix(BANNER).split()[0]}


def _program() -> str:
    """Find a program that says it is ImageMagick: other programs are called ``convert`` too."""
    for name in PROGRAMS:
        if shutil.which(name) and _banner(name).startswith(BANNER):
            return name
    raise CannotRun("not on PATH")


def _banner(program: str) -> str:
    ended = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)  # noqa: S603
    return ended.stdout
