"""Tests of adopted orphans: none stays as a zombie, and no exit code of another child is lost."""

from __future__ import annotations

import subprocess
import sys

import pytest

from testkit.embedded_stack import ENDED_S, ROOT

pytestmark = pytest.mark.stack

# In a process of its own: it reaps every child, and the tests' process has other children.
STORY = """
import os, signal, subprocess, time
from pathlib import Path
from local.run.orphans import adopt_orphans, descendants, reap_orphans

def state(pid):
    return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]

def until(look):
    while not look():
        time.sleep(0.01)

adopt_orphans()
# The shell ends at once; its child ends when killed.
shell = subprocess.Popen(["sh", "-c", "sleep 600 & exit 7"])
until(lambda: state(shell.pid) == "Z")
[orphan] = set(descendants(os.getpid())) - {shell.pid}
print("lives", state(orphan) != "Z")
reap_orphans(besides={shell.pid})
print("still", orphan in descendants(os.getpid()))
print("code", shell.wait())
os.kill(orphan, signal.SIGKILL)
until(lambda: state(orphan) == "Z")
other = subprocess.Popen(["sh", "-c", "exit 3"])
reap_orphans(besides={other.pid})
print("gone", orphan not in descendants(os.getpid()))
print("code", other.wait())
reap_orphans(besides=())
"""


def test_only_ended_orphans_are_reaped() -> None:
    """A living orphan is left alone, an ended one is gone, and Popen still gets the exit code of its child."""
    done = subprocess.run(
        [sys.executable, "-c", STORY], cwd=ROOT, capture_output=True, text=True, check=False, timeout=ENDED_S
    )

    expected = ["lives True", "still True", "code 7", "gone True", "code 3"]
    assert (expected, "") == (done.stdout.splitlines(), done.stderr)
