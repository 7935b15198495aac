"""Sample each long-lived process's memory every few seconds, and the emulator's stored data from time to time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lab.soak.context import SoakContext
from lab.soak.kills import api_processes, role, sandboxes
from lab.soak.processes import descendants, open_files, resident_mib
from local.lambdas.process_tree import MIB, resident
from testkit.embedded_stack import LocalStack

EVERY_S: Final = 3.0
EMULATOR: Final = "emulator"


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """*rss_mib*: resident memory; of sandboxes and API processes the largest of their kind. *files*: open ones."""

    rss_mib: float
    files: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """All processes at *at_s* seconds from the beginning, by name."""

    at_s: float
    usages: Mapping[str, Usage]


@dataclass(kw_only=True, slots=True)
class Sampler:
    """*pids*: every process that was ever seen below ``up``. *stored_mib*: what the emulator keeps, by second."""

    context: SoakContext
    samples: list[Sample] = field(default_factory=list[Sample])
    stored_mib: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    pids: set[int] = field(default_factory=set[int])
    began: float = field(default_factory=time.monotonic)

    def run_until_over(self) -> None:
        """Look until it is enough."""
        while not self.context.over.wait(EVERY_S):
            self.context.ledger.guarded("a sample", self.look)

    def look(self) -> None:
        """Take one sample."""
        usages = {**named(self.context.stack), **sandboxed(self.context.stack)}
        self.samples.append(Sample(at_s=time.monotonic() - self.began, usages=usages))
        self.pids |= set(descendants(processes_root(self.context.stack)))

    def weigh(self) -> float:
        """Sum up what lies in the buckets, all versions (MiB)."""
        total = sum(
            size
            for bucket in self.context.stack.known["buckets"].values()
            for size in sizes(self.context.stack, bucket)
        )
        self.stored_mib.append((time.monotonic() - self.began, total / MIB))
        return total / MIB


def processes_root(stack: LocalStack) -> int:
    """Return the process id of ``up``, which holds the run's lock."""
    return int((stack.folder / "lock").read_text(encoding="utf-8"))


def named(stack: LocalStack) -> dict[str, Usage]:
    """Look at the stack's own processes, and at the largest of the edit API's."""
    pids = {"up": processes_root(stack), **stack.processes}
    found = {name: Usage(rss_mib=resident(pid) / MIB, files=open_files(pid)) for name, pid in pids.items()}
    return {**found, "edit API process": largest(api_processes(stack))}


def sandboxed(stack: LocalStack) -> dict[str, Usage]:
    """Look at the largest sandbox of each function."""
    pids: dict[str, list[int]] = {}
    for one in sandboxes(stack):
        pids.setdefault(f"sandbox, {role(one['function'])}", []).append(one["pid"])
    return {name: largest(found) for name, found in pids.items()}


def largest(pids: list[int]) -> Usage:
    """Return the most of several processes of one kind, each with its children."""
    return Usage(rss_mib=max(map(resident_mib, pids), default=0.0), files=max(map(open_files, pids), default=0))


def sizes(stack: LocalStack, bucket: str) -> list[int]:
    """List the length of every version in a bucket, bytes."""
    s3: Any = stack.aws.client("s3")
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
    return [int(one["Size"]) for page in pages for one in page.get("Versions", [])]
