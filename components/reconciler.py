"""Declare the reconciler, which compares stores on a schedule, and sends or removes what differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.cdn_address import CdnAddress
from components.config import StackConfig
from components.function import FunctionArgs, LambdaFunction
from components.naming import token
from components.permissions import Permission, below, policy, trust
from components.queues import DeadLetters, DeadLettersArgs, WorkQueue
from processor.keys import RENDITIONS
from processor.settings.functions import ReconcileEnv, signed_pictures, to_env

HANDLER: Final = "processor.handlers.reconcile.handler"
MEMORY: Final = "reconciler/"  # state that a run stores for the next


@dataclass(frozen=True, kw_only=True, slots=True)
class ReconcilerArgs:
    """The watched stores, and the queue that photos are sent to again."""

    config: StackConfig
    component: str
    runtime_layer_arn: pulumi.Input[str]
    originals_arn: pulumi.Input[str]
    renditions_arn: pulumi.Input[str]
    photos_arn: pulumi.Input[str]
    items_arn: pulumi.Input[str]
    uploads: WorkQueue
    cdn: CdnAddress


class ReconcilerFunction(pulumi.ComponentResource):
    """The function and its schedule."""

    def __init__(self, name: str, args: ReconcilerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token("Reconciler"), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        context, settings = args.config.context, args.config.settings.renditions.reconciler
        self.function = LambdaFunction(f"{name}-reconcile", function(args), opts=child)
        self.missed = DeadLetters(f"{name}-missed", missed_runs(args), opts=child)
        role = aws.iam.Role(
            f"{name}-schedule-role",
            name=context.physical("reconciler-schedule"),
            assume_role_policy=trust("scheduler", account_id=context.account_id),
            tags=context.tags(args.component),
            opts=child,
        )
        grants = aws.iam.RolePolicy(
            f"{name}-schedule-grants",
            name="grants",
            role=role.name,
            policy=policy(
                Permission(("lambda:InvokeFunction",), (self.function.alias.arn,)),
                Permission(("sqs:SendMessage",), (self.missed.arn,)),
            ),
            opts=child,
        )
        aws.scheduler.Schedule(
            f"{name}-schedule",
            name=settings.function_name,
            schedule_expression=f"rate({settings.every_min} minutes)",
            flexible_time_window=aws.scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF"),
            target=aws.scheduler.ScheduleTargetArgs(
                arn=self.function.alias.arn,
                role_arn=role.arn,
                dead_letter_config=aws.scheduler.ScheduleTargetDeadLetterConfigArgs(arn=self.missed.arn),
                # The next run makes up for a run that could not start.
                retry_policy=aws.scheduler.ScheduleTargetRetryPolicyArgs(maximum_retry_attempts=0),
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[grants]),
        )
        self.register_outputs({"function": self.function.alias.arn})


def missed_runs(args: ReconcilerArgs) -> DeadLettersArgs:
    """Return the queue of runs that the scheduler could not start."""
    return DeadLettersArgs(
        context=args.config.context,
        queue=f"{args.config.settings.renditions.reconciler.function_name}-missed",
        component=args.component,
    )


def function(args: ReconcilerArgs) -> FunctionArgs:
    """Return the arguments of the function, its permissions among them."""
    settings, stack = args.config.settings.renditions, args.config.context.stack
    signed = signed_pictures(args.config.settings.cdn, "renditions")
    return FunctionArgs(
        config=args.config,
        settings=settings.reconciler,
        component=args.component,
        handler=HANDLER,
        layers=(args.runtime_layer_arn,),
        env=pulumi.Output.all(
            uploads_queue_url=args.uploads.url, cdn_host=args.cdn.host, distribution_id=args.cdn.distribution_id
        ).apply(lambda known: to_env(ReconcileEnv.of(settings, stack=stack, **known, **signed))),
        permissions=(
            Permission(("dynamodb:Scan", "dynamodb:BatchGetItem"), (args.photos_arn, args.items_arn)),
            # The claim of a stem whose orphans it removes.
            Permission(("dynamodb:PutItem", "dynamodb:DeleteItem"), (args.items_arn,)),
            Permission(("s3:ListBucket",), (args.originals_arn, args.renditions_arn)),
            Permission(("s3:GetObject",), (below(args.originals_arn),)),
            Permission(("s3:GetObject", "s3:PutObject"), (below(args.renditions_arn, MEMORY),)),
            Permission(("s3:GetObject", "s3:DeleteObject"), (below(args.renditions_arn, RENDITIONS),)),
            Permission(("cloudfront:CreateInvalidation",), (args.cdn.distribution_arn,)),
            Permission(("sqs:SendMessage", "sqs:GetQueueAttributes"), (args.uploads.arn,)),
        ),
        asynchronous=True,
    )
