"""Declare how uploads are noticed: by the bucket's own notification, or by a rule on the account's event bus.

A bucket has one notification configuration, and the resource replaces all of it. A rule on the bus touches nothing that
the bucket has; EventBridge must be switched on for the bucket, by hand, beside what it has (docs/migration.md).
"""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws

from components.config import StackConfig
from components.queues import QueueSender, WorkQueue
from components.storage import PrivateBucket


class UploadTrigger:
    """Sends an event for each created or removed object of *bucket* to a queue. *sender*: who the queue must let in."""

    def __init__(
        self, name: str, config: StackConfig, bucket: PrivateBucket, *, component: str, parent: pulumi.Resource
    ) -> None:
        self.name, self.bucket, self.parent = name, bucket, parent
        self.rule = (
            rule(f"{name}-rule", config, component, parent=parent)
            if config.settings.renditions.trigger == "eventbridge"
            else None
        )
        self.sender = (
            QueueSender(service="events", arn=self.rule.arn) if self.rule else QueueSender(service="s3", arn=bucket.arn)
        )

    def feed(self, queue: WorkQueue) -> None:
        """Send events to *queue*, once its policy allows it."""
        options = pulumi.ResourceOptions(parent=self.parent, depends_on=[queue.policy])
        if self.rule:
            aws.cloudwatch.EventTarget(f"{self.name}-target", rule=self.rule.name, arn=queue.arn, opts=options)
            return
        aws.s3.BucketNotification(
            f"{self.name}-notification",
            bucket=self.bucket.name,
            queues=[
                aws.s3.BucketNotificationQueueArgs(
                    id="uploads", queue_arn=queue.arn, events=["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]
                )
            ],
            # S3 sends a test event at once, and refuses a queue whose policy does not allow it.
            opts=options,
        )


def rule(name: str, config: StackConfig, component: str, *, parent: pulumi.Resource) -> aws.cloudwatch.EventRule:
    """Match changes of objects in the originals bucket.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
    """
    pattern = {
        "source": ["aws.s3"],
        "detail-type": ["Object Created", "Object Deleted"],
        "detail": {"bucket": {"name": [config.settings.renditions.originals_bucket]}},
    }
    return aws.cloudwatch.EventRule(
        name,
        name=config.context.physical("uploads"),
        event_pattern=json.dumps(pattern),
        tags=config.context.tags(component),
        opts=pulumi.ResourceOptions(parent=parent),
    )
