"""Start real processes that misbehave as decoder children, and look for processes that are left."""

from __future__ import annotations

import sys
from pathlib import Path
from time import sleep
from typing import Final

from processor.imaging.structure.header import Header
from processor.recipe import DecodeLimits, Recipe, Size

PREAMBLE: Final = """#!{python}
import json, os, signal, socket, struct, sys, time
channel = socket.socket(fileno=int(sys.argv[3]))
def send(message, blobs=()):
    text = json.dumps(message).encode() if isinstance(message, (dict, list, str)) else message
    channel.sendall(struct.pack(">I", len(text)) + text + b"".join(blobs))
{body}
"""


A_JPEG: Final = Header(format="jpeg", width=240, height=160)
"""The header that the parent's structure walk reads from the test photo."""


def write_child(folder: Path, body: str, *, at_first_job: bool = True) -> str:
    """Write a program that can stand for the interpreter of a decoder child; it runs *body*."""
    path = folder / "child"
    wait = "channel.recv(1 << 16)\n" if at_first_job else ""
    path.write_text(PREAMBLE.format(python=sys.executable, body=wait + body))
    path.chmod(0o755)
    return str(path)


def quick(*, timeout_s: float = 10.0, memory_mib: int = 900) -> Recipe:
    """Make a recipe of one small size."""
    limits = DecodeLimits(decode_timeout_s=timeout_s, decoder_memory_mib=memory_mib)
    return Recipe(sizes={"small": Size(width=100, height=100)}, limits=limits)


def is_alive(pid: int) -> bool:
    """Return whether a process exists, a zombie included."""
    return Path(f"/proc/{pid}").exists()


def ends_soon(pid: int) -> bool:
    """Wait up to 2 s until a process that is not our child has ended; a zombie has."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            return True
        if state in {"Z", "X"}:
            return True
        sleep(0.02)
    return False
