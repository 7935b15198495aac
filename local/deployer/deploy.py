"""Deploy the stack `local`: the same program as everywhere, in this process, into the emulator."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from local.deployer.adapters.distribution import EMULATED_HOST
from local.deployer.monitor import Deployed, Deployer
from local.deployer.target import Target
from local.model import Addresses
from local.run.folder import RECORD
from local.stack import STACK, configuration, write_packages
from tools.plan.program import Json, main_program, run_program

# As many calls at a time as keep the emulator busy: most of them wait for it.
THREADS: Final = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Deployment:
    """What is there now. *outputs*: the stack's. *distribution_host*: the distribution's name in the emulator."""

    outputs: Json
    resources: tuple[Deployed, ...]
    distribution_host: str


def deploy(addresses: Addresses, folder: Path) -> Deployment:
    """Deploy the whole program and write down what came of it in *folder*; raise DeployError with one line."""
    packages = write_packages(folder / "packages")
    deployment = deploy_program(main_program, Target(addresses, folder), configuration(addresses, packages))
    record = [asdict(one) for one in deployment.resources]
    (folder / RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")
    return deployment


def deploy_program(program: Callable[[], object], target: Target, config: Json) -> Deployment:
    """Deploy a program, a whole one or a part; raise DeployError with one line, or what the program raises."""
    monitor = Deployer(target)
    try:
        run_program(program, monitor, stack=STACK, config=config, threads=THREADS)
    except Exception as error:
        raise monitor.failure or error from error
    if monitor.failure:
        raise monitor.failure
    resources = tuple(sorted(monitor.deployed, key=lambda one: one.name))
    hosts = [one.notes[EMULATED_HOST] for one in resources if EMULATED_HOST in one.notes]
    return Deployment(outputs=monitor.outputs, resources=resources, distribution_host=hosts[0] if hosts else "")
