"""Start the emulator as a process in its own environment, and wait until it answers.

ministack pins botocore, so it has an environment of its own (requirements/emulator.lock, ADR 22).
"""

from __future__ import annotations

import selectors
import subprocess
import sys
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from local.emulator.environment import LOG_NAME

ROOT: Final = Path(__file__).parents[2]
# They end a hang: a start takes 2 s, on a busy machine many times that.
READY_S: Final = 60.0
STOP_S: Final = 60.0
LAST_LINES: Final = 5


class EmulatorError(Exception):
    """The emulator does not run; the text gives the reason."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Emulator:
    """A running emulator. *address*: origin for every AWS client."""

    address: str
    process: subprocess.Popen[str]


def interpreter(prefix: Path = Path(sys.prefix)) -> str:
    """Find a Python with ministack: ``emulator`` below *prefix*, else this one; raise EmulatorError without either."""
    own = prefix / "emulator" / "bin" / "python"
    if own.is_file():
        return str(own)
    if find_spec("ministack"):
        return sys.executable
    raise EmulatorError(
        f"ministack, the AWS emulator, is installed neither in {own.parents[1]} nor beside {sys.executable}: "
        "run `make setup` in a clone of the project, or install darkroom with the extra `emulator`"
    )


@contextmanager
def running(data: Path, *, port: int = 0, persist: bool = False) -> Generator[Emulator]:
    """Run an emulator for the length of a block."""
    emulator = start(data, port=port, persist=persist)
    try:
        yield emulator
    finally:
        stop(emulator)


def start(data: Path, *, port: int = 0, persist: bool = False) -> Emulator:
    """Start an emulator on *port* of loopback (0: any free one); EmulatorError with its last log lines if it fails."""
    data.mkdir(parents=True, exist_ok=True)
    command = [interpreter(), "-m", "local.emulator", "--port", str(port), "--data", str(data.resolve())]
    with (data / LOG_NAME).open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - this project's own command
            [*command, *(["--persist"] if persist else [])], cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True
        )
    try:
        return Emulator(address=wait_for_address(process, data / LOG_NAME), process=process)
    except BaseException:
        end(process)
        raise


def wait_for_address(process: subprocess.Popen[str], log: Path) -> str:
    """Read the address that the process prints once it answers."""
    assert process.stdout is not None  # noqa: S101 - it was opened with a pipe
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        if not selector.select(READY_S):
            raise EmulatorError(f"the emulator did not answer within {READY_S:g} s; {last_lines(log)}")
    if address := process.stdout.readline().strip():
        return address
    raise EmulatorError(f"the emulator ended at once with exit code {process.wait()}; {last_lines(log)}")


def last_lines(log: Path) -> str:
    """Quote the end of a log."""
    with log.open(encoding="utf-8", errors="replace") as lines:
        last = "".join(deque(lines, LAST_LINES)).strip()
    return f"the last lines of {log}:\n{last}" if last else f"{log} is empty"


def stop(emulator: Emulator) -> None:
    """Terminate it, which saves a persistent state; raise EmulatorError when its exit code is not 0."""
    emulator.process.terminate()
    code = end(emulator.process)
    if code:
        raise EmulatorError(f"expected the emulator to stop with exit code 0, received {code}")


def end(process: subprocess.Popen[str]) -> int:
    """Wait for the end of a terminated process; kill it when it takes too long."""
    try:
        return process.wait(STOP_S if process.poll() is None else 0)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
    finally:
        if process.stdout is not None:
            process.stdout.close()
