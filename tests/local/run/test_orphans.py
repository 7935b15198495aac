"""Orphans that a run has adopted: none stays behind as a zombie, and nobody else's end is taken from them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tools.embedded import ENDED_S, ROOT

pytestmark = pytest.mark.stack

# In a process of its own: it takes note of any child's end, and the tests' process has children of others.
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
# The shell ends at once; whom it leaves ends when told.
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


def test_orphans_that_have_ended_are_seen_off_and_nobody_else() -> None:
    """One that lives is left alone, one that has ended is gone, and who waits for a child of theirs hears its code."""
    done = subprocess.run(
        [sys.executable, "-c", STORY], cwd=ROOT, capture_output=True, text=True, check=False, timeout=ENDED_S
    )

    expected = ["lives True", "still True", "code 7", "gone True", "code 3"]
    assert (expected, "") == (done.stdout.splitlines(), done.stderr)
