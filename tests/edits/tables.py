"""Tables of commands that stand beside the tests: one case a line, fields divided by tabs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from processor.edits.plan import Plan, plan_from_steps

FOLDER = Path(__file__).parent


def rows(name: str) -> Iterator[list[str]]:
    """Read the cases of a table, each command once; a line that begins with # is none."""
    seen: set[str] = set()
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            command, *rest = line.split("\t")
            assert command not in seen, f"{name}: expected {command!r} once"
            seen.add(command)
            yield [command.replace("\\n", "\n"), *rest]


def compiled(name: str) -> dict[str, list[dict[str, Any]]]:
    """Give the cases that compile: command → steps."""
    return {command: json.loads(steps) for command, steps, *_ in rows(name) if steps.startswith("[")}


def filled(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Write steps out with every default."""
    return dumped(plan_from_steps(steps))


def dumped(plan: Plan) -> list[dict[str, Any]]:
    """Write a plan's steps out with every default."""
    return [step.model_dump() for step in plan.steps]
