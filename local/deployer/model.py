"""One resource on its way from the program to the emulator: what is given, what is made of it, what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.deployer.target import Target


class DeployError(Exception):
    """The stack cannot be deployed: one line that names the resource, the property and what was said of it."""


class Properties:
    """What the program says of one resource. Every value is taken by name; what nobody took is an error."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = {key: value for key, value in values.items() if value is not None}

    def need(self, key: str) -> Any:
        """Take a value that must be there."""
        if key not in self.values:
            raise DeployError(f"{key}: expected a value, received none")
        return self.values.pop(key)

    def take(self, key: str, default: Any = None) -> Any:
        """Take a value that may be absent."""
        return self.values.pop(key, default)

    def rest(self) -> dict[str, Any]:
        """Take everything that is left, for a call that refuses what it does not know."""
        left, self.values = self.values, {}
        return left

    def refuse_leftovers(self) -> None:
        """Raise DeployError when something was not taken."""
        if self.values:
            keys = ", ".join(sorted(self.values))
            raise DeployError(f"{keys}: expected an adapter that takes it, none does: extend local/deployer/adapters")


@dataclass(frozen=True, kw_only=True, slots=True)
class ResourceInputs:
    """One registration. *name*: in the program. *adopt*: id of what must exist already, "" for nothing."""

    type: str
    name: str
    inputs: Properties
    adopt: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CreatedResource:
    """What came of it. *outputs*: only what the emulator decided; the program knows its inputs itself.

    *notes*: what others of the embedded stack want to know and no output of AWS says.
    """

    id: str
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    notes: Mapping[str, str] = field(default_factory=dict[str, str])


Adapter = Callable[[Target, ResourceInputs], CreatedResource]


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployedResource:
    """One resource that is there. *inputs*: a digest of each property, which tells a later deployment what changed.

    *declared_only*, *kept_only*: properties that the emulator does not get, or only stores, and why.
    """

    type: str
    name: str
    id: str
    protect: bool = False
    inputs: Mapping[str, str] = field(default_factory=dict[str, str])
    notes: Mapping[str, str] = field(default_factory=dict[str, str])
    declared_only: Mapping[str, str] = field(default_factory=dict[str, str])
    kept_only: Mapping[str, str] = field(default_factory=dict[str, str])
