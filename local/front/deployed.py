"""The run as the fronts see it: its addresses at once, what was deployed as soon as the deployer is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.front.errors import Refusal
from local.model import Addresses, RunConfig
from local.run.aws import Aws


@dataclass(kw_only=True)
class DeployedStack:
    """What ``run.json`` says; it is read until the deployment is in it."""

    path: Path
    aws: Aws
    known: RunConfig = field(init=False)

    def __post_init__(self) -> None:
        self.known = RunConfig.load(self.path)

    @property
    def addresses(self) -> Addresses:
        """Where everything listens."""
        return self.known.addresses

    @property
    def done(self) -> bool:
        """Tell whether the stack is deployed."""
        if not self.known.outputs:
            self.known = RunConfig.load(self.path)
        return bool(self.known.outputs)

    @property
    def outputs(self) -> Mapping[str, Any]:
        """Give the stack's outputs; Refusal before there are any."""
        self.require()
        return self.known.outputs

    @property
    def distribution_host(self) -> str:
        """Give the name that the emulator's CloudFront listens to; Refusal before there is one."""
        self.require()
        return self.known.distribution_host

    def require(self) -> None:
        """Refuse what needs the stack before it is deployed."""
        if not self.done:
            raise Refusal(503, "NOT_DEPLOYED", "The stack is still being deployed: try again in a few seconds.")
