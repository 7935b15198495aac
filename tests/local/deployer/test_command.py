"""Tests of ``python -m local.deployer``: its output, and the one line of a failure."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pulumi.runtime.mocks import MockCallArgs

from local.deployer.__main__ import main
from local.deployer.model import DeployError
from local.deployer.monitor import IDENTITY, PulumiCalls
from local.deployer.target import Target
from local.model import RunConfig
from tests.local.deployer.conftest import Stack, addresses_of


def test_outputs_are_added_to_the_run(stack: Stack, tmp_path: Path) -> None:
    """The other processes read the outputs and the distribution's own name from ``run.json``."""
    RunConfig(folder=str(tmp_path), addresses=stack.addresses).save()
    assert 0 == main(["--config", str(tmp_path / "run.json")])
    run = RunConfig.load(tmp_path / "run.json")
    assert stack.deployment.distribution_host == run.distribution_host
    assert "darkroom-local-photos" == run.outputs["photosTable"]


def test_an_emulator_that_does_not_answer_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line, no traceback, and the run's file stays as it was. Any of the first resources may fail first."""
    RunConfig(folder=str(tmp_path), addresses=addresses_of("http://127.0.0.1:9")).save()
    assert 1 == main(["--config", str(tmp_path / "run.json")])
    said = capsys.readouterr().err
    assert re.fullmatch(r'deployer: .+: Could not connect to the endpoint URL: "http://127\.0\.0\.1:9/[^"\n]*"\n', said)
    assert {} == RunConfig.load(tmp_path / "run.json").outputs


def test_a_missing_run_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistyped path is named."""
    path = tmp_path / "run.json"
    assert 1 == main(["--config", str(path)])
    assert capsys.readouterr().err.startswith(f"deployer: {path}: expected the run's addresses, received [Errno 2]")


def test_a_question_that_is_not_answered_is_one_line_too(tmp_path: Path) -> None:
    """The caller's identity is requested together with the first resources; each failure is one line."""
    asked = MockCallArgs(IDENTITY, {}, "")
    with pytest.raises(DeployError) as result:
        PulumiCalls(Target(addresses_of("http://127.0.0.1:9"), tmp_path)).call(asked)
    assert 'Could not connect to the endpoint URL: "http://127.0.0.1:9/"' in str(result.value)
