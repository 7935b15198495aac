"""A role's grants one by one, and a role that lacks one of them for a while."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import unquote

from tests.e2e.stack import LocalStack

ROLE = "darkroom-local-rendition"
POLICY = "grants"


class Grant(NamedTuple):
    """One action on one resource."""

    action: str
    resource: str


def document(stack: LocalStack) -> dict[str, Any]:
    """Read the policy of the rendition role."""
    found: Any = stack.aws.client("iam").get_role_policy(RoleName=ROLE, PolicyName=POLICY)["PolicyDocument"]
    return json.loads(unquote(found)) if isinstance(found, str) else found


def grants(policy: dict[str, Any]) -> Iterator[Grant]:
    """List what *policy* allows."""
    for statement in policy["Statement"]:
        for action in statement["Action"]:
            for resource in statement["Resource"]:
                yield Grant(action, resource)


@contextmanager
def without(stack: LocalStack, *lost: Grant) -> Generator[None]:
    """Take grants from the role for the length of a block."""
    whole = document(stack)
    kept = [one for one in grants(whole) if one not in lost]
    statements = [{"Effect": "Allow", "Action": [one.action], "Resource": [one.resource]} for one in kept]
    put(stack, {**whole, "Statement": statements})
    try:
        yield
    finally:
        put(stack, whole)


def put(stack: LocalStack, policy: dict[str, Any]) -> None:
    """Write the policy of the rendition role."""
    stack.aws.client("iam").put_role_policy(RoleName=ROLE, PolicyName=POLICY, PolicyDocument=json.dumps(policy))
