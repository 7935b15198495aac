"""Deployments that meet trouble: a creation that fails, an account that is not empty, wrong settings."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.engine.command import Engine
from tests.engine.conftest import Deployed
from tests.engine.stacks import Outcome, Stack, new_stack
from tests.factories.stacks import REFUSED


def test_an_interrupted_creation_is_completed_by_the_next_up(
    engine: Engine, checkout: Path, tmp_path: Path, deploy: Callable[[str], Deployed]
) -> None:
    """Resources that were created before the failure are kept; the next `up` creates the others."""
    complete = deploy("dev")
    stack = new_stack(engine, "dev", checkout, tmp_path / "dev")
    stack.account.failing.add("renditions-uploads-queue")

    failed, resumed = stack.up(), stack.up()

    assert not failed.succeeded
    assert "ServiceUnavailable: renditions-uploads-queue cannot be created now" in failed.text
    assert resumed.succeeded, resumed.text
    assert "renditions-uploads-queue" in resumed.of("create")
    assert "renditions-photos" not in resumed.changes
    assert set(complete.stack.account.things) == set(stack.account.things)
    assert {} == stack.preview().changes


@pytest.mark.parametrize(
    ("change", "line"), REFUSED, ids=lambda value: value.split(":")[1] if isinstance(value, str) else ""
)
def test_a_wrong_setting_is_one_line(prod: Stack, change: dict[str, Any], line: str) -> None:
    """People see which file and key is wrong and what is allowed; no traceback, and nothing is changed."""
    assert f"error: {line}" == refusal(prod.preview(change))


def test_a_missing_layer_names_the_command_that_builds_it(prod: Stack) -> None:
    """Layers are not in git; the preview that misses one names the command."""
    layer = prod.folder / "packages" / "layer-imaging-arm64.zip"
    layer.unlink()

    line = refusal(prod.preview())
    assert line.startswith(f"error: {layer}: not found, ")
    assert line.endswith("run `make package`")


def refusal(outcome: Outcome) -> str:
    """Give the one line of diagnostics that a refused program ends with."""
    assert not outcome.succeeded
    assert "Traceback" not in outcome.text
    assert {} == outcome.changes
    [line] = re.findall(r"^Diagnostics:\n.+\n    (.+)\n\n", outcome.text, re.MULTILINE)
    return line
