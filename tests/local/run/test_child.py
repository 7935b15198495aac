"""Tests of a run's processes: start, end, error messages."""

from __future__ import annotations

import os
import re
import signal
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.model import RunError
from local.run import child
from local.run.child import Child
from tests.patience import HANG_S

pytestmark = pytest.mark.stack

Start = Callable[[str], Child]


@pytest.fixture
def lifeline() -> Iterator[tuple[int, int]]:
    """Open the pipe of the processes: its reading and its writing end."""
    ends = os.pipe()
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:
            continue  # a test has closed it


@pytest.fixture
def start(tmp_path: Path, lifeline: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Start programs as modules of a run."""
    started: list[Child] = []
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def run(program: str) -> Child:
        (tmp_path / "program.py").write_text(textwrap.dedent(program), encoding="utf-8")
        started.append(child.start("program", ["program"], lifeline=lifeline[0], logs=tmp_path / "logs"))
        return started[-1]

    yield run
    for one in started:
        one.stop(seconds=0)


SERVE = """
    import socket, sys, time
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    print(listener.getsockname()[1])
    {more}
    time.sleep(600)
"""


def origin_of(one: Child) -> str:
    """Read the port that a program has printed."""
    deadline = time.monotonic() + HANG_S
    while not (printed := one.log.read_text(encoding="utf-8").strip()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return f"http://127.0.0.1:{printed.split()[0]}"


def test_a_process_that_listens_is_ready_and_stops_when_asked(start: Start) -> None:
    """The start waits for nothing else."""
    one = start(SERVE.format(more=""))

    one.wait_until_it_answers(origin_of(one), seconds=HANG_S)

    assert one.ended() is None
    assert one.stop(seconds=HANG_S)
    assert f"program was killed by signal SIGTERM: {origin_of(one).rpartition(':')[2]} ({one.log})" == one.ended()


def test_a_process_that_does_not_stop_is_killed(start: Start) -> None:
    """The stop ends after a time, and reports that it had to kill."""
    one = start(SERVE.format(more="import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf')"))
    origin = origin_of(one)
    while "deaf" not in one.log.read_text(encoding="utf-8"):
        time.sleep(0.02)
    one.wait_until_it_answers(origin, seconds=HANG_S)

    assert not one.stop(seconds=0.2)
    assert "SIGKILL" in str(one.ended())


def test_a_process_that_ends_instead_of_listening_is_reported_with_its_last_lines(start: Start) -> None:
    """One line that quotes the end of its log with the path."""
    one = start("import sys; sys.exit('no such thing')")

    printer = f"program ended with exit code 1: no such thing ({one.log})"
    with pytest.raises(RunError, match=re.escape(printer)):
        one.wait_until_it_answers("http://127.0.0.1:9", seconds=HANG_S)


def test_a_process_that_never_listens_is_given_up(start: Start) -> None:
    """After a time, with its last lines."""
    one = start("import time; time.sleep(600)")

    with pytest.raises(RunError, match=r"program did not answer at http://127.0.0.1:9 within 0.2 s"):
        one.wait_until_it_answers("http://127.0.0.1:9", seconds=0.2)


def test_a_process_that_has_to_end_well_is_waited_for(start: Start) -> None:
    """The deployer ends when all resources exist; a failure or a hang is an error."""
    start("print('done')").wait_until_it_is_done(seconds=HANG_S)

    with pytest.raises(RunError, match="program ended with exit code 3"):
        start("import sys; sys.exit(3)").wait_until_it_is_done(seconds=HANG_S)
    with pytest.raises(RunError, match=r"program was not done within 0\.1 s"):
        start("import time; time.sleep(600)").wait_until_it_is_done(seconds=0.1)


@pytest.mark.faults
def test_a_process_ends_with_the_holder_of_its_lifeline(start: Start, lifeline: tuple[int, int]) -> None:
    """`kill -9` of `up` leaves nothing behind: the pipe that only `up` holds closes."""
    one = start(SERVE.format(more=""))
    one.wait_until_it_answers(origin_of(one), seconds=HANG_S)

    os.close(lifeline[1])

    assert -signal.SIGTERM == one.process.wait(HANG_S)
