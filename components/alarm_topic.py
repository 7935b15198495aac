"""Declare the topic of alarms, encrypted with a key of its own: CloudWatch may not use AWS's key for SNS.

https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.naming import StackContext, token
from components.permissions import Permission, policy, service, tls_only

SENDERS: Final = ("cloudwatch", "budgets")


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmTopicArgs:
    """*region*: that of the alarms, which publish to topics of their own region only."""

    context: StackContext
    component: str
    region: str
    emails: tuple[str, ...]


class AlarmTopic(pulumi.ComponentResource):
    """The topic, its key and its subscribers."""

    def __init__(self, name: str, args: AlarmTopicArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token("AlarmTopic"), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        tags = args.context.tags(args.component)
        key = aws.kms.Key(
            f"{name}-key",
            description=f"Alarms of {args.context.project} {args.context.stack}",
            enable_key_rotation=True,
            policy=policy(*key_permissions(args.context)),
            region=args.region,
            tags=tags,
            opts=child,
        )
        topic = aws.sns.Topic(
            f"{name}-topic",
            name=args.context.physical("alarms"),
            kms_master_key_id=key.arn,
            region=args.region,
            tags=tags,
            opts=child,
        )
        self.arn = topic.arn
        aws.sns.TopicPolicy(
            f"{name}-policy",
            arn=self.arn,
            policy=policy(
                tls_only("sns:Publish", self.arn), *(publish(one, self.arn, args.context) for one in SENDERS)
            ),
            region=args.region,
            opts=child,
        )
        for number, email in enumerate(args.emails):
            aws.sns.TopicSubscription(
                f"{name}-email-{number}",
                topic=self.arn,
                protocol="email",
                endpoint=email,
                region=args.region,
                opts=child,
            )
        self.register_outputs({"arn": self.arn})


def key_permissions(context: StackContext) -> list[Permission]:
    """Grant the account management of the key, and the senders its use. In a key's policy, "*" is this key."""
    account = Permission(("kms:*",), ("*",), principal={"AWS": context.account_id})
    senders = [
        Permission(
            ("kms:Decrypt", "kms:GenerateDataKey*"),
            ("*",),
            principal=service(sender),
            conditions={"StringEquals": {"aws:SourceAccount": context.account_id}},
        )
        for sender in SENDERS
    ]
    return [account, *senders]


def publish(sender: str, topic_arn: pulumi.Input[str], context: StackContext) -> Permission:
    """Grant the AWS service *sender* to publish for this account."""
    return Permission(
        ("sns:Publish",),
        (topic_arn,),
        principal=service(sender),
        conditions={"StringEquals": {"aws:SourceAccount": context.account_id}},
    )
