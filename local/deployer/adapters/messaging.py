"""Create SNS topics and SQS queues. A queue gets every attribute again at every deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from local.deployer.model import CreatedResource, ResourceInputs
from local.deployer.shapes import pairs
from local.deployer.target import Target

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient


def sns(target: Target) -> SNSClient:
    """Return the client."""
    return target.client("sns")


def topic(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create a topic, or find it."""
    tags: Any = pairs(resource.inputs.take("tags"))
    arn = sns(target).create_topic(Name=resource.inputs.need("name"))["TopicArn"]
    key = resource.inputs.take("kmsMasterKeyId")
    if key:
        sns(target).set_topic_attributes(TopicArn=arn, AttributeName="KmsMasterKeyId", AttributeValue=key)
    sns(target).tag_resource(ResourceArn=arn, Tags=tags)
    return CreatedResource(id=arn, outputs={"arn": arn})


def topic_policy(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Attach a topic's policy."""
    arn = resource.inputs.need("arn")
    sns(target).set_topic_attributes(
        TopicArn=arn, AttributeName="Policy", AttributeValue=resource.inputs.need("policy")
    )
    return CreatedResource(id=arn)


def subscription(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Subscribe an endpoint to a topic."""
    inputs = resource.inputs
    made = sns(target).subscribe(
        TopicArn=inputs.need("topic"),
        Protocol=inputs.need("protocol"),
        Endpoint=inputs.need("endpoint"),
        ReturnSubscriptionArn=True,
    )
    return CreatedResource(id=made["SubscriptionArn"])


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
    """Return the client."""
    return target.client("sqs")


def queue(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create a queue or find the one of an earlier deployment."""
    name = resource.inputs.need("name")
    url = sqs(target).create_queue(QueueName=name)["QueueUrl"]
    attributes: Any = {
        theirs: attribute_text(resource.inputs.take(ours, default)) for ours, (theirs, default) in ATTRIBUTES.items()
    }
    sqs(target).set_queue_attributes(QueueUrl=url, Attributes=attributes)
    sqs(target).tag_queue(QueueUrl=url, Tags=resource.inputs.take("tags", {}))
    return CreatedResource(id=url, outputs={"url": url, "arn": f"arn:aws:sqs:{target.region}:{target.account}:{name}"})


def attribute_text(value: Any) -> str:
    """Write an attribute as text, the only type that SQS takes."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def queue_policy(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Attach a queue's policy."""
    return set_attribute(target, resource, "policy", "Policy")


def redrive_allow_policy(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Set the redrive allow policy of a dead-letter queue."""
    return set_attribute(target, resource, "redriveAllowPolicy", "RedriveAllowPolicy")


def set_attribute(target: Target, resource: ResourceInputs, ours: str, theirs: Any) -> CreatedResource:
    """Set one attribute of a queue, for a resource type that is one attribute."""
    url = resource.inputs.need("queueUrl")
    sqs(target).set_queue_attributes(QueueUrl=url, Attributes={theirs: resource.inputs.need(ours)})
    return CreatedResource(id=url)
