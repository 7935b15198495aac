"""Deploy the stack `local` into the emulator: run the Pulumi program in this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import yaml

from components.build import write_empty_layers
from components.testing.program import Json, main_program, run_program
from local.deployer import kept_state as kept
from local.deployer.adapters.cloudfront import EMULATED_HOST
from local.deployer.model import DeployedResource
from local.deployer.monitor import Deployer
from local.deployer.target import Target
from local.model import STACK, STACK_FILE, Addresses
from local.signing_key import public_key
from local.stack import configuration

# Enough concurrent calls to keep the emulator busy: most of them wait for it.
THREADS: Final = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployResult:
    """Result of a deployment. *outputs*: the stack's. *distribution_host*: the distribution's name in the emulator.

    *resources* are in the order of their creation. *report*: the changes in a kept state, line by line.
    """

    outputs: Json
    resources: tuple[DeployedResource, ...]
    distribution_host: str
    report: tuple[str, ...] = ()


def deploy(addresses: Addresses, folder: Path, changes: Json | None = None) -> DeployResult:
    """Deploy the whole program into the state of *folder*, new or kept; raise DeployError with one line.

    *changes*: settings of this run alone.
    """
    packages = folder / "packages"
    write_empty_layers(packages)
    config = configuration(addresses, packages, changes=changes, signing_key=lambda: public_key(folder))
    # For the operator's commands, which read a stack's file.
    (folder / STACK_FILE).write_text(yaml.safe_dump({"config": config}), encoding="utf-8")
    return deploy_into(main_program, Target(addresses, folder), config, folder)


def deploy_into(program: Callable[[], object], target: Target, config: Json, folder: Path) -> DeployResult:
    """Deploy *program*, then remove resources in the record in *folder* that the program no longer declares."""
    before = kept.load(folder)
    monitor = Deployer(target)
    try:
        deployment = run(program, monitor, config)
    finally:
        kept.save(folder, kept.merged(before, monitor.deployed))
    if not before:
        return deployment
    changes = kept.compare(before, deployment.resources)
    removed = kept.remove(target, changes.gone)
    kept.save(folder, [*(one for one, _ in removed.stay), *deployment.resources])
    return replace(deployment, report=tuple(kept.report(changes, removed)))


def deploy_program(program: Callable[[], object], target: Target, config: Json) -> DeployResult:
    """Deploy a whole program or a part, and remove nothing; raise DeployError, or what the program raises."""
    return run(program, Deployer(target), config)


def run(program: Callable[[], object], monitor: Deployer, config: Json) -> DeployResult:
    """Run *program* against *monitor*; raise DeployError with one line, or what the program raises."""
    try:
        run_program(program, monitor, stack=STACK, config=config, threads=THREADS)
    except Exception as error:
        raise monitor.failure or error from error
    if monitor.failure:
        raise monitor.failure
    resources = tuple(monitor.deployed)
    hosts = [one.notes[EMULATED_HOST] for one in resources if EMULATED_HOST in one.notes]
    return DeployResult(outputs=monitor.outputs, resources=resources, distribution_host=hosts[0] if hosts else "")
