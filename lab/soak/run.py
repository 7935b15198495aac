"""Run a soak from start to end: start the stack, run the workers, drain, check, stop the stack."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lab.drill.operator import Operator
from lab.soak import checks, leaks, trend
from lab.soak.context import PATIENCE_S, World
from lab.soak.drain import redriven, rest, still_dead
from lab.soak.ledger import Ledger
from lab.soak.model import Violation
from lab.soak.sampling import Sampler
from lab.soak.workers import Say, act, actors
from local.model import RunConfig
from testkit import output_scan
from testkit.embedded_stack import LocalStack, started


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """The result of a soak. *dead*: dead letters by lane after the workers stopped; they were redriven."""

    ledger: Ledger
    sampler: Sampler
    violations: tuple[Violation, ...]
    dead: dict[str, int]
    acted_s: float


def play(folder: Path, *, minutes: float, seed: int, say: Say, keep: Path | None = None) -> Outcome:
    """Play on a stack of its own in the empty *folder*. *keep*: where to leave what the run has written down."""
    with leaks.own_temporary_folder(folder / "tmp") as temporary:
        with started(folder / "run") as stack, opened(stack) as world:
            outcome = soak(world, temporary, minutes=minutes, seed=seed, say=say)
            if keep is not None:
                output_scan.kept(stack, keep)
            run = RunConfig.load(stack.folder / "run.json")
        left = leaks.judged(leaks.once_down(run, temporary, outcome.sampler.pids))
    return replace(outcome, violations=(*outcome.violations, *left))


@contextmanager
def opened(stack: LocalStack) -> Generator[World]:
    """Make the clients before threads share them, and let dead workers' messages come again soon."""
    make: Any = stack.aws.client
    for service in ("s3", "sqs", "dynamodb", "lambda", "logs", "iam"):
        make(service)
    world = World(stack=stack, ledger=Ledger(), over=threading.Event())
    with world.patient("uploads", PATIENCE_S), world.patient("jobs", PATIENCE_S):
        yield world


def soak(world: World, temporary: Path, *, minutes: float, seed: int, say: Say) -> Outcome:
    """Act, rest, look."""
    operator, sampler, began = Operator.of(world.stack), Sampler(world=world), time.monotonic()
    act(world, sampler, actors(world, sampler, operator, minutes=minutes, seed=seed), minutes=minutes, say=say)
    acted_s = time.monotonic() - began
    say("workers have stopped: waiting until the stack is idle")
    sampler.weigh()
    restless = rest(world)
    dead = redriven(world, operator)
    restless += rest(world) if any(dead.values()) else []
    say("at rest: looking at everything")
    looked = checks.looked(world, operator, temporary)
    grown = trend.judged(trend.trends(sampler.samples))
    return Outcome(
        ledger=world.ledger,
        sampler=sampler,
        violations=(*world.ledger.troubles, *restless, *still_dead(world), *looked, *grown),
        dead=dead,
        acted_s=acted_s,
    )
