"""The processes of the stack, and how one starts after the other."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from local.model import Addresses, RunConfig
from local.run.aws import Aws
from local.run.child import Child, start
from local.run.errors import RunError
from local.run.folder import RunFolder

# Guards against a hang, not measures of speed.
READY_S: Final = 60.0
DEPLOYED_S: Final = 120.0
# The function that is a web application is the one that the Lambda Web Adapter starts by a script.
WEB_HANDLER: Final = "run.sh"


@dataclass(kw_only=True)
class Stack:
    """A run's processes. *web_app*: whether the edit API is one of them. *kept*: what an earlier run deployed."""

    folder: RunFolder
    addresses: Addresses
    persist: bool
    web_app: bool
    kept: RunConfig | None = None
    starter: Callable[..., Child] = start
    children: list[Child] = field(default_factory=list[Child])
    resources: ExitStack = field(default_factory=ExitStack)
    lifeline: int = -1

    def start(self) -> RunConfig:
        """Start everything; give what the deployment told. RunError when one of them fails."""
        self.lifeline, ours = os.pipe()
        self.resources.callback(os.close, self.lifeline)
        self.resources.callback(os.close, ours)
        config = self.kept or RunConfig(folder=str(self.folder.path), addresses=self.addresses)
        config.save()
        aws, to_config = self.addresses.aws, ("--config", str(self.folder.config))
        emulator = self.launch("emulator", aws, "--data", str(self.folder.aws), *(["--persist"] * self.persist))
        lambdas = self.launch("lambdas", self.addresses.lambdas, "--aws", aws)
        front = self.launch("front", None, *to_config)
        emulator.wait_until_it_answers(aws, seconds=READY_S)
        if self.kept is None:
            config = self.deploy(*to_config)
        lambdas.wait_until_it_answers(self.addresses.lambdas, seconds=READY_S)
        if self.web_app:
            self.start_api(aws)
        for origin in (self.addresses.page, self.addresses.cdn):
            front.wait_until_it_answers(origin, seconds=READY_S)
        return config

    def launch(self, name: str, origin: str | None, *arguments: str) -> Child:
        """Start one process, which listens at *origin*, and write it down."""
        port = ["--port", str(urlsplit(origin).port)] if origin else []
        child = self.starter(name, [f"local.{name}", *port, *arguments], lifeline=self.lifeline, logs=self.folder.logs)
        self.children.append(child)
        self.folder.note(self.children)
        return child

    def deploy(self, *arguments: str) -> RunConfig:
        """Run the Pulumi program, which ends when everything is there."""
        deployer = self.launch("deployer", None, *arguments)
        deployer.wait_until_it_is_done(seconds=DEPLOYED_S)
        self.children.remove(deployer)
        self.folder.note(self.children)
        return self.folder.load()

    def start_api(self, aws: str) -> None:
        """Start the edit API's processes behind their front."""
        origin = self.addresses.api
        api = self.launch("api", origin, "--aws", aws, "--function", web_function(Aws(aws)), "--qualifier", "live")
        api.wait_until_it_answers(origin, seconds=READY_S)

    def failure(self) -> str | None:
        """Say who has ended although it should run; None while all is well."""
        return next((how for one in self.children if (how := one.ended())), None)

    def stop(self) -> list[str]:
        """Stop all, the last that was started first; give the names of those that had to be killed."""
        killed = [one.name for one in reversed(self.children) if not one.stop()]
        self.children.clear()
        self.folder.note(self.children)
        self.resources.close()
        return killed


def web_function(aws: Aws) -> str:
    """Find the function that is a web application; RunError without one."""
    for page in aws.client("lambda").get_paginator("list_functions").paginate():
        for one in page["Functions"]:
            if one.get("Handler") == WEB_HANDLER:
                return str(one.get("FunctionName"))
    raise RunError(f"expected a function with the handler {WEB_HANDLER} among those deployed, found none")
