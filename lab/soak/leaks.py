"""Find leaks: files of dead sandboxes, stray processes during the run, and processes, ports or files after it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from lab.soak.kills import GUARD, api_processes, sandboxes
from lab.soak.model import Violation
from lab.soak.processes import children_of, command_of, living_in
from lab.soak.sampling import processes_root
from local.model import RunConfig
from local.run.child import answers
from testkit.embedded_stack import LocalStack

OURS: Final = ("local.", "awslambdaric", "processor.", "uvicorn")


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaks:
    """Leaks as sentences: while the stack was up and idle, and once it was down."""

    while_up: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()


@contextmanager
def own_temporary_folder(folder: Path) -> Generator[Path]:
    """Let everything that is started in this block take *folder* for the system's temporary one."""
    folder.mkdir()
    before, os.environ["TMPDIR"] = os.environ.get("TMPDIR"), str(folder)
    tempfile.tempdir = None
    try:
        yield folder
    finally:
        tempfile.tempdir = None
        os.environ.pop("TMPDIR")
        if before is not None:
            os.environ["TMPDIR"] = before


def while_up(stack: LocalStack, temporary: Path) -> tuple[str, ...]:
    """Name what a stack at rest has no use for: processes without a parent, sandboxes' files, files beside them."""
    stray = set(children_of(processes_root(stack))) - set(stack.processes.values())
    known = {one["pid"] for one in sandboxes(stack)}
    host = {pid for pid in children_of(stack.processes["lambdas"]) if pid not in known and GUARD not in command_of(pid)}
    homes = [home for host in temporary.glob("darkroom-*") for home in (host / "tmp").glob("*")]
    kept = [str(file.relative_to(temporary)) for home in homes for file in home.rglob("*")]
    living = len(sandboxes(stack)) + len(api_processes(stack))
    more = [f"{len(homes)} folders of {living} sandboxes"] if len(homes) > living else []
    return (*(described(pid) for pid in sorted(stray | host)), *kept, *more)


def once_down(run: RunConfig, temporary: Path, pids: Iterable[int]) -> Leaks:
    """Name what is left of a stack that has ended; *pids*: all that it ever had."""
    alive = [described(pid) for pid in pids if any(one in command_of(pid) for one in OURS)]
    return Leaks(
        files=tuple(str(file.relative_to(temporary)) for file in temporary.rglob("*")),
        processes=tuple({*alive, *living_in(temporary.parent)}),
        ports=tuple(origin for origin in asdict(run.addresses).values() if listens(origin)),
    )


def described(pid: int) -> str:
    """Describe the process *pid*."""
    return f"process {pid}, {command_of(pid)[:80] or 'which has ended and was not reaped'}"


def listens(origin: str) -> bool:
    """Return whether a process accepts connections at that address."""
    address = urlsplit(origin)
    return answers(str(address.hostname), address.port or 0)


def check(left: Leaks) -> list[Violation]:
    """Name everything that is left. Pure."""
    found: Mapping[str, tuple[str, ...]] = {
        "the stack at rest": left.while_up,
        "temporary files": left.files,
        "processes": left.processes,
        "open ports": left.ports,
    }
    return [
        Violation(subject=where, expected="nothing left", found=one) for where, all_ in found.items() for one in all_
    ]
