"""Kill parts of the stack: no process is left, and with --persist all accepted data is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from local.run.aws import Aws
from local.run.orphans import is_ours
from testkit.embedded_stack import ENDED_S, ROOT, LocalStack, launch, read_endpoints, wait_for
from testkit.photos import jpeg, scene

pytestmark = pytest.mark.stack


def processes(folder: Path) -> dict[str, int]:
    """Read which processes a run has."""
    return json.loads((folder / "processes.json").read_text(encoding="utf-8"))


def local(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run another of the commands."""
    command = [sys.executable, "-m", "darkroom", *arguments, "--folder", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=ENDED_S)


def all_gone(pids: list[int]) -> bool | None:
    """Return whether none of *pids* is a process of the stack any more."""
    return None if any(is_ours(pid) for pid in pids) else True


@pytest.mark.faults
def test_the_emulators_death_stops_everything_and_is_told(tmp_path: Path) -> None:
    """Half a stack is never left running; a second run in its folder is refused while it is up."""
    up = launch(tmp_path, "--no-edits")
    try:
        read_endpoints(up)
        known = processes(tmp_path)
        second = local(tmp_path, "up", "--port-base", "0")
        status = local(tmp_path, "status")

        os.kill(known["emulator"], signal.SIGKILL)
        _, said = up.communicate(timeout=ENDED_S)
    finally:
        up.kill()
        up.wait()

    assert (1, f"up: already up (process {up.pid}") == (second.returncode, second.stderr.partition(", folder")[0])
    assert 0 == status.returncode
    assert {"up", "emulator", "lambdas", "front"} <= set(status.stdout.split())
    assert up.returncode == 1
    assert "\nup: emulator was killed by signal SIGKILL" in said
    assert "Everything else is stopped too." in said
    assert all_gone([up.pid, *known.values()])
    assert 3 == local(tmp_path, "status").returncode


@pytest.mark.faults
def test_what_was_accepted_survives_the_death_of_up_with_persist(tmp_path: Path) -> None:
    """A `kill -9` of `up` ends its processes in order; the next run has every photo, record and picture."""
    up = launch(tmp_path, "--no-edits", "--persist", str(tmp_path))
    try:
        with httpx.Client(timeout=ENDED_S, trust_env=False) as client:
            known = read_endpoints(up)
            stack = LocalStack(known=known, folder=tmp_path, aws=Aws(known["aws"]), http=client)
            record = stack.with_status(stack.upload(jpeg.jpeg(scene.scene(320, 240)), gallery="kept"), "active")
            before = processes(tmp_path)
            up.kill()
            up.communicate()
            wait_for(lambda: all_gone(list(before.values())), what=lambda: f"the end of {before}")

            up = launch(tmp_path, "--no-edits", "--persist", str(tmp_path))
            assert known["outputs"] == read_endpoints(up)["outputs"]
            assert record["thumbnail_url"] == (stack.photo(record["id"]) or {})["thumbnail_url"]
            assert record["thumbnail_bytes"] == len(client.get(record["thumbnail_url"]).content)
            stack.with_status(stack.upload(jpeg.jpeg(scene.scene(160, 120)), gallery="kept"), "active")
            down = local(tmp_path, "down")
            up.communicate(timeout=ENDED_S)
    finally:
        up.kill()
        up.wait()

    assert (0, "stopped\n", 0) == (down.returncode, down.stdout, up.returncode)
