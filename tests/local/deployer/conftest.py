"""Fixtures: the whole program, deployed once into an emulator of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.deployer.deploy import DeployResult, deploy
from local.emulator.process import running
from local.model import Addresses
from tests.factories.emulators import Aws, root


@dataclass(frozen=True, kw_only=True, slots=True)
class Stack:
    """The deployed stack. *folder*: the run's, for another deployment of it."""

    aws: Aws
    addresses: Addresses
    folder: Path
    deployment: DeployResult


def addresses_of(aws: str) -> Addresses:
    """Return the addresses of a run whose only process is the emulator."""
    here = "http://127.0.0.1"
    return Addresses(aws=aws, lambdas=f"{here}:4570", api=f"{here}:4580", cdn=f"{here}:4520", page=f"{here}:4510")


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Return the whole program, deployed."""
    folder = tmp_path_factory.mktemp("run")
    with running(folder / "aws") as emulator:
        addresses = addresses_of(emulator.address)
        yield Stack(
            aws=root(emulator.address), addresses=addresses, folder=folder, deployment=deploy(addresses, folder)
        )


@pytest.fixture
def aws(stack: Stack) -> Aws:
    """Return the emulator's root user."""
    return stack.aws
