"""Kill busy processes by `kill -9`: sandboxes that the Lambda host lists, and the edit API's processes."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from lab.soak.context import SoakContext
from lab.soak.processes import children_of, command_of
from local.model import RunConfig
from testkit.embedded_stack import LocalStack

EVERY_S: Final = (10.0, 30.0)
# Wait so long for a busy process to kill; look so often.
FOUND_S: Final = 10.0
LOOK_S: Final = 0.02
# Sandboxes do their work in a blink: a moment later another part of it is hit.
LATER_S: Final = (0.0, 0.3)
OF_THE_API: Final = 0.15
# Belongs to a host of functions for as long as that runs: ends its sandboxes should it be killed.
GUARD: Final = "local.lambdas.watchdog"


@dataclass(frozen=True, kw_only=True, slots=True)
class Killer:
    """Kills processes at random times, chosen by *random*."""

    context: SoakContext
    random: Random

    def run_until_over(self) -> None:
        """Kill until the stop signal."""
        while not self.context.over.wait(self.random.uniform(*EVERY_S)):
            self.context.ledger.guarded("a random kill", self.kill_one)

    def kill_one(self) -> None:
        """Kill one process in the middle of its work."""
        if self.random.random() < OF_THE_API:
            for pid in api_processes(self.context.stack)[:1]:
                self.kill("kills, edit API", pid)
            return
        deadline = time.monotonic() + FOUND_S
        while not (busy := [one for one in sandboxes(self.context.stack) if one["busy"]]):
            if time.monotonic() > deadline:
                return
            time.sleep(LOOK_S)
        one = self.random.choice(busy)
        time.sleep(self.random.uniform(*LATER_S))
        self.kill(f"kills, {role(one['function'])}", one["pid"])

    def kill(self, what: str, pid: int) -> None:
        """Kill a process, unless it has ended meanwhile."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.context.ledger.count(what)
            self.context.ledger.count("kills")


def sandboxes(stack: LocalStack) -> list[dict[str, Any]]:
    """Ask the Lambda host for its sandboxes."""
    host = RunConfig.load(stack.folder / "run.json").addresses.lambdas
    return stack.http.get(f"{host}/status").raise_for_status().json()["sandboxes"]


def api_processes(stack: LocalStack) -> list[int]:
    """Find the processes of the edit API, of which there are always some."""
    return [pid for pid in children_of(stack.processes["api"]) if GUARD not in command_of(pid)]


def role(function: str) -> str:
    """Name a function of the stack by what it does."""
    return function.removeprefix("darkroom-local-")
