"""Limit a command's CPU time as Lambda does: by a control group with a CFS quota (cgroup version 1).

https://docs.kernel.org/scheduler/sched-bwc.html
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

CPU = Path("/sys/fs/cgroup/cpu")
PERIOD_US = 20_000
"""Short, so that a photo of 300 ms sees a steady rate and not one burst and one pause."""

PATIENCE_S = 5.0
ENTER = 'echo $$ > "$0" && exec "$@"'
"""A shell enters the group, then becomes the command: everything that it starts is in the group as well."""


class NoQuota(Exception):
    """CPU time cannot be limited here; the text says why and what to do."""


@contextmanager
def cpu_quota(vcpus: float, *, parent: Path = CPU) -> Generator[Callable[[Sequence[str]], Sequence[str]]]:
    """Yield a function that wraps a command so that it and its children share *vcpus*. Raises NoQuota."""
    group = parent / f"darkroom-bench-{os.getpid()}"
    try:
        group.mkdir()
        (group / "cpu.cfs_period_us").write_text(str(PERIOD_US))
        (group / "cpu.cfs_quota_us").write_text(str(round(vcpus * PERIOD_US)))
    except OSError as error:
        if group.is_dir():
            group.rmdir()
        raise NoQuota(
            f"{parent}: expected a writable CPU controller of cgroup version 1, received: {error.strerror}. "
            "Run as root on a machine or in a container that has one."
        ) from error
    try:
        yield lambda command: ["/bin/sh", "-c", ENTER, str(group / "cgroup.procs"), *command]
    finally:
        _remove(group)


def _remove(group: Path) -> None:
    """Remove the group once its last process is gone; the kernel refuses before."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            group.rmdir()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
