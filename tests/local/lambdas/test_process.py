"""Tests of a function's process and its output."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from local.lambdas.process import FunctionProcess, Launch, OutputReader, cause
from local.lambdas.watchdog import Watchdog
from tests.factories.descriptors import open_descriptors, opened_since
from tests.patience import HANG_S


def process(tmp_path: Path, text: str, lines: list[str], watchdog: Watchdog) -> FunctionProcess:
    """Run *text* with 1 MiB of /tmp."""
    private = tmp_path / "private"
    launch = Launch(
        command=[sys.executable, "-c", text], env={"TMPDIR": str(private)}, code=tmp_path, tmp=private, tmp_mib=1
    )
    return FunctionProcess(launch, log=lines.append, watchdog=watchdog)


def test_a_process_sees_only_its_own_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, watchdog: Watchdog
) -> None:
    """Nothing of this machine leaks into it."""
    monkeypatch.setenv("SECRET_OF_THE_DEVELOPER", "1")
    lines: list[str] = []
    running = process(tmp_path, "import os; print(sorted(set(os.environ) - {'LC_CTYPE'}))", lines, watchdog)
    while running.cause_of_end() is None:
        pass

    assert "exit status 0" == running.end()
    assert ["['TMPDIR']"] == lines


def test_tmp_goes_with_its_process_and_takes_no_file_beyond_its_size(tmp_path: Path, watchdog: Watchdog) -> None:
    """A sandbox must not find files of an earlier one, and a full /tmp is an error as on Lambda."""
    lines: list[str] = []
    text = """
import os, time
with open(os.environ["TMPDIR"] + "/big", "wb") as big:
    big.write(bytes(1000))
    big.flush()
    time.sleep(0.3)
    try:
        big.write(bytes(2 << 20))
        big.flush()
    except OSError as error:
        print(type(error).__name__, error.errno, flush=True)
        os._exit(0)
"""
    running = process(tmp_path, text, lines, watchdog)
    while running.cause_of_end() is None:
        pass
    there = (tmp_path / "private" / "big").exists()
    running.end()

    assert there
    assert ["OSError 27"] == lines
    assert not (tmp_path / "private").exists()


def test_a_command_that_cannot_be_started_leaves_nothing(tmp_path: Path, watchdog: Watchdog) -> None:
    """Neither a folder nor an open pipe."""
    files = open_descriptors()
    launch = Launch(command=["/nothing/here"], env={}, code=tmp_path, tmp=tmp_path / "private", tmp_mib=1)
    with pytest.raises(FileNotFoundError):
        FunctionProcess(launch, log=lambda _: None, watchdog=watchdog)

    assert not (tmp_path / "private").exists()
    assert not opened_since(files)


@pytest.mark.parametrize(
    ("status", "expected"), [(0, "exit status 0"), (3, "exit status 3"), (-signal.SIGKILL, "signal: killed")]
)
def test_the_end_of_a_process_is_described_in_lambdas_words(status: int, expected: str) -> None:
    """As in Lambda's own logs."""
    assert expected == cause(status)


def test_what_was_written_before_an_answer_is_there_when_it_is_drained() -> None:
    """The lines of an invocation come before its report, also on a busy machine."""
    lines: list[str] = []
    ours, theirs = os.pipe()
    output = OutputReader(ours, lines.append)

    for number in range(200):
        os.write(theirs, f"line {number}\nbegun {number}".encode())
        output.drain()
        assert f"line {number}" in lines[-1]
    os.close(theirs)
    output.close()
    output.close()

    assert "begun 199" == lines[-1]


def test_a_stack_trace_is_one_line_of_the_log() -> None:
    """The runtime separates its lines by carriage returns; bytes that are no text do not stop the rest."""
    lines: list[str] = []
    ended = threading.Event()
    ours, theirs = os.pipe()
    output = OutputReader(ours, lambda text: (lines.append(text), ended.set() if text == "end" else None)[0])

    os.write(theirs, b"[ERROR] no\rTraceback\r  File\n\n\xff\nend\n")
    assert ended.wait(HANG_S)
    os.close(theirs)
    output.close()

    assert ["[ERROR] no\nTraceback\n  File", "\ufffd", "end"] == lines
