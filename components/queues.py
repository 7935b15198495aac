"""Declare queues: one that feeds a function, with its dead-letter queue; and a dead-letter queue alone.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.naming import StackContext, token
from components.permissions import Permission, policy, service, tls_only

DAY_S: Final = 24 * 3600
# The longest that SQS allows: what waits while a function is off is not lost.
WORK_RETENTION_S: Final = 14 * DAY_S
# A dead letter keeps its age from the queue before; it reaches this one within a day (five receives).
DEAD_RETENTION_S: Final = 14 * DAY_S
MAX_RECEIVES: Final = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadLettersArgs:
    """A queue without a reader. *sender*: the AWS service that sends by the queue's policy, not by a role, if any."""

    context: StackContext
    queue: str
    component: str
    sender: QueueSender | None = None


class DeadLetters(pulumi.ComponentResource):
    """A queue of messages that failed for good, for an operator."""

    def __init__(self, name: str, args: DeadLettersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token("DeadLetters"), name, None, opts)
        self.physical = args.queue
        self.queue = aws.sqs.Queue(
            f"{name}-queue",
            name=args.queue,
            message_retention_seconds=DEAD_RETENTION_S,
            sqs_managed_sse_enabled=True,
            tags=args.context.tags(args.component),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn, self.url = self.queue.arn, self.queue.url
        self.policy = aws.sqs.QueuePolicy(
            f"{name}-policy",
            queue_url=self.url,
            policy=policy(*queue_permissions(self.arn, args)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"url": self.url, "arn": self.arn})


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueSender:
    """The bucket (`s3`), the rule or the rules of a bus (`events`) that send messages to a queue."""

    service: str
    arn: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkQueueArgs:
    """*visibility_timeout_s*: derived from the function's timeout. *sender*: the one that may send, if any."""

    context: StackContext
    queue: str
    component: str
    visibility_timeout_s: int
    sender: QueueSender | None = None


class WorkQueue(pulumi.ComponentResource):
    """A queue that feeds one function; after five attempts a message becomes a dead letter."""

    def __init__(self, name: str, args: WorkQueueArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token("WorkQueue"), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.physical = args.queue
        self.dead = DeadLetters(
            f"{name}-dlq",
            DeadLettersArgs(context=args.context, queue=f"{args.queue}-dlq", component=args.component),
            opts=child,
        )
        self.queue = aws.sqs.Queue(
            f"{name}-queue",
            name=args.queue,
            visibility_timeout_seconds=args.visibility_timeout_s,
            message_retention_seconds=WORK_RETENTION_S,
            receive_wait_time_seconds=20,
            sqs_managed_sse_enabled=True,
            redrive_policy=pulumi.Output.json_dumps(
                {"deadLetterTargetArn": self.dead.arn, "maxReceiveCount": MAX_RECEIVES}
            ),
            tags=args.context.tags(args.component),
            opts=child,
        )
        self.arn, self.url = self.queue.arn, self.queue.url
        aws.sqs.RedriveAllowPolicy(
            f"{name}-redrive-allow",
            queue_url=self.dead.url,
            redrive_allow_policy=pulumi.Output.json_dumps(
                {"redrivePermission": "byQueue", "sourceQueueArns": [self.arn]}
            ),
            opts=child,
        )
        self.policy = aws.sqs.QueuePolicy(
            f"{name}-policy", queue_url=self.url, policy=policy(*queue_permissions(self.arn, args)), opts=child
        )
        self.register_outputs({"url": self.url, "arn": self.arn, "deadLettersUrl": self.dead.url})


def queue_permissions(arn: pulumi.Input[str], args: WorkQueueArgs | DeadLettersArgs) -> list[Permission]:
    """Require TLS; grant sending to the bucket or the rules of this account that may, if any."""
    permissions = [tls_only("sqs:*", arn)]
    if args.sender is not None:
        permissions.append(
            Permission(
                ("sqs:SendMessage",),
                (arn,),
                principal=service(args.sender.service),
                conditions={
                    "ArnEquals": {"aws:SourceArn": args.sender.arn},
                    "StringEquals": {"aws:SourceAccount": args.context.account_id},
                },
            )
        )
    return permissions
