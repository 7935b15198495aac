"""Queues: created bare, then given every attribute, so that a later deployment is like the first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from local.deployer.model import Given, Made
from local.deployer.target import Target

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# AWS's name of each property, and its default, which resets what is no longer declared:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
ATTRIBUTES: Final = {
    "messageRetentionSeconds": ("MessageRetentionPeriod", 345_600),
    "receiveWaitTimeSeconds": ("ReceiveMessageWaitTimeSeconds", 0),
    "redrivePolicy": ("RedrivePolicy", ""),
    "sqsManagedSseEnabled": ("SqsManagedSseEnabled", True),
    "visibilityTimeoutSeconds": ("VisibilityTimeout", 30),
}


def sqs(target: Target) -> SQSClient:
    """Give the client."""
    return target.client("sqs")


def queue(target: Target, given: Given) -> Made:
    """Create a queue or find the one of an earlier deployment."""
    name = given.inputs.need("name")
    url = sqs(target).create_queue(QueueName=name)["QueueUrl"]
    attributes: Any = {theirs: text(given.inputs.take(ours, default)) for ours, (theirs, default) in ATTRIBUTES.items()}
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
