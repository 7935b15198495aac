"""Parts of the recorded plans become CloudFormation templates, which cfn-lint checks (`make cfn`)."""

from __future__ import annotations

from typing import Any

from components.testing.plan import StackPlan
from tests.factories.plans import plan, plans
from tools.cloudformation import KINDS, logical_id, template

__all__ = ["plan", "plans"]


def test_every_resource_of_a_mapped_kind_is_in_the_template(plan: StackPlan) -> None:
    """A kind that the program no longer declares is no entry of the table; no two resources share an id."""
    resources: dict[str, Any] = template(plan)["Resources"]

    assert set(KINDS) == {one.type for one in plan.resources if one.type in KINDS}
    assert len(resources) == sum(one.type in KINDS for one in plan.resources) > 40


def test_names_tags_and_documents_are_those_of_cloudformation(plans: dict[str, StackPlan]) -> None:
    """A queue with its dead letters, and a policy as an object."""
    queue = next(one for one in plans["prod"].of_type("aws:sqs/queue:Queue") if "redrivePolicy" in one.inputs)
    policy = plans["prod"].of_type("aws:iam/rolePolicy:RolePolicy")[0]
    resources: dict[str, Any] = template(plans["prod"])["Resources"]
    made = resources[logical_id(queue)]["Properties"]

    assert (queue.inputs["name"], queue.inputs["visibilityTimeoutSeconds"]) == (
        made["QueueName"],
        made["VisibilityTimeout"],
    )
    assert {"Key": "stack", "Value": "prod"} in made["Tags"]
    assert {"deadLetterTargetArn", "maxReceiveCount"} == set(made["RedrivePolicy"])
    assert "Statement" in resources[logical_id(policy)]["Properties"]["PolicyDocument"]
