"""Tests of the watchdog: no process is left when a host is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.lambdas.watchdog import follow
from tests.patience import HANG_S

pytestmark = pytest.mark.stack

ROOT = Path(__file__).parents[3]
HOST = """
import os, subprocess, sys, time
from local.lambdas.watchdog import Watchdog
watchdog = Watchdog()
ended, *running = (subprocess.Popen(["sleep", "600"], start_new_session=True) for _ in range(3))
for process in (ended, *running):
    watchdog.add(process.pid)
if "without its watchdog" in sys.argv:
    os.kill(watchdog.pid, 9)
    os.waitid(os.P_PID, watchdog.pid, os.WEXITED | os.WNOWAIT)  # it may live for a moment, and take a line with it
ended.kill(), ended.wait()
watchdog.remove(ended.pid)
print(*(process.pid for process in running), flush=True)
time.sleep(600)
"""


def alive(pid: int) -> bool:
    """Return whether a process runs, and is no zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.faults
@pytest.mark.parametrize("how", ["with its watchdog", "without its watchdog"])
def test_functions_end_with_a_host_that_was_killed(how: str) -> None:
    """A host cannot clean up after kill -9; its functions lead sessions of their own, and would run for ever.

    If the watchdog was killed before, another one has replaced it and knows all processes.
    """
    with subprocess.Popen([sys.executable, "-c", HOST, how], cwd=ROOT, stdout=subprocess.PIPE, text=True) as host:
        assert host.stdout is not None
        pids = [int(pid) for pid in host.stdout.readline().split()]
        assert [True, True] == list(map(alive, pids))
        os.kill(host.pid, signal.SIGKILL)
        deadline = time.monotonic() + HANG_S
        while any(map(alive, pids)):
            assert time.monotonic() < deadline
            time.sleep(0.01)


def test_only_what_is_left_is_killed() -> None:
    """A removed process id may belong to another process now."""
    with (
        subprocess.Popen(["sleep", "600"], start_new_session=True) as other,  # noqa: S607
        subprocess.Popen(["sleep", "600"], start_new_session=True) as ours,  # noqa: S607
    ):
        follow([f"+{other.pid}\n", f"+{ours.pid}\n", f"-{other.pid}\n"])

        assert -signal.SIGKILL == ours.wait(HANG_S)
        assert other.poll() is None
        other.kill()
