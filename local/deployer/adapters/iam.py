"""Roles and what they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.deployer.model import Given, Made
from local.deployer.shapes import pairs, unless
from local.deployer.target import Target

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient


def iam(target: Target) -> IAMClient:
    """Give the client."""
    return target.client("iam")


def role(target: Target, given: Given) -> Made:
    """Create a role, or bring the one that is there to what is declared."""
    name, trust = given.inputs.need("name"), given.inputs.need("assumeRolePolicy")
    unless("EntityAlreadyExists", lambda: iam(target).create_role(RoleName=name, AssumeRolePolicyDocument=trust))
    iam(target).update_assume_role_policy(RoleName=name, PolicyDocument=trust)
    iam(target).tag_role(RoleName=name, Tags=pairs(given.inputs.take("tags")))  # pyright: ignore[reportArgumentType]
    return Made(id=name, outputs={"arn": f"arn:aws:iam::{target.account}:role/{name}"})


def role_policy(target: Target, given: Given) -> Made:
    """Attach a policy to a role."""
    name, owner = given.inputs.need("name"), given.inputs.need("role")
    iam(target).put_role_policy(RoleName=owner, PolicyName=name, PolicyDocument=given.inputs.need("policy"))
    return Made(id=f"{owner}:{name}")
