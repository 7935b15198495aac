"""Give the page and the CDN the run: its addresses at once, its outputs when the deployer has finished."""

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
    """The content of ``run.json``, which is read again until it holds the deployment."""

    path: Path
    aws: Aws
    known: RunConfig = field(init=False)

    def __post_init__(self) -> None:
        self.known = RunConfig.load(self.path)

    @property
    def addresses(self) -> Addresses:
        """Addresses of all servers."""
        return self.known.addresses

    @property
    def done(self) -> bool:
        """Return whether the stack is deployed."""
        if not self.known.outputs:
            self.known = RunConfig.load(self.path)
        return bool(self.known.outputs)

    @property
    def outputs(self) -> Mapping[str, Any]:
        """Return the stack's outputs; raise Refusal before the deployment."""
        self.require()
        return self.known.outputs

    @property
    def distribution_host(self) -> str:
        """Return the distribution's domain name in the emulator; raise Refusal before the deployment."""
        self.require()
        return self.known.distribution_host

    def require(self) -> None:
        """Raise Refusal while the stack is not deployed."""
        if not self.done:
            raise Refusal(503, "NOT_DEPLOYED", "The stack is still being deployed: try again in a few seconds.")
