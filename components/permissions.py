"""Permissions as values, and the one place that writes policies.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import pulumi

POLICY_VERSION: Final = "2012-10-17"
EVERYONE: Final = "*"

Principal = Mapping[str, pulumi.Input[str]] | Literal["*"]
Conditions = Mapping[str, Mapping[str, pulumi.Input[str]]]


@dataclass(frozen=True, slots=True)
class Permission:
    """Who may (or must not) do what with which resources, and when.

    A role's own permissions name no *principal*; a resource's policy does.
    """

    actions: tuple[str, ...]
    resources: tuple[pulumi.Input[str], ...]
    principal: Principal | None = field(default=None, kw_only=True)
    conditions: Conditions = field(default_factory=dict[str, Mapping[str, pulumi.Input[str]]], kw_only=True)
    effect: Literal["Allow", "Deny"] = field(default="Allow", kw_only=True)

    def statement(self) -> dict[str, Any]:
        """Write it as a policy's statement."""
        said: dict[str, Any] = {
            "Effect": self.effect,
            "Principal": self.principal,
            "Action": list(self.actions),
            "Resource": list(self.resources),
            "Condition": self.conditions,
        }
        return {name: value for name, value in said.items() if value}


def policy(*permissions: Permission) -> pulumi.Output[str]:
    """Write *permissions* as one policy document."""
    return pulumi.Output.json_dumps({"Version": POLICY_VERSION, "Statement": [one.statement() for one in permissions]})


def service(name: str) -> Principal:
    """Name an AWS service as principal, e.g. ``lambda``."""
    return {"Service": f"{name}.amazonaws.com"}


def trust(name: str, *, account_id: pulumi.Input[str] | None = None) -> pulumi.Output[str]:
    """Let the AWS service *name* take on a role; *account_id*: on behalf of this account's resources only."""
    said: dict[str, Any] = {"Effect": "Allow", "Principal": service(name), "Action": "sts:AssumeRole"}
    if account_id is not None:
        said["Condition"] = {"StringEquals": {"aws:SourceAccount": account_id}}
    return pulumi.Output.json_dumps({"Version": POLICY_VERSION, "Statement": [said]})


def tls_only(action: str, *resources: pulumi.Input[str]) -> Permission:
    """Deny *action* to everyone who does not come over TLS."""
    return Permission(
        (action,),
        resources,
        principal=EVERYONE,
        conditions={"Bool": {"aws:SecureTransport": "false"}},
        effect="Deny",
    )


def below(arn: pulumi.Input[str], prefix: str = "") -> pulumi.Output[str]:
    """Give the ARN of every object below *prefix* in the bucket *arn*."""
    return pulumi.Output.concat(arn, "/", prefix, "*")
