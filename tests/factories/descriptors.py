"""List the open file descriptors of this process by identity, to find what a test leaves open.

A count is no proof: garbage of an earlier test may be closed in the middle of this one, and hide a leak as well.
"""

from __future__ import annotations

import os
from pathlib import Path
from time import sleep
from typing import TypeAlias

Descriptor: TypeAlias = tuple[int, int, int, str]
"""Number, device, inode and what it points at."""


def open_descriptors() -> frozenset[Descriptor]:
    """List the descriptors of this process."""
    found: set[Descriptor] = set()
    for link in Path("/proc/self/fd").iterdir():
        try:
            target, status = str(link.readlink()), os.fstat(int(link.name))
        except OSError:  # the one of this listing, or one that another thread has closed
            continue
        if target.endswith("/clear_refs"):  # opened once for the process (processor/imaging/measure.py)
            continue
        found.add((int(link.name), status.st_dev, status.st_ino, target))
    return frozenset(found)


def opened_since(before: frozenset[Descriptor], *, wanted: int = 0) -> frozenset[Descriptor]:
    """List what has been opened since *before*, once it is *wanted* in number, or after 2 s: threads may close some."""
    tries = 100
    while len(left := open_descriptors() - before) != wanted and tries:
        tries -= 1
        sleep(0.02)
    return left
