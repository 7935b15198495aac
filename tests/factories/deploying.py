"""Deploy an embedded stack again, with other settings, as `pulumi up` does."""

from __future__ import annotations

from pathlib import Path

from components.testing.program import Json, main_program
from local.deployer.deploy import deploy_program
from local.deployer.target import Target
from local.model import RunConfig
from local.stack import configuration
from testkit.embedded_stack import LocalStack


def config_of(stack: LocalStack, changes: Json) -> Json:
    """Return the configuration of *stack* with *changes* of its settings."""
    return configuration(
        RunConfig.load(stack.folder / "run.json").addresses, stack.folder / "packages", changes=changes
    )


def deploy(stack: LocalStack, changes: Json) -> None:
    """Deploy *stack* with *changes* of its settings."""
    run = RunConfig.load(stack.folder / "run.json")
    deploy_program(main_program, Target(run.addresses, Path(run.folder)), config_of(stack, changes))
