"""Tests of a process with its descendants."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.lambdas.process_tree import ProcessTree
from tests.patience import HANG_S

pytestmark = pytest.mark.stack

PARENT = """
import subprocess, sys, time
child = "import time; data = bytearray(60 << 20); data[::4096] = b'1' * len(data[::4096]); time.sleep(600)"
subprocess.Popen([sys.executable, "-c", child], start_new_session=True)
time.sleep(600)
"""


@pytest.fixture
def parent() -> Iterator[subprocess.Popen[bytes]]:
    """Start a process whose child holds 60 MiB in a session of its own, as decoders do."""
    with subprocess.Popen([sys.executable, "-c", PARENT], start_new_session=True) as process:
        yield process
        if process.poll() is None:
            ProcessTree(process.pid).kill()


def until(check: Callable[[], bool]) -> None:
    """Wait; a hang fails."""
    deadline = time.monotonic() + HANG_S
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def alive(pid: int) -> bool:
    """Return whether a process runs, and is no zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_a_child_in_another_session_counts(parent: subprocess.Popen[bytes]) -> None:
    """A decoder's memory is its function's memory, although it leads a session of its own."""
    tree = ProcessTree(parent.pid)

    def grown() -> bool:
        tree.refresh()
        return tree.proportional_mib() > 60

    until(grown)
    assert 2 == len(tree.members)
    assert tree.memory_mib() > tree.proportional_mib()
    assert 60 > tree.peak_mib() > 1


def test_all_end_together(parent: subprocess.Popen[bytes]) -> None:
    """Every descendant is killed, also when its parent has ended before."""
    tree = ProcessTree(parent.pid)

    def complete() -> bool:
        tree.refresh()
        return len(tree.members) == 2

    until(complete)
    (child,) = tree.members - {parent.pid}
    os.kill(parent.pid, 9)
    parent.wait()
    tree.kill()

    until(lambda: not alive(child))
