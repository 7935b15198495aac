"""Define a resource's inputs, the result of its creation, and the error of a deployment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.deployer.target import Target


class DeployError(Exception):
    """The stack cannot be deployed: one line that names the resource, the property and the reason."""


class Properties:
    """Inputs of one resource. An adapter takes every value by name; a value that is left is an error."""

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
        """Take all values that are left, for a call that refuses unknown ones."""
        left, self.values = self.values, {}
        return left

    def refuse_leftovers(self) -> None:
        """Raise DeployError when something was not taken."""
        if self.values:
            keys = ", ".join(sorted(self.values))
            raise DeployError(f"{keys}: expected an adapter that takes it, none does: extend local/deployer/adapters")


@dataclass(frozen=True, kw_only=True, slots=True)
class ResourceInputs:
    """One registration. *name*: in the program. *adopt*: id of an existing resource, "" for a new one."""

    type: str
    name: str
    inputs: Properties
    adopt: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CreatedResource:
    """A created or updated resource. *outputs*: values that the emulator chose; the program knows its inputs itself.

    *notes*: facts that the embedded stack needs and that are no output in AWS.
    """

    id: str
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    notes: Mapping[str, str] = field(default_factory=dict[str, str])


Adapter = Callable[[Target, ResourceInputs], CreatedResource]


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployedResource:
    """Record of one resource. *inputs*: a digest of each property, by which a later deployment finds changes.

    *declared_only*, *kept_only*: properties that the emulator does not get, or only stores, with the reason.
    """

    type: str
    name: str
    id: str
    protect: bool = False
    inputs: Mapping[str, str] = field(default_factory=dict[str, str])
    notes: Mapping[str, str] = field(default_factory=dict[str, str])
    declared_only: Mapping[str, str] = field(default_factory=dict[str, str])
    kept_only: Mapping[str, str] = field(default_factory=dict[str, str])
