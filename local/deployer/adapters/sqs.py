"""Queues: created bare, then given their attributes, so that the second deployment is like the first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from local.deployer.model import Given, Made
from local.deployer.target import Target

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

ATTRIBUTES: Final = {
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "redrivePolicy": "RedrivePolicy",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}


def sqs(target: Target) -> SQSClient:
    """Give the client."""
    return target.client("sqs")


def queue(target: Target, given: Given) -> Made:
    """Create a queue or find the one of an earlier deployment."""
    name = given.inputs.need("name")
    url = sqs(target).create_queue(QueueName=name)["QueueUrl"]
    wanted = {theirs: given.inputs.take(ours) for ours, theirs in ATTRIBUTES.items()}
    attributes: Any = {key: text(value) for key, value in wanted.items() if value is not None}
    sqs(target).set_queue_attributes(QueueUrl=url, Attributes=attributes)
    sqs(target).tag_queue(QueueUrl=url, Tags=given.inputs.take("tags", {}))
    return Made(id=url, outputs={"url": url, "arn": f"arn:aws:sqs:{target.region}:{target.account}:{name}"})


def text(value: Any) -> str:
    """Write an attribute, which SQS takes as text only."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def policy(target: Target, given: Given) -> Made:
    """Attach a queue's policy."""
    return attach(target, given, "policy", "Policy")


def redrive_allow_policy(target: Target, given: Given) -> Made:
    """Say whose dead letters a queue takes."""
    return attach(target, given, "redriveAllowPolicy", "RedriveAllowPolicy")


def attach(target: Target, given: Given, ours: str, theirs: Any) -> Made:
    """Set the one attribute that a resource of its own stands for."""
    url = given.inputs.need("queueUrl")
    sqs(target).set_queue_attributes(QueueUrl=url, Attributes={theirs: given.inputs.need(ours)})
    return Made(id=url)
