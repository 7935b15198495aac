"""Find and run peers that are programs, and read the files that they write."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

from bench.job import CannotRun, Output

START_OF_FRAME = {0xC0, 0xC1, 0xC2}


def run(*command: str) -> str:
    """Run *command* and return what it prints; raises CannotRun with its last words."""
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a fixed command
    if ended.returncode:
        words = (ended.stderr or ended.stdout).strip().splitlines()
        raise CannotRun(words[-1] if words else f"exit code {ended.returncode}")
    return ended.stdout


def output_of(path: Path) -> Output:
    """Read the size of the JPEG at *path* from its frame header (ITU T.81 section B.2.2)."""
    data = path.read_bytes()
    at = 2
    while data[at + 1] not in START_OF_FRAME:
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    height, width = struct.unpack(">HH", data[at + 5 : at + 9])
    return Output(width=width, height=height, bytes=len(data))
