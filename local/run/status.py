"""List, log and stop a run from another terminal: ``status``, ``logs`` and ``down``."""

from __future__ import annotations

import os
import signal
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from local.model import RunError
from local.run.aws import Aws
from local.run.orphans import is_ours
from local.run.run_dir import RunDir

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

STOP_S: Final = 60.0
POLL_S: Final = 0.1
FOLLOW_S: Final = 1.0
GROUP: Final = "/aws/lambda/"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessStatus:
    """One line of ``status``."""

    name: str
    pid: int
    runs: bool


def processes(folder: RunDir) -> list[ProcessStatus]:
    """List the processes of the run in *folder*, ``up`` first; raise RunError when nothing is up."""
    owner = owner_of(folder)
    below = [ProcessStatus(name=name, pid=pid, runs=is_ours(pid)) for name, pid in folder.process_ids().items()]
    return [ProcessStatus(name="up", pid=owner, runs=True), *below]


def down(folder: RunDir) -> None:
    """Stop the run in *folder* and wait for its end; raise RunError when nothing is up, or it does not stop."""
    owner = owner_of(folder)
    os.kill(owner, signal.SIGTERM)
    deadline = time.monotonic() + STOP_S
    while folder.owner() is not None:
        if time.monotonic() > deadline:
            raise RunError(f"process {owner} did not stop within {STOP_S:g} s: kill it, what it started ends with it")
        time.sleep(POLL_S)


def owner_of(folder: RunDir) -> int:
    """Return the process id of ``up``; raise RunError when nothing is up."""
    owner = folder.owner()
    if owner is None:
        raise RunError(folder.nothing_is_up())
    return owner


def log_lines(folder: RunDir, name: str, *, follow: bool) -> Iterator[str]:
    """Yield log lines of a function (by name or role: ``rendition``) or of a process of the stack, oldest first.

    With *follow*, new lines of a function too, for ever. Raises RunError for an unknown name.
    """
    file = folder.logs / f"{name}.log"
    if file.is_file():
        with file.open(encoding="utf-8", errors="replace") as lines:
            yield from lines
        return
    owner_of(folder)
    logs = Aws(folder.load().addresses.aws).client("logs")
    yield from events(logs, group_of(logs, name, folder), follow=follow)


def last_of(lines: Iterator[str], count: int) -> tuple[Sequence[str], int]:
    """Return the last *count* of *lines*, and how many there were before them."""
    last: deque[str] = deque(maxlen=count)
    total = 0
    for line in lines:
        last.append(line)
        total += 1
    return tuple(last), total - len(last)


def group_of(logs: CloudWatchLogsClient, name: str, folder: RunDir) -> str:
    """Find the log group of the function *name*."""
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=GROUP)
    groups = sorted(str(one.get("logGroupName")) for page in pages for one in page["logGroups"])
    found = [one for one in groups if one.endswith((f"/{name}", f"-{name}"))]
    found = found or [one for one in groups if one.endswith(f"-{name}r")]  # the role "reconcile"
    if not found:
        functions = [one.removeprefix(GROUP) for one in groups]
        known = ", ".join([*functions, *sorted(one.stem for one in folder.logs.glob("*.log"))])
        raise RunError(f"expected the name of a function or process, found {name!r}; there are {known}")
    return min(found, key=len)


def events(logs: CloudWatchLogsClient, group: str, *, follow: bool) -> Iterator[str]:
    """Yield the lines of a log group in order of time; with *follow*, new lines too, for ever."""
    shown: set[str] = set()
    since = 0
    while True:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=since)
        found = [one for page in pages for one in page["events"] if str(one.get("eventId")) not in shown]
        found.sort(key=lambda one: one.get("timestamp", 0))
        for one in found:
            yield one.get("message", "").rstrip("\n") + "\n"
        if not follow:
            return
        # More events of the newest millisecond may come: ask from there on, and show no event twice.
        shown |= {str(one.get("eventId")) for one in found}
        since = max([since, *(one.get("timestamp", 0) for one in found)])
        time.sleep(FOLLOW_S)
