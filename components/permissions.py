"""Define permissions as values and write them as policy documents.

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
    """Allowed or denied *actions* on *resources*, under *conditions*.

    A role's own permissions name no *principal*; a resource's policy does.
    """

    actions: tuple[str, ...]
    resources: tuple[pulumi.Input[str], ...]
    principal: Principal | None = field(default=None, kw_only=True)
    conditions: Conditions = field(default_factory=dict[str, Mapping[str, pulumi.Input[str]]], kw_only=True)
    effect: Literal["Allow", "Deny"] = field(default="Allow", kw_only=True)

    def statement(self) -> dict[str, Any]:
        """Return the permission as a policy statement."""
        statement: dict[str, Any] = {
            "Effect": self.effect,
            "Principal": self.principal,
            "Action": list(self.actions),
            "Resource": list(self.resources),
            "Condition": self.conditions,
        }
        return {name: value for name, value in statement.items() if value}


def policy(*permissions: Permission) -> pulumi.Output[str]:
    """Write *permissions* as one policy document."""
    return pulumi.Output.json_dumps({"Version": POLICY_VERSION, "Statement": [one.statement() for one in permissions]})


def service(name: str) -> Principal:
    """Return the principal of an AWS service, e.g. ``lambda``."""
    return {"Service": f"{name}.amazonaws.com"}


def trust(name: str, *, account_id: pulumi.Input[str] | None = None) -> pulumi.Output[str]:
    """Allow the AWS service *name* to assume a role; *account_id*: for this account's resources only."""
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": service(name), "Action": "sts:AssumeRole"}
    if account_id is not None:
        statement["Condition"] = {"StringEquals": {"aws:SourceAccount": account_id}}
    return pulumi.Output.json_dumps({"Version": POLICY_VERSION, "Statement": [statement]})


def tls_only(action: str, *resources: pulumi.Input[str]) -> Permission:
    """Deny *action* to requests without TLS."""
    return Permission(
        (action,),
        resources,
        principal=EVERYONE,
        conditions={"Bool": {"aws:SecureTransport": "false"}},
        effect="Deny",
    )


def below(arn: pulumi.Input[str], prefix: str = "") -> pulumi.Output[str]:
    """Return the ARN of every object below *prefix* in the bucket *arn*."""
    return pulumi.Output.concat(arn, "/", prefix, "*")
