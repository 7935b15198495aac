"""Run tests on a mutant in a process of its own, without writing a file.

A fork of this process imports the mutant in the module's place and runs pytest. What it needs besides,
but nothing that imports the module, is loaded before the fork: a trial takes a second, not five.
"""

from __future__ import annotations

import ast
import importlib
import os
import signal
import sys
import time
from collections.abc import Sequence
from enum import StrEnum
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

import pytest

SHARED: Final = ("boto3", "hypothesis", "moto", "PIL.Image", "pydantic")
"""Slow imports of the tests that import no module of this project."""
OPTIONS: Final = (
    *("-x", "-q", "-p", "no:cacheprovider"),
    # What was loaded before the fork cannot have its asserts rewritten; nothing of it is a test.
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)
POLL_S: Final = 0.05


class Fate(StrEnum):
    """The end of a mutant's test run."""

    KILLED = "killed"
    SURVIVED = "survived"
    HUNG = "hung"


class Impostor(MetaPathFinder, Loader):
    """Import hook: the import of *name* runs *tree*."""

    def __init__(self, name: str, path: Path, tree: ast.Module) -> None:
        self.name = name
        self.code: CodeType = compile(tree, str(path), "exec")

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        """Answer for the module alone."""
        return ModuleSpec(fullname, self) if fullname == self.name else None

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave it to Python."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the mutant."""
        exec(self.code, module.__dict__)  # noqa: S102 - that is what importing is


def load_shared() -> None:
    """Load what all trials need, once."""
    for name in SHARED:
        importlib.import_module(name)


def module_of(path: Path) -> str:
    """Name the module that stands at *path*, relative to the root of the project."""
    return ".".join(path.with_suffix("").parts)


def trial(path: Path, tree: ast.Module, tests: Sequence[str], *, hang_s: float) -> Fate:
    """Run *tests* with *tree* in the place of the module at *path*; after *hang_s* seconds it counts as hung."""
    pid = os.fork()
    if pid == 0:
        os.setsid()
        os._exit(run(path, tree, tests))
    deadline = time.monotonic() + hang_s
    while (ended := os.waitpid(pid, os.WNOHANG)) == (0, 0):
        if time.monotonic() > deadline:
            os.killpg(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return Fate.HUNG
        time.sleep(POLL_S)
    return Fate.SURVIVED if os.waitstatus_to_exitcode(ended[1]) == 0 else Fate.KILLED


def run(path: Path, tree: ast.Module, tests: Sequence[str]) -> int:
    """Run *tests* in this process, which must be a fork, and give pytest's exit code."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    name = module_of(path)
    if name in sys.modules:
        return 1  # too late for a mutant; counted as killed it would show in the figures of an unchanged module
    sys.meta_path.insert(0, Impostor(name, path, tree))
    try:
        return int(pytest.main([*OPTIONS, *tests]))
    except BaseException:  # noqa: BLE001 - a mutant may end in any way at all
        return 1
