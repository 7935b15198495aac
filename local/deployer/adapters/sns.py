"""Topics, and who is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.deployer.model import Given, Made
from local.deployer.shapes import pairs
from local.deployer.target import Target

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient


def sns(target: Target) -> SNSClient:
    """Give the client."""
    return target.client("sns")


def topic(target: Target, given: Given) -> Made:
    """Create a topic, or find it."""
    tags: Any = pairs(given.inputs.take("tags"))
    arn = sns(target).create_topic(Name=given.inputs.need("name"))["TopicArn"]
    key = given.inputs.take("kmsMasterKeyId")
    if key:
        sns(target).set_topic_attributes(TopicArn=arn, AttributeName="KmsMasterKeyId", AttributeValue=key)
    sns(target).tag_resource(ResourceArn=arn, Tags=tags)
    return Made(id=arn, outputs={"arn": arn})


def topic_policy(target: Target, given: Given) -> Made:
    """Attach a topic's policy."""
    arn = given.inputs.need("arn")
    sns(target).set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=given.inputs.need("policy"))
    return Made(id=arn)


def subscription(target: Target, given: Given) -> Made:
    """Tell somebody."""
    inputs = given.inputs
    made = sns(target).subscribe(
        TopicArn=inputs.need("topic"),
        Protocol=inputs.need("protocol"),
        Endpoint=inputs.need("endpoint"),
        ReturnSubscriptionArn=True,
    )
    return Made(id=made["SubscriptionArn"])
