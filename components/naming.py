"""Identify a stack, and derive names, tags and protection of its resources from it."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, kw_only=True, slots=True)
class StackContext:
    """One stack in one account and region."""

    project: str
    stack: str
    region: str
    account_id: str
    cost_centre: str
    protect: bool

    def physical(self, role: str) -> str:
        """Return the name of a resource whose name is no setting; no two stacks share one."""
        return f"{self.project}-{self.stack}-{role}"

    def tags(self, component: str) -> dict[str, str]:
        """Return the tags of a resource of *component*."""
        return {
            "project": self.project,
            "stack": self.stack,
            "component": component,
            "cost-centre": self.cost_centre,
        }

    def data_options(self, parent: pulumi.Resource, *, adopt: str | None = None) -> pulumi.ResourceOptions:
        """Return options that protect a resource with data. *adopt*: id of an existing resource to import."""
        return pulumi.ResourceOptions(parent=parent, protect=self.protect, retain_on_delete=self.protect, import_=adopt)


def token(name: str) -> str:
    """Return the Pulumi type of the component *name*."""
    return f"darkroom:components:{name}"
