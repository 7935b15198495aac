"""What is left when a host is killed: nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.lambdas.guard import follow

ROOT = Path(__file__).parents[3]
HOST = """
import subprocess, time
from local.lambdas.guard import Guard
guard = Guard()
ended, running = (subprocess.Popen(["sleep", "60"], start_new_session=True) for _ in range(2))
for process in (ended, running):
    guard.add(process.pid)
ended.kill(), ended.wait()
guard.remove(ended.pid)
print(running.pid, flush=True)
time.sleep(60)
"""


def alive(pid: int) -> bool:
    """Tell whether a process runs, and is no zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.faults
def test_functions_end_with_a_host_that_was_killed() -> None:
    """A host cannot clean up after kill -9; its functions lead sessions of their own, and would stay for ever."""
    with subprocess.Popen([sys.executable, "-c", HOST], cwd=ROOT, stdout=subprocess.PIPE, text=True) as host:
        assert host.stdout is not None
        pid = int(host.stdout.readline())
        assert alive(pid)
        os.kill(host.pid, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while alive(pid):
            assert time.monotonic() < deadline
            time.sleep(0.01)


def test_only_what_is_left_is_killed() -> None:
    """A number that was taken off the list may be anybody's by now."""
    with (
        subprocess.Popen(["sleep", "60"], start_new_session=True) as other,  # noqa: S607
        subprocess.Popen(["sleep", "60"], start_new_session=True) as ours,  # noqa: S607
    ):
        follow([f"+{other.pid}\n", f"+{ours.pid}\n", f"-{other.pid}\n"])

        assert -signal.SIGKILL == ours.wait(20)
        assert other.poll() is None
        other.kill()
