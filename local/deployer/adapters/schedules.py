"""Create EventBridge schedules, and budgets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from local.deployer.model import CreatedResource, ResourceInputs
from local.deployer.shapes import create_or, pairs, pascal
from local.deployer.target import Target

if TYPE_CHECKING:
    from mypy_boto3_budgets import BudgetsClient
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
