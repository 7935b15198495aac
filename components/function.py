"""Declare one Lambda function with its role, log group, published versions and the alias `live`.

Every caller invokes the alias, so that pinning the alias (``rollback`` in the settings) rolls back all callers at once.
The role has exactly *permissions*, and the grants that every function needs: logs, traces, queues.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.build import PYTHON
from components.config import StackConfig
from components.naming import token
from components.permissions import Permission, policy, trust
from components.queues import DeadLetters, DeadLettersArgs
from processor.settings.services import FunctionSettings

RUNTIME: Final = f"python{PYTHON}"
ALIAS: Final = "live"
DEFAULT_TMP_MIB: Final = 512
INSIGHTS_LOG_GROUP: Final = "/aws/lambda-insights"
# Two arenas for malloc: with one per thread, memory that libvips freed stays with the process.
ALLOCATOR: Final = {"MALLOC_ARENA_MAX": "2"}
# Starts the handler with OpenTelemetry's SDK and exporter: the same path in AWS' layer and in OpenTelemetry's own.
# https://aws-otel.github.io/docs/getting-started/lambda/lambda-python
TRACES_ENV: Final = {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/otel-instrument"}


@dataclass(frozen=True, kw_only=True, slots=True)
class EventSource:
    """A queue whose messages invoke the function. *lane*: its role in names. *window_s*: to collect a batch."""

    lane: str
    arn: pulumi.Input[str]
    batch_size: int
    max_concurrency: int
    window_s: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Pin:
    """*version*: that of the alias, None for the newest. *canary_percent*: share of the newest beside a pinned one."""

    version: int | None = None
    canary_percent: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionArgs:
    """One function.

    *asynchronous*: callers invoke it asynchronously, so its failures go to a queue. *spans*: it exports its spans, if
    the settings name a layer for that.
    """

    config: StackConfig
    settings: FunctionSettings
    component: str
    handler: str
    layers: Sequence[pulumi.Input[str]]
    env: pulumi.Input[Mapping[str, str]]
    permissions: Sequence[Permission]
    sources: Sequence[EventSource] = ()
    pin: Pin = Pin()
    tmp_mib: int = DEFAULT_TMP_MIB
    asynchronous: bool = False
    spans: bool = True

    @property
    def traces_layer_arn(self) -> str | None:
        """Layer that exports the function's spans, if it has one."""
        return self.config.settings.deployment.traces_layer_arn if self.spans else None


class LambdaFunction(pulumi.ComponentResource):
    """The function. *alias*: for callers; *failures*: queue of failed asynchronous invocations, None without them."""

    def __init__(self, name: str, args: FunctionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token("Function"), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        deployment = args.config.settings.deployment
        tags = args.config.context.tags(args.component)
        self.settings, self.physical = args.settings, args.settings.function_name
        self.failures = failure_queue(name, args, child) if args.asynchronous else None
        self.log_group = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=log_group_name(self.physical),
            retention_in_days=args.config.settings.monitoring.log_retention_days,
            tags=tags,
            opts=self.log_options(args),
        )
        self.role = aws.iam.Role(
            f"{name}-role", name=self.physical, assume_role_policy=trust("lambda"), tags=tags, opts=child
        )
        grants = aws.iam.RolePolicy(
            f"{name}-grants",
            name="grants",
            role=self.role.name,
            policy=policy(*args.permissions, *self.running(args)),
            opts=child,
        )
        self.function = aws.lambda_.Function(
            f"{name}-function",
            name=self.physical,
            role=self.role.arn,
            runtime=RUNTIME,
            architectures=[deployment.architecture],
            handler=args.handler,
            code=pulumi.FileArchive(str(args.config.packages.function)),
            # The last layer wins where files share a name: OpenTelemetry's API must fit its SDK.
            layers=[*args.layers, *filter(None, [deployment.insights_layer_arn, args.traces_layer_arn])],
            environment=aws.lambda_.FunctionEnvironmentArgs(variables=environment(args)),
            memory_size=args.settings.memory_mib,
            timeout=args.settings.timeout_s,
            ephemeral_storage=aws.lambda_.FunctionEphemeralStorageArgs(size=args.tmp_mib),
            reserved_concurrent_executions=args.settings.reserved_concurrency,
            logging_config=aws.lambda_.FunctionLoggingConfigArgs(log_format="JSON", log_group=self.log_group.name),
            tracing_config=aws.lambda_.FunctionTracingConfigArgs(mode="Active"),
            publish=True,
            tags=tags,
            # A first event before the role has its grants would fail.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[grants]),
        )
        self.alias = live_alias(name, self.function, args.pin, child)
        for source in args.sources:
            feed(name, self.alias, source, tags=tags, child=child)
        if self.failures:
            keep_failures(name, self.alias, self.failures, child=child)
        self.register_outputs({"alias": self.alias.arn, "version": self.alias.function_version})

    def log_options(self, args: FunctionArgs) -> pulumi.ResourceOptions:
        """Return the options of the log group; one that a former function has left is imported, and protected."""
        if self.physical in args.config.settings.adopt.log_groups:
            return args.config.context.data_options(self, adopt=log_group_name(self.physical))
        return pulumi.ResourceOptions(parent=self)

    def running(self, args: FunctionArgs) -> list[Permission]:
        """Return the grants that running takes, besides those of the code."""
        permissions = [
            Permission(
                ("logs:CreateLogStream", "logs:PutLogEvents"), (pulumi.Output.concat(self.log_group.arn, ":*"),)
            ),
            # X-Ray has no resources to narrow these down to.
            # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
            Permission(("xray:PutTraceSegments", "xray:PutTelemetryRecords"), ("*",)),
        ]
        if args.config.settings.deployment.insights_layer_arn:
            permissions.append(insights(self.log_group))
        if args.sources:
            queues = tuple(source.arn for source in args.sources)
            permissions.append(
                Permission(("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"), queues)
            )
        if self.failures:
            permissions.append(Permission(("sqs:SendMessage",), (self.failures.arn,)))
        return permissions


