"""Deploy an embedded stack again, with other settings, as `pulumi up` does."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from components.testing.program import Json, main_program
from components.testing.trees import merged
from local.changes import changes_of
from local.deployer.deploy import deploy_program
from local.deployer.target import Target
from local.model import Addresses, RunConfig
from local.signing_key import public_key
from local.stack import configuration
from testkit.embedded_stack import LocalStack

# Settings of the stack `private`, as its command line says them.
PRIVATE = (
    "cdn.renditions=signed",
    "cdn.edits=signed",
    "renditions.formats=[jpeg, webp]",
    "renditions.key_style=opaque",
    "renditions.on_demand=true",
)


def config_of(stack: LocalStack, changes: Json) -> Json:
    """Return the configuration of *stack* with *changes* of its settings."""
    return configuration(
        RunConfig.load(stack.folder / "run.json").addresses,
        stack.folder / "packages",
        changes=changes,
        signing_key=lambda: public_key(stack.folder),
    )


def deploy(stack: LocalStack, changes: Json, *, started_with: tuple[str, ...] = ()) -> None:
    """Deploy *stack* with *changes* of its settings, beside those that it was *started_with*."""
    run = RunConfig.load(stack.folder / "run.json")
    config = config_of(stack, merged(changes_of(started_with), changes))
    deploy_program(main_program, target_of(run.addresses, Path(run.folder)), config)


@cache
def target_of(addresses: Addresses, folder: Path) -> Target:
    """Return what a stack is deployed into, whose clients take as long to make as a deployment."""
    return Target(addresses, folder)
