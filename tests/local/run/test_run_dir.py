"""Tests of the folder of a run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from local.model import RunConfig, RunError
from local.run import orphans, ports
from local.run.places import darkroom
from local.run.run_dir import RunDir
from tests.patience import HANG_S


def test_a_folder_belongs_to_one_run_at_a_time(tmp_path: Path) -> None:
    """A second run is refused, with the process that owns it and how to stop that."""
    folder = RunDir(path=tmp_path)

    with folder.locked():
        owner = f"process {os.getpid()}, folder {tmp_path}"
        printer = f"already up ({owner}): use it, or stop it with: {darkroom('down', tmp_path)}"
        with pytest.raises(RunError, match=re.escape(printer)), folder.locked():
            pass
        assert os.getpid() == folder.owner()
    assert folder.owner() is None


def test_a_folder_that_never_had_a_run_has_no_owner(tmp_path: Path) -> None:
    """And no processes."""
    folder = RunDir(path=tmp_path / "new")

    assert folder.owner() is None
    assert {} == folder.process_ids()
    with pytest.raises(RunError, match="nothing is up in"):
        folder.load()


def test_only_an_ended_deployment_is_kept(tmp_path: Path) -> None:
    """A run cannot continue from an incomplete deployment."""
    folder, addresses = RunDir(path=tmp_path), ports.choose(0)
    assert folder.deployed() is None

    RunConfig(folder=str(tmp_path), addresses=addresses).save()
    assert folder.deployed() is None

    whole = RunConfig(folder=str(tmp_path), addresses=addresses, outputs={"cdnUrl": "http://127.0.0.1:1"})
    whole.save()
    assert whole == folder.deployed()
    folder.empty()
    assert folder.deployed() is None


@pytest.mark.stack
@pytest.mark.faults
def test_what_an_earlier_run_left_is_stopped_and_nothing_else() -> None:
    """A process with a reused process id is left alone."""
    ours = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", "local.run.launch"])
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        while not orphans.is_ours(ours.pid):
            assert ours.poll() is None
        process_ids = {"emulator": ours.pid, "front": other.pid, "api": 2**22 + 1}

        assert ["emulator"] == orphans.end_previous(process_ids)
        assert ours.wait(HANG_S) != 0
        assert other.poll() is None
    finally:
        for one in (ours, other):
            one.kill()
            one.wait()


@pytest.mark.stack
@pytest.mark.faults
def test_all_descendants_are_killed() -> None:
    """A grandchild whose parent was killed is still found."""
    program = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])"
    parent = subprocess.Popen([sys.executable, "-c", program])
    try:
        while len(list(orphans.descendants(parent.pid))) < 1:
            assert parent.poll() is None
        [grandchild] = orphans.descendants(parent.pid)

        killed = orphans.kill_descendants(parent.pid)

        assert 1 == len(killed)
        assert 0 == parent.wait(HANG_S)
        assert not orphans.command_of(grandchild)
    finally:
        parent.kill()
        parent.wait()
