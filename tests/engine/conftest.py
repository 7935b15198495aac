"""Fixtures: the engine, started once; each stack, deployed once, of which tests take copies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from components.testing.recorder import STACKS
from tests.engine.command import Engine, find_command, started
from tests.engine.stacks import Outcome, Stack, copy_checkout, new_stack
from tests.factories.plans import plans

__all__ = ["plans"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Deployed:
    """A stack after its first `up`, and what its first `preview` and `up` did."""

    stack: Stack
    previewed: Outcome
    created: Outcome


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark a test that starts the engine."""
    if "engine" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.stack)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Give Pulumi's engine; skip where there is none."""
    try:
        find_command()
    except FileNotFoundError as missing:
        pytest.skip(str(missing))
    with started(tmp_path_factory.mktemp("pulumi")) as running:
        yield running


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the program that tests leave as it is."""
    return copy_checkout(tmp_path_factory.mktemp("checkout") / "darkroom")


@pytest.fixture(scope="session")
def deploy(engine: Engine, checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Deployed]:
    """Deploy a stack, once."""

    @cache
    def deployed(name: str) -> Deployed:
        stack = new_stack(engine, name, checkout, tmp_path_factory.mktemp("stacks") / name)
        return Deployed(previewed=stack.preview(), created=stack.up(), stack=stack)

    return deployed


@pytest.fixture(params=STACKS)
def deployed(request: pytest.FixtureRequest, deploy: Callable[[str], Deployed]) -> Deployed:
    """Give each stack in turn, deployed; not to be changed."""
    return deploy(request.param)


@pytest.fixture
def prod(deploy: Callable[[str], Deployed], tmp_path: Path) -> Stack:
    """Give a copy of production, deployed."""
    return deploy("prod").stack.copy(tmp_path / "prod")


@pytest.fixture
def dev(deploy: Callable[[str], Deployed], tmp_path: Path) -> Stack:
    """Give a copy of development, deployed."""
    return deploy("dev").stack.copy(tmp_path / "dev")
