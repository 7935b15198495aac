"""List a deployed role's grants action by action, and remove one of them.

The end-to-end tests show with it that every grant is needed: without any single one, a flow breaks.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """One action of one statement of a role's inline policy. *statement*: its place in the policy, from 0."""

    role: str
    policy: str
    statement: int
    action: str
    resources: tuple[str, ...]

    def __str__(self) -> str:
        """Name it as a test's parameter."""
        return f"{self.role} {self.action} {self.resources[0].rpartition(':')[2]}"


def grants(iam: Any, role: str) -> Iterator[Grant]:
    """List everything that *role* is granted."""
    for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        for number, statement in enumerate(document(iam, role, policy)["Statement"]):
            for action in statement["Action"]:
                resources = tuple(statement["Resource"])
                yield Grant(role=role, policy=policy, statement=number, action=action, resources=resources)


@contextmanager
def without(iam: Any, grant: Grant) -> Generator[None]:
    """Take *grant* away for the length of a block. Running sessions of the role lose it at once."""
    whole = document(iam, grant.role, grant.policy)
    put(iam, grant, reduced(whole, grant))
    try:
        yield
    finally:
        put(iam, grant, whole)


def reduced(whole: Mapping[str, Any], grant: Grant) -> Json:
    """Return the policy without *grant*; a statement that grants nothing any more goes too."""
    less: Json = copy.deepcopy(dict(whole))
    actions: list[str] = less["Statement"][grant.statement]["Action"]
    actions.remove(grant.action)
    if not actions:
        del less["Statement"][grant.statement]
    return less


def put(iam: Any, grant: Grant, content: Mapping[str, Any]) -> None:
    """Write the policy; a policy without statements is not allowed, so an empty one is taken off."""
    if content["Statement"]:
        iam.put_role_policy(RoleName=grant.role, PolicyName=grant.policy, PolicyDocument=json.dumps(content))
    else:
        iam.delete_role_policy(RoleName=grant.role, PolicyName=grant.policy)


def document(iam: Any, role: str, policy: str) -> Json:
    """Read a role's inline policy."""
    return iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
