"""Tests of a deployment into the state of an earlier run, complete or not."""

from __future__ import annotations

from pathlib import Path

import pulumi_aws as aws_types
import pytest

from components.build import write_empty_layers
from components.testing.program import main_program
from local.deployer.deploy import deploy_program
from local.deployer.target import Target
from local.emulator.process import running, start
from local.stack import configuration
from tests.factories.emulators import root
from tests.local.deployer.conftest import addresses_of

pytestmark = pytest.mark.stack


def test_a_kept_state_is_deployed_into(tmp_path: Path) -> None:
    """``up --persist`` twice: the second run finds everything by name and changes nothing."""
    packages = tmp_path / "packages"
    write_empty_layers(packages)
    port, deployments = 0, []
    for _ in range(2):
        with running(tmp_path / "aws", port=port, persist=True) as emulator:
            port = int(emulator.address.rpartition(":")[2])
            addresses = addresses_of(emulator.address)
            target = Target(addresses, tmp_path)
            deployments.append(deploy_program(main_program, target, configuration(addresses, packages)))
    first, second = deployments
    assert (first.outputs, first.distribution_host) == (second.outputs, second.distribution_host)
    assert sorted(first.resources, key=lambda one: one.name) == sorted(second.resources, key=lambda one: one.name)


def test_a_state_that_was_cut_off_is_repaired(tmp_path: Path) -> None:
    """The emulator was killed before it could save: objects were on disk already, and a deployment finds them."""

    def program() -> None:
        aws_types.s3.Bucket("cut-off", bucket="cut-off")

    def deploy(address: str) -> None:
        deploy_program(program, Target(addresses_of(address), tmp_path), {"aws:region": "us-east-1"})

    killed = start(tmp_path / "aws", persist=True)
    deploy(killed.address)
    root(killed.address).client("s3").put_object(Bucket="cut-off", Key="a", Body=b"photo")
    killed.process.kill()
    killed.process.wait()
    assert killed.process.stdout is not None
    killed.process.stdout.close()
    with running(tmp_path / "aws", persist=True) as emulator:
        deploy(emulator.address)
        body = root(emulator.address).client("s3").get_object(Bucket="cut-off", Key="a")["Body"].read()
    assert b"photo" == body
