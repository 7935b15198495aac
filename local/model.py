"""What the embedded stack's processes know of each other: addresses, and the file that a run is described in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

LOOPBACK = "127.0.0.1"
STACK = "local"
# Whom the local issuer's tokens are for.
AUDIENCE = "darkroom-local"


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
    """One run: where it listens, where it keeps its files, what the program told. Stored as ``run.json``.

    *outputs* are the stack's (empty before the deployment); *distribution_host* is the name that the emulator's
    CloudFront knows the distribution by (``dXXXX.cloudfront.net``).
    """

    folder: str
    addresses: Addresses
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    distribution_host: str = ""

    def save(self) -> None:
        """Write it to ``run.json`` of its folder, whole or not at all."""
        path = Path(self.folder) / "run.json"
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps(asdict(self), indent=2), encoding="utf-8")
        partial.replace(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read ``run.json``; OSError and ValueError as Python raises them."""
        tree: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        tree["addresses"] = Addresses(**tree["addresses"])
        return cls(**tree)


class RunError(Exception):
    """The stack cannot start, or has to stop; *str()* is one line that says why and what to do."""
