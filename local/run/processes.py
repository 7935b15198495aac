"""Start the processes of the stack one after the other, and stop them."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlsplit

from local.emulator.process import interpreter
from local.model import Addresses, RunConfig, RunError
from local.run.aws import Aws
from local.run.child import Child, start
from local.run.run_dir import RunDir

# They end a hang; they do not measure speed.
READY_S: Final = 60.0
DEPLOYED_S: Final = 120.0
# The Lambda Web Adapter starts a web application by a script.
WEB_HANDLER: Final = "run.sh"


@dataclass(kw_only=True)
class StackProcesses:
    """Processes of one run. *web_app*: start the edit API too. *kept*: the state that an earlier run deployed.

    *settings*: those that this run changes. *report* prints a line of progress.
    """

    folder: RunDir
    addresses: Addresses
    persist: bool
    web_app: bool
    kept: RunConfig | None = None
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    report: Callable[[str], None] = lambda _line: None
    starter: Callable[..., Child] = start
    children: list[Child] = field(default_factory=list[Child])
    resources: ExitStack = field(default_factory=ExitStack)
    lifeline: int = -1

    def start(self) -> RunConfig:
        """Start all processes; return the deployed run. Raises RunError when one of them fails."""
        self.lifeline, ours = os.pipe()
        self.resources.callback(os.close, self.lifeline)
        self.resources.callback(os.close, ours)
        config = self.kept or RunConfig(folder=str(self.folder.path), addresses=self.addresses)
        replace(config, settings=self.settings).save()
        self.folder.aws.mkdir(exist_ok=True)
        self.report("Starting the emulator, the Lambda host and the page …")
        aws, to_config = self.addresses.aws, ("--config", str(self.folder.config))
        data = ("--data", str(self.folder.aws), *(["--persist"] * self.persist))
        emulator = self.launch("emulator", aws, *data, python=interpreter())
        lambdas = self.launch("lambdas", self.addresses.lambdas, "--aws", aws)
        # It reads the outputs once: in a kept state it must start after the deployment, which changes them.
        front = None if self.kept else self.launch("front", None, *to_config)
        client = Aws(aws)  # imports botocore while the processes start
        emulator.wait_until_it_answers(aws, seconds=READY_S)
        config = self.deploy(*to_config)
        front = front or self.launch("front", None, *to_config)
        lambdas.wait_until_it_answers(self.addresses.lambdas, seconds=READY_S)
        if self.web_app:
            self.start_api(client)
        for origin in (self.addresses.page, self.addresses.cdn):
            front.wait_until_it_answers(origin, seconds=READY_S)
        return config

    def launch(self, name: str, origin: str | None, *arguments: str, python: str = sys.executable) -> Child:
        """Start one process, which listens at *origin*, and record its process id."""
        port = ["--port", str(urlsplit(origin).port)] if origin else []
        command = [f"local.{name}", *port, *arguments]
        child = self.starter(name, command, lifeline=self.lifeline, logs=self.folder.logs, python=python)
        self.children.append(child)
        self.folder.save_process_ids(self.children)
        return child

    def deploy(self, *arguments: str) -> RunConfig:
        """Run the deployer, which ends when all resources exist."""
        self.report("Deploying the Pulumi program into the emulator …")
        began = time.monotonic()
        deployer = self.launch("deployer", None, *arguments)
        deployer.wait_until_it_is_done(seconds=DEPLOYED_S)
        for line in deployer.log.read_text(encoding="utf-8").splitlines():
            self.report(line)
        self.children.remove(deployer)
        self.folder.save_process_ids(self.children)
        self.report(f"Deployed {self.folder.resources()} resources in {time.monotonic() - began:.1f} s.")
        return self.folder.load()

    def start_api(self, aws: Aws) -> None:
        """Start the edit API's server and its processes."""
        self.report("Starting the edit API …")
        origin, name = self.addresses.api, web_function(aws)
        api = self.launch("api", origin, "--aws", aws.endpoint, "--function", name, "--qualifier", "live")
        api.wait_until_it_answers(origin, seconds=READY_S)

    def failure(self) -> str | None:
        """Return which process has ended, and how; None while all run."""
        return next((how for one in self.children if (how := one.ended())), None)

    def stop(self) -> list[str]:
        """Stop all, the last that was started first; return the names of those that had to be killed."""
        killed = [one.name for one in reversed(self.children) if not one.stop()]
        self.children.clear()
        with suppress(OSError):  # the folder may be gone; all processes have ended anyway
            self.folder.save_process_ids(self.children)
        self.resources.close()
        return killed


def web_function(aws: Aws) -> str:
    """Find the function that is a web application; raise RunError without one."""
    for page in aws.client("lambda").get_paginator("list_functions").paginate():
        for one in page["Functions"]:
            if one.get("Handler") == WEB_HANDLER:
                return str(one.get("FunctionName"))
    raise RunError(f"expected a function with the handler {WEB_HANDLER} among those deployed, found none")
