"""Define a recorded plan: the resources that a run of the program declares, and its outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """One registration. *parent*: name of the component that it belongs to, "" for the stack itself.

    *code*: SHA-256 of the archive in the input `code`, "" for none. Texts leave it out: it changes with every module.
    """

    type: str
    name: str
    parent: str
    custom: bool
    inputs: Mapping[str, Any]
    protect: bool = False
    retained: bool = False
    import_id: str = ""
    depends_on: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class StackPlan:
    """Everything that a stack declares, in the order of its names, and what it exports."""

    stack: str
    resources: tuple[Resource, ...]
    outputs: Mapping[str, Any]

    def of_type(self, kind: str) -> list[Resource]:
        """Find every resource of the type *kind*."""
        return [one for one in self.resources if one.type == kind]

    def named(self, name: str) -> Resource:
        """Find the one resource called *name*."""
        [found] = [one for one in self.resources if one.name == name]
        return found

    def children(self, name: str) -> list[Resource]:
        """Find everything that belongs to the component *name*, at whatever depth."""
        direct = [one for one in self.resources if one.parent == name]
        return [*direct, *(below for one in direct if not one.custom for below in self.children(one.name))]
