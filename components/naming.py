"""Where a stack stands, and what follows for everything in it: names, tags, protection."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, kw_only=True, slots=True)
class StackContext:
    """One stack in one account and region."""

    project: str
    stack: str
    region: str
    account_id: pulumi.Input[str]
    cost_centre: str
    protect: bool

    def physical(self, role: str) -> str:
        """Name something that has no name in the settings; the same name never occurs in another stack."""
        return f"{self.project}-{self.stack}-{role}"

    def tags(self, component: str) -> dict[str, str]:
        """Give the tags of what belongs to *component*."""
        return {
            "project": self.project,
            "stack": self.stack,
            "component": component,
            "cost-centre": self.cost_centre,
        }

    def keep(self, parent: pulumi.Resource, *, adopt: str | None = None) -> pulumi.ResourceOptions:
        """Give the options of something that holds data. *adopt*: the id of what exists and is to be imported."""
        return pulumi.ResourceOptions(parent=parent, protect=self.protect, retain_on_delete=self.protect, import_=adopt)


def token(name: str) -> str:
    """Give the type of the component *name* as Pulumi knows it."""
    return f"darkroom:components:{name}"
