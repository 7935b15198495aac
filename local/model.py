"""Define what the processes of the embedded stack share: addresses, ``run.json``, the error of a run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

LOOPBACK = "127.0.0.1"
STACK = "local"
# The settings of a run as a stack file, in its folder.
STACK_FILE = f"Pulumi.{STACK}.yaml"
# Audience of the local issuer's tokens.
AUDIENCE = "darkroom-local"
# The page's own receiver of events, and the secret that it is sent.
RECEIVER = "page"
RECEIVER_PATH = "/events"
RECEIVER_SECRET = "darkroom-local-webhook-page"  # noqa: S105 - a name


@dataclass(frozen=True, kw_only=True, slots=True)
class Addresses:
    """Origins (``http://127.0.0.1:port``, no slash at the end) of the servers of one run."""

    aws: str
    lambdas: str
    api: str
    cdn: str
    page: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RunConfig:
    """One run: its folder, its addresses, the outputs of the program. Stored as ``run.json``.

    *outputs* are the stack's (empty before the deployment); *distribution_host* is the domain name of the
    distribution in the emulator (``dXXXX.cloudfront.net``). *settings*: those that this run changes.
    """

    folder: str
    addresses: Addresses
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    distribution_host: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def save(self) -> None:
        """Write ``run.json`` into the run's folder, atomically."""
        path = Path(self.folder) / "run.json"
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps(asdict(self), indent=2), encoding="utf-8")
        partial.replace(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read ``run.json``; raises OSError or ValueError."""
        tree: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        tree["addresses"] = Addresses(**tree["addresses"])
        return cls(**tree)


class RunError(Exception):
    """The stack cannot start, or has to stop; *str()* is one line with the reason and what to do."""
