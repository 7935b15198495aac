"""Reconciler: on a schedule, finds photos that got stuck, repairs records from manifests, sends photos again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.function import FunctionArgs, LambdaFunction
from components.naming import Place, token
from components.packages import Packages
from components.permissions import Permission, below, policy, trust
from components.queues import DeadLetters, DeadLettersArgs, WorkQueue
from processor.settings import Deployment, RenditionSettings
from processor.settings_env import ReconcileEnv, to_env

HANDLER: Final = "processor.handlers.reconcile.handler"
MEMORY: Final = "reconciler/"  # what a run leaves to the next


@dataclass(frozen=True, kw_only=True, slots=True)
class ReconcilerArgs:
    """What it looks at, and the lane that it sends photos to."""

    place: Place
    renditions: RenditionSettings
    deployment: Deployment
    component: str
    log_retention_days: int
    packages: Packages
    runtime_layer_arn: pulumi.Input[str]
    originals_arn: pulumi.Input[str]
    renditions_arn: pulumi.Input[str]
    photos_arn: pulumi.Input[str]
    uploads: WorkQueue
    cdn_host: pulumi.Input[str]


class Reconciler(pulumi.ComponentResource):
    """The function, and the schedule that starts it."""

    def __init__(self, name: str, args: ReconcilerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token("Reconciler"), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.function = LambdaFunction(f"{name}-reconcile", function(args), opts=child)
        self.missed = DeadLetters(f"{name}-missed", missed_runs(args), opts=child)
        role = aws.iam.Role(
            f"{name}-schedule-role",
            name=args.place.physical("reconciler-schedule"),
            assume_role_policy=trust("scheduler", account_id=args.place.account_id),
            tags=args.place.tags(args.component),
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
            name=args.renditions.reconciler.function_name,
            schedule_expression=f"rate({args.renditions.reconciler.every_min} minutes)",
            flexible_time_window=aws.scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF"),
            target=aws.scheduler.ScheduleTargetArgs(
                arn=self.function.alias.arn,
                role_arn=role.arn,
                dead_letter_config=aws.scheduler.ScheduleTargetDeadLetterConfigArgs(arn=self.missed.arn),
                # A run that could not be started is made up for by the next one.
                retry_policy=aws.scheduler.ScheduleTargetRetryPolicyArgs(maximum_retry_attempts=0),
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[grants]),
        )
        self.register_outputs({"function": self.function.alias.arn})


def missed_runs(args: ReconcilerArgs) -> DeadLettersArgs:
    """Keep word of runs that the scheduler could not start."""
    return DeadLettersArgs(
        place=args.place, queue=f"{args.renditions.reconciler.function_name}-missed", component=args.component
    )


def function(args: ReconcilerArgs) -> FunctionArgs:
    """Say what the function is and may do."""
    return FunctionArgs(
        place=args.place,
        settings=args.renditions.reconciler,
        deployment=args.deployment,
        component=args.component,
        log_retention_days=args.log_retention_days,
        code=args.packages.function,
        handler=HANDLER,
        layers=(args.runtime_layer_arn,),
        env=pulumi.Output.all(args.uploads.url, args.cdn_host).apply(
            lambda known: to_env(
                ReconcileEnv.of(args.renditions, stack=args.place.stack, uploads_queue_url=known[0], cdn_host=known[1])
            )
        ),
        permissions=(
            Permission(("dynamodb:Scan", "dynamodb:GetItem", "dynamodb:UpdateItem"), (args.photos_arn,)),
            Permission(("s3:ListBucket",), (args.originals_arn, args.renditions_arn)),
            Permission(("s3:GetObject",), (below(args.originals_arn), below(args.renditions_arn, "manifests/"))),
            Permission(("s3:GetObject", "s3:PutObject"), (below(args.renditions_arn, MEMORY),)),
            Permission(("sqs:SendMessage", "sqs:GetQueueAttributes"), (args.uploads.arn,)),
        ),
        asynchronous=True,
    )
