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
from lab.soak.context import PATIENCE_S, SoakContext
from lab.soak.drain import redrive_all, remaining_dead_letters, wait_until_idle
from lab.soak.ledger import Ledger
from lab.soak.model import Violation
from lab.soak.sampling import Sampler
from lab.soak.workers import Say, make_workers, run_workers
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


def run_soak(folder: Path, *, minutes: float, seed: int, say: Say, keep: Path | None = None) -> Outcome:
    """Soak a stack of its own in the empty *folder*. *keep*: folder for a copy of all that the run wrote."""
    with leaks.own_temporary_folder(folder / "tmp") as temporary:
        with started(folder / "run") as stack, opened(stack) as context:
            outcome = soak(context, temporary, minutes=minutes, seed=seed, say=say)
            if keep is not None:
                output_scan.copy_output(stack, keep)
            run = RunConfig.load(stack.folder / "run.json")
        left = leaks.check(leaks.once_down(run, temporary, outcome.sampler.pids))
    return replace(outcome, violations=(*outcome.violations, *left))


@contextmanager
def opened(stack: LocalStack) -> Generator[SoakContext]:
    """Make the clients before threads share them, and shorten visibility timeouts to 20 s."""
    make: Any = stack.aws.client
    for service in ("s3", "sqs", "dynamodb", "lambda", "logs", "iam"):
        make(service)
    context = SoakContext(stack=stack, ledger=Ledger(), over=threading.Event())
    with context.patient("uploads", PATIENCE_S), context.patient("jobs", PATIENCE_S):
        yield context


def soak(context: SoakContext, temporary: Path, *, minutes: float, seed: int, say: Say) -> Outcome:
    """Run the workers, wait until the stack is idle, check everything."""
    operator, sampler, began = Operator.of(context.stack), Sampler(context=context), time.monotonic()
    run_workers(
        context, sampler, make_workers(context, sampler, operator, minutes=minutes, seed=seed), minutes=minutes, say=say
    )
    acted_s = time.monotonic() - began
    say("workers have stopped: waiting until the stack is idle")
    sampler.weigh()
    unfinished = wait_until_idle(context)
    dead = redrive_all(context, operator)
    unfinished += wait_until_idle(context) if any(dead.values()) else []
    say("idle: checking everything")
    looked = checks.check_everything(context, operator, temporary)
    grown = trend.check(trend.trends(sampler.samples))
    return Outcome(
        ledger=context.ledger,
        sampler=sampler,
        violations=(*context.ledger.troubles, *unfinished, *remaining_dead_letters(context), *looked, *grown),
        dead=dead,
        acted_s=acted_s,
    )
