"""Create EventBridge schedules, rules with their targets, and budgets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from local.deployer.model import CreatedResource, ResourceInputs
from local.deployer.shapes import create_or, pairs, pascal
from local.deployer.target import Target

if TYPE_CHECKING:
    from mypy_boto3_budgets import BudgetsClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_scheduler import EventBridgeSchedulerClient


def schedule(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create or update a schedule."""
    scheduler: EventBridgeSchedulerClient = target.client("scheduler")
    wanted: dict[str, Any] = pascal(resource.inputs.rest())
    made = create_or(
        ("ConflictException",),
        lambda: scheduler.create_schedule(**wanted),
        lambda: scheduler.update_schedule(**wanted),
    )
    return CreatedResource(id=f"default/{wanted['Name']}", outputs={"arn": made["ScheduleArn"]})


def rule(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create or update a rule of the default event bus."""
    events: EventBridgeClient = target.client("events")
    inputs = resource.inputs
    labels: Any = pairs(inputs.take("tags"))
    name = inputs.need("name")
    made = events.put_rule(Name=name, EventPattern=inputs.need("eventPattern"), State="ENABLED")
    events.tag_resource(ResourceARN=made["RuleArn"], Tags=labels)
    return CreatedResource(id=name, outputs={"arn": made["RuleArn"]})


def rule_target(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Send what a rule matches to a queue."""
    events: EventBridgeClient = target.client("events")
    owner = resource.inputs.need("rule")
    events.put_targets(Rule=owner, Targets=[{"Id": resource.name, "Arn": resource.inputs.need("arn")}])
    return CreatedResource(id=f"{owner}/{resource.name}")


def budget(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create or update a budget."""
    budgets: BudgetsClient = target.client("budgets")
    inputs = resource.inputs
    tags: Any = pairs(inputs.take("tags"), key="Key")
    notifications: Any = [notification(one) for one in inputs.take("notifications", [])]
    wanted: Any = {
        "BudgetName": inputs.need("name"),
        "BudgetLimit": {"Amount": inputs.need("limitAmount"), "Unit": inputs.need("limitUnit")},
        "CostFilters": {one["name"]: one["values"] for one in inputs.take("costFilters", [])},
        **pascal(inputs.rest()),
    }
    account = target.account
    create_or(
        ("DuplicateRecordException",),
        lambda: budgets.create_budget(
            AccountId=account, Budget=wanted, NotificationsWithSubscribers=notifications, ResourceTags=tags
        ),
        lambda: budgets.update_budget(AccountId=account, NewBudget=wanted),
    )
    return CreatedResource(id=f"{account}:{wanted['BudgetName']}")


def notification(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Write a notification of a budget with its subscribers."""
    left = {**declared}
    topics = left.pop("subscriberSnsTopicArns", [])
    return {
        "Notification": pascal(left),
        "Subscribers": [{"SubscriptionType": "SNS", "Address": topic} for topic in topics],
    }
