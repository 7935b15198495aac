"""Run the stack: start it, wait until the user or the end of a process stops it, stop everything."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Final

from local.changes import changes_of
from local.emulator.process import EmulatorError, interpreter
from local.model import RunConfig, RunError
from local.run import orphans, ports
from local.run.processes import StackProcesses
from local.run.run_dir import RunDir

POLL_S: Final = 0.2
OLDEST_PYTHON: Final = (3, 11)


class Stopped(Exception):
    """The user stopped the run; *str()* names the key or signal."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """Options of the command line. *persist*: keep the state in the folder. *edits*: start the edit API too.

    *changes*: settings of this run alone, as ``cdn.renditions=signed``.
    """

    folder: RunDir
    persist: bool
    port_base: int | None
    edits: bool
    changes: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Up:
    """One run. *report*: prints a line of progress; *ready*: called once, with the seconds that the start took."""

    options: Options
    report: Callable[[str], None]
    ready: Callable[[RunConfig, float], None]
    began: float = field(default_factory=time.monotonic)

    def run(self) -> int:
        """Start, wait, stop; return the exit code: 0 when the user stopped it, 1 when something failed."""
        try:
            check_python()
            check_emulator()
            with stop_on_signals(), self.options.folder.locked():
                return self.run_locked()
        except Stopped as stopped:
            self.report(f"{stopped}: stopped before anything was started")
            return 0
        except RunError as error:
            self.report(f"up: {error}")
        except OSError as error:
            self.report(f"up: {refused(error)}")
        return 1

    def run_locked(self) -> int:
        """Run after the folder has been locked."""
        folder = self.options.folder
        if ended := orphans.end_previous(folder.process_ids()):
            self.report(f"stopped processes of an earlier run: {', '.join(ended)}")
        orphans.adopt_orphans()
        stack = self.prepared()
        code = 1
        try:
            config = stack.start()
            self.ready(config, time.monotonic() - self.began)
            self.wait(stack)
        except Stopped as stopped:
            self.report(f"{stopped}: stopping")
            code = 0
        except RunError as error:
            self.report(f"up: {error}")
        except OSError as error:
            self.report(f"up: {refused(error)}")
        finally:
            self.clear_up(stack)
        return code

    def prepared(self) -> StackProcesses:
        """Choose the ports, and delete a state that is not kept, or whose deployment never ended."""
        folder, persist = self.options.folder, self.options.persist
        kept = folder.deployed() if persist else None
        if kept is None:
            folder.empty()
            addresses = ports.choose(self.options.port_base)
        else:
            addresses = ports.again(kept.addresses, self.options.port_base)
        return StackProcesses(
            folder=folder,
            addresses=addresses,
            persist=persist,
            web_app=self.options.edits,
            kept=kept,
            settings=changes_of(self.options.changes),
            report=self.report,
        )

    def wait(self, stack: StackProcesses) -> None:
        """Watch the processes, and reap orphans that have ended; raise RunError when a process ends."""
        while not (failure := stack.failure()):
            orphans.reap_orphans(besides={one.process.pid for one in stack.children})
            time.sleep(POLL_S)
        raise RunError(f"{failure}. Everything else is stopped too.")

    def clear_up(self, stack: StackProcesses) -> None:
        """Stop all processes, and kill those that are left."""
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)
        killed = stack.stop()
        adopted = orphans.kill_descendants(os.getpid())
        if killed:
            self.report(f"killed, because they did not stop in time: {', '.join(killed)}")
        if adopted:
            self.report(f"killed processes without a parent: {'; '.join(one[:80] for one in adopted)}")
        self.report("stopped: no process and no open port is left")


@contextmanager
def stop_on_signals() -> Generator[None]:
    """Raise Stopped, in the block, at Ctrl-C or SIGTERM."""

    def stop(number: int, _frame: FrameType | None) -> None:
        raise Stopped("Ctrl-C" if number == signal.SIGINT else signal.Signals(number).name)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def refused(error: OSError) -> str:
    """Write an OSError in one line, with what to do."""
    return f"{error.filename or 'the system'}: {error.strerror or error}. Check the folder, or choose another --folder."


def check_python() -> None:
    """Raise RunError when this Python is too old for the program."""
    if sys.version_info < OLDEST_PYTHON:
        raise RunError(
            f"expected Python 3.11 or newer, found {sys.version.split()[0]}: make up PYTHON=/path/to/python3"
        )


def check_emulator() -> None:
    """Raise RunError when the emulator is not installed."""
    try:
        interpreter()
    except EmulatorError as error:
        raise RunError(str(error)) from error
