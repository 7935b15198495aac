"""Leaks, found for real: files, processes, ports; and the checks of the reconciler's report and of logs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from lab.soak.checks import NONE_EXPECTED, reconciled
from lab.soak.leaks import Leaks, check, once_down, own_temporary_folder
from local.model import Addresses, RunConfig


def config(folder: Path, port: int) -> RunConfig:
    """Describe a run of which one port may be open."""
    origin = f"http://127.0.0.1:{port}"
    return RunConfig(
        folder=str(folder), addresses=Addresses(aws=origin, lambdas=origin, api=origin, cdn=origin, page=origin)
    )


def closed_port() -> int:
    """Return a port without a listener."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_nothing_is_left_of_a_run_that_ended_well(tmp_path: Path) -> None:
    """No file, no process, no port."""
    with own_temporary_folder(tmp_path / "tmp") as temporary:
        pass

    assert Leaks() == once_down(config(tmp_path, closed_port()), temporary, [])


@pytest.mark.stack
def test_a_file_in_the_temporary_folder_is_found(tmp_path: Path) -> None:
    """Everything that is made in the block's time goes there, of child processes too; afterwards nothing does."""
    with own_temporary_folder(tmp_path / "tmp") as temporary:
        here = tempfile.gettempdir()
        child = subprocess.run(
            [sys.executable, "-c", "import tempfile; print(tempfile.mkdtemp(prefix='left-'))"],
            capture_output=True,
            text=True,
            check=True,
        )

    left = once_down(config(tmp_path, closed_port()), temporary, [])

    assert ((Path(child.stdout.strip()).name,), str(temporary)) == (left.files, here)
    assert str(temporary) != tempfile.gettempdir()


@pytest.mark.stack
@pytest.mark.parametrize("by", ["environment", "folder"])
def test_a_process_that_stayed_is_found(tmp_path: Path, by: str) -> None:
    """Decoder children have a clean environment, but work in a folder of the run."""
    (tmp_path / "tmp").mkdir()
    env, cwd = ({"TMPDIR": str(tmp_path / "tmp")}, "/") if by == "environment" else ({}, str(tmp_path))
    code = "import time; print(flush=True); time.sleep(600)"
    stayed = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=env, cwd=cwd)
    try:
        assert stayed.stdout is not None
        stayed.stdout.readline()
        left = once_down(config(tmp_path, closed_port()), tmp_path / "tmp", [])
    finally:
        stayed.kill()
        stayed.communicate()

    [found] = left.processes
    assert found.startswith(f"process {stayed.pid}, {sys.executable}")


def test_a_port_that_is_open_is_found(tmp_path: Path) -> None:
    """A process still listens."""
    (tmp_path / "tmp").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server:
        origin = f"http://127.0.0.1:{server.getsockname()[1]}"

        left = once_down(config(tmp_path, server.getsockname()[1]), tmp_path / "tmp", [])

    assert {origin} == set(left.ports)


def test_a_number_that_another_process_has_now_is_none_of_ours(tmp_path: Path) -> None:
    """Process ids are given again: what a process is decides."""
    (tmp_path / "tmp").mkdir()

    assert () == once_down(config(tmp_path, closed_port()), tmp_path / "tmp", [os.getpid(), 2**22]).processes


def test_everything_that_is_left_is_a_violation() -> None:
    """Each is named with where it was."""
    left = Leaks(while_up=("a",), files=("b",), processes=("c",), ports=("d",))

    assert [
        "the stack at rest: expected nothing left, found a",
        "temporary files: expected nothing left, found b",
        "processes: expected nothing left, found c",
        "open ports: expected nothing left, found d",
    ] == [str(one) for one in check(left)]


def test_a_reconciler_that_finds_something_to_do_is_a_violation() -> None:
    """After a soak, everything has converged without it."""
    assert [] == reconciled(dict.fromkeys(NONE_EXPECTED, 0))
    assert ["the reconciler's orphans: expected 0, found 2", "the reconciler's sent: expected 0, found 1"] == [
        str(one) for one in reconciled(dict.fromkeys(NONE_EXPECTED, 0) | {"orphans": 2, "sent": 1})
    ]