def log_group_name(function: str) -> str:
    """Return the name that Lambda gives the log group of a *function*."""
    return f"/aws/lambda/{function}"


def environment(args: FunctionArgs) -> pulumi.Output[dict[str, str]]:
    """Add the variables that are no settings to a function's slice of the settings."""
    added = {**ALLOCATOR, **(TRACES_ENV if args.traces_layer_arn else {})}
    return pulumi.Output.from_input(args.env).apply(lambda known: {**known, **added})


def failure_queue(name: str, args: FunctionArgs, child: pulumi.ResourceOptions) -> DeadLetters:
    """Declare the queue of failed asynchronous invocations."""
    queue = f"{args.settings.function_name}-failures"
    return DeadLetters(
        f"{name}-failures",
        DeadLettersArgs(context=args.config.context, queue=queue, component=args.component),
        opts=child,
    )


def live_alias(name: str, function: aws.lambda_.Function, pin: Pin, child: pulumi.ResourceOptions) -> aws.lambda_.Alias:
    """Point `live` at the newest version, or at the pinned one with a share for the newest."""
    pinned = str(pin.version) if pin.version else None
    share = pin.canary_percent / 100
    routes = aws.lambda_.AliasRoutingConfigArgs(
        # A version must not be named twice: once the newest is the pinned one, there is nothing to share.
        additional_version_weights=function.version.apply(lambda newest: {} if newest == pinned else {newest: share})
    )
    return aws.lambda_.Alias(
        f"{name}-live",
        name=ALIAS,
        function_name=function.name,
        function_version=pinned or function.version,
        routing_config=routes if pinned and share else None,
        opts=child,
    )


def feed(
    name: str, alias: aws.lambda_.Alias, source: EventSource, *, tags: Mapping[str, str], child: pulumi.ResourceOptions
) -> None:
    """Map *source* to the alias; only the failed messages of a batch are delivered again."""
    aws.lambda_.EventSourceMapping(
        f"{name}-{source.lane}",
        function_name=alias.arn,
        event_source_arn=source.arn,
        batch_size=source.batch_size,
        maximum_batching_window_in_seconds=source.window_s,
        function_response_types=["ReportBatchItemFailures"],
        scaling_config=aws.lambda_.EventSourceMappingScalingConfigArgs(maximum_concurrency=source.max_concurrency),
        tags=tags,
        opts=child,
    )


def keep_failures(name: str, alias: aws.lambda_.Alias, failures: DeadLetters, *, child: pulumi.ResourceOptions) -> None:
    """Send an asynchronous event that failed three times to *failures*."""
    aws.lambda_.FunctionEventInvokeConfig(
        f"{name}-asynchronous",
        function_name=alias.function_name,
        qualifier=alias.name,
        maximum_retry_attempts=2,
        destination_config=aws.lambda_.FunctionEventInvokeConfigDestinationConfigArgs(
            on_failure=aws.lambda_.FunctionEventInvokeConfigDestinationConfigOnFailureArgs(destination=failures.arn)
        ),
        opts=child,
    )


def insights(log_group: aws.cloudwatch.LogGroup) -> Permission:
    """Grant the Insights extension its log group, which all functions of an account share."""
    shared = pulumi.Output.all(log_group.arn, log_group.name).apply(
        lambda known: f"{known[0].removesuffix(known[1])}{INSIGHTS_LOG_GROUP}"
    )
    return Permission(
        ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"),
        (shared, pulumi.Output.concat(shared, ":*")),
    )
