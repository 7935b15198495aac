"""Check what a role grants to an AWS service that acts in the background: ministack checks calls of clients only."""

from __future__ import annotations

import importlib
from typing import Any


def role_allows(role_arn: str, action: str, resource_arn: str) -> bool:
    """Return whether the role's policies allow *action* on the resource."""
    evaluator: Any = importlib.import_module("ministack.core.iam_evaluator")
    _, _, _, _, account, resource = role_arn.split(":", 5)
    policies = evaluator._gather_role_policies(resource.rpartition("/")[2], account)  # noqa: SLF001 - no public way
    asked = evaluator.EvalContext(
        principal_arn=role_arn,
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource_arn,
        region=resource_arn.split(":")[3],
    )
    return evaluator.evaluate(asked, policies).decision == "Allow"
