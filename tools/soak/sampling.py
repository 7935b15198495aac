"""Every few seconds: what each long-lived process holds, and from time to time what is stored in the emulator."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from local.lambdas.process_tree import MIB, resident
from tools.embedded import LocalStack
from tools.soak.killing import api_processes, processes, role, sandboxes
from tools.soak.processes import descendants, open_files, resident_mib
from tools.soak.world import World

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

    world: World
    samples: list[Sample] = field(default_factory=list[Sample])
    stored_mib: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    pids: set[int] = field(default_factory=set[int])
    began: float = field(default_factory=time.monotonic)

    def go_on(self) -> None:
        """Look until it is enough."""
        while not self.world.over.wait(EVERY_S):
            self.world.ledger.guarded("a sample", self.look)

    def look(self) -> None:
        """Take one sample."""
        usages = {**named(self.world.stack), **sandboxed(self.world.stack)}
        self.samples.append(Sample(at_s=time.monotonic() - self.began, usages=usages))
        self.pids |= set(descendants(processes_root(self.world.stack)))

    def weigh(self) -> float:
        """Sum up what lies in the buckets, all versions (MiB)."""
        total = sum(
            size for bucket in self.world.stack.known["buckets"].values() for size in sizes(self.world.stack, bucket)
        )
        self.stored_mib.append((time.monotonic() - self.began, total / MIB))
        return total / MIB


def processes_root(stack: LocalStack) -> int:
    """Give the process id of ``up``, which holds the run's lock."""
    return int((stack.folder / "lock").read_text(encoding="utf-8"))


def named(stack: LocalStack) -> dict[str, Usage]:
    """Look at the stack's own processes, and at the largest of the edit API's."""
    pids = {"up": processes_root(stack), **processes(stack)}
    found = {name: Usage(rss_mib=resident(pid) / MIB, files=open_files(pid)) for name, pid in pids.items()}
    return {**found, "edit API process": largest(api_processes(stack))}


def sandboxed(stack: LocalStack) -> dict[str, Usage]:
    """Look at the largest sandbox of each function."""
    pids: dict[str, list[int]] = {}
    for one in sandboxes(stack):
        pids.setdefault(f"sandbox, {role(one['function'])}", []).append(one["pid"])
    return {name: largest(found) for name, found in pids.items()}


def largest(pids: list[int]) -> Usage:
    """Give the most of several processes of one kind, each with its children."""
    return Usage(rss_mib=max(map(resident_mib, pids), default=0.0), files=max(map(open_files, pids), default=0))


def sizes(stack: LocalStack, bucket: str) -> list[int]:
    """List the length of every version in a bucket, bytes."""
    s3: Any = stack.aws.client("s3")
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
    return [int(one["Size"]) for page in pages for one in page.get("Versions", [])]
