"""Read from the tests' marks which test covers which fault, without running anything."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeAlias

ROOT: Final = Path(__file__).resolve().parents[2]
MARK: Final = "pytest.mark.fault"
TestFunction: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


def marked() -> dict[str, tuple[int, ...]]:
    """Return the faults of each marked test by its id, in the order of files and lines."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return {f"{file.relative_to(ROOT).as_posix()}::{name}": numbers for file in files for name, numbers in tests(file)}


def tests(file: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
    """List the marked tests of *file*."""
    text = file.read_text(encoding="utf-8")
    if MARK not in text:
        return
    for node in ast.parse(text).body:
        if isinstance(node, TestFunction) and node.name.startswith("test_") and (numbers := faults_of(node)):
            yield node.name, numbers


def faults_of(test: TestFunction) -> tuple[int, ...]:
    """Read the numbers that *test* is marked with."""
    calls = [one for one in test.decorator_list if isinstance(one, ast.Call) and ast.unparse(one.func) == MARK]
    return tuple(ast.literal_eval(number) for call in calls for number in call.args)


def by_fault() -> dict[int, list[str]]:
    """Return the tests of each fault."""
    found: dict[int, list[str]] = {}
    for test, numbers in marked().items():
        for number in numbers:
            found.setdefault(number, []).append(test)
    return found
