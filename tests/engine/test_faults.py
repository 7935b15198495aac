"""Deployments that meet trouble: a creation that fails, an account that is not empty, wrong settings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.engine.command import Engine
from tests.engine.conftest import Deployed
from tests.engine.stacks import Stack, new_stack
from tests.factories.stacks import REFUSED


def test_an_interrupted_creation_is_completed_by_the_next_up(
    engine: Engine, checkout: Path, tmp_path: Path, deploy: Any
) -> None:
    """What was created before the failure is kept and not created again; everything else follows."""
    complete: Deployed = deploy("dev")
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
    outcome = prod.preview(change)

    assert not outcome.succeeded
    [shown] = re.findall(r"^Diagnostics:\n.+\n((?: {4}.+\n)+)", outcome.text, re.MULTILINE)
    assert f"    error: {line}\n" == shown
    assert "Traceback" not in outcome.text
    assert {} == outcome.changes
