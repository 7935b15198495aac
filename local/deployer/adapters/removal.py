"""Remove resources that act or grant and hold no data. Other types stay when they are no longer declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from local.deployer.target import Target

Removal = Callable[[Target, str], object]
DEFAULT_BUS: Final = "default"


def role_policy(target: Target, identity: str) -> None:
    """Take a policy from its role; *identity*: ``role:policy``."""
    role, _, name = identity.partition(":")
    target.client("iam").delete_role_policy(RoleName=role, PolicyName=name)


def permission(target: Target, identity: str) -> None:
    """Take a statement from a function's policy; *identity*: ``function:qualifier:statement``."""
    function, qualifier, statement = identity.split(":")
    where = {"FunctionName": function, **({"Qualifier": qualifier} if qualifier else {})}
    target.client("lambda").remove_permission(StatementId=statement, **where)


def schedule(target: Target, identity: str) -> None:
    """Delete a schedule; *identity*: ``group/name``."""
    group, _, name = identity.partition("/")
    target.client("scheduler").delete_schedule(GroupName=group, Name=name)


def rule(target: Target, identity: str) -> None:
    """Delete a rule, which has no target any more; *identity*: ``name`` or ``bus/name``."""
    *bus, name = identity.split("/")
    target.client("events").delete_rule(Name=name, EventBusName=bus[0] if bus else DEFAULT_BUS)


def rule_target(target: Target, identity: str) -> None:
    """Remove a target from its rule; *identity*: ``rule/id`` or ``bus/rule/id``."""
    *bus, owner, name = identity.split("/")
    target.client("events").remove_targets(Rule=owner, Ids=[name], EventBusName=bus[0] if bus else DEFAULT_BUS)


def budget(target: Target, identity: str) -> None:
    """Delete a budget; *identity*: ``account:name``."""
    account, _, name = identity.partition(":")
    target.client("budgets").delete_budget(AccountId=account, BudgetName=name)


def layer(target: Target, identity: str) -> None:
    """Delete a version of a layer; functions that were published with it keep it."""
    name, version = identity.split(":")[-2:]
    target.client("lambda").delete_layer_version(LayerName=name, VersionNumber=int(version))


def function(target: Target, identity: str) -> None:
    """Delete a function with all its versions."""
    target.client("lambda").delete_function(FunctionName=identity)


def alias(target: Target, identity: str) -> None:
    """Delete an alias; *identity*: its ARN."""
    function, name = identity.split(":")[-2:]
    target.client("lambda").delete_alias(FunctionName=function, Name=name)


def qualified(call: str) -> Removal:
    """Return the removal of a setting of an alias; its identity is ``function:qualifier``."""

    def removal(target: Target, identity: str) -> None:
        function, qualifier = identity.split(":")
        getattr(target.client("lambda"), call)(FunctionName=function, Qualifier=qualifier)

    return removal


def notification(target: Target, identity: str) -> None:
    """Remove the event notifications of a bucket."""
    target.client("s3").put_bucket_notification_configuration(Bucket=identity, NotificationConfiguration={})


def queue_attribute(name: str) -> Removal:
    """Return the removal of a policy that is an attribute of its queue."""
    return lambda target, identity: target.client("sqs").set_queue_attributes(QueueUrl=identity, Attributes={name: ""})


REMOVALS: Final[Mapping[str, Removal]] = {
    "aws:budgets/budget:Budget": budget,
    "aws:cloudwatch/dashboard:Dashboard": lambda target, identity: target.client("cloudwatch").delete_dashboards(
        DashboardNames=[identity]
    ),
    "aws:cloudwatch/eventApiDestination:EventApiDestination": lambda target, identity: target.client(
        "events"
    ).delete_api_destination(Name=identity),
    "aws:cloudwatch/eventBus:EventBus": lambda target, identity: target.client("events").delete_event_bus(
        Name=identity
    ),
    "aws:cloudwatch/eventConnection:EventConnection": lambda target, identity: target.client(
        "events"
    ).delete_connection(Name=identity),
    "aws:cloudwatch/eventRule:EventRule": rule,
    "aws:cloudwatch/eventTarget:EventTarget": rule_target,
    "aws:cloudwatch/metricAlarm:MetricAlarm": lambda target, identity: target.client("cloudwatch").delete_alarms(
        AlarmNames=[identity]
    ),
    "aws:iam/role:Role": lambda target, identity: target.client("iam").delete_role(RoleName=identity),
    "aws:iam/rolePolicy:RolePolicy": role_policy,
    "aws:lambda/alias:Alias": alias,
    "aws:lambda/eventSourceMapping:EventSourceMapping": lambda target, identity: target.client(
        "lambda"
    ).delete_event_source_mapping(UUID=identity),
    "aws:lambda/function:Function": function,
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": qualified("delete_function_event_invoke_config"),
    "aws:lambda/functionUrl:FunctionUrl": qualified("delete_function_url_config"),
    "aws:lambda/layerVersion:LayerVersion": layer,
    "aws:lambda/permission:Permission": permission,
    "aws:pipes/pipe:Pipe": lambda target, identity: target.client("pipes").delete_pipe(Name=identity),
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": lambda target, identity: target.client(
        "s3"
    ).delete_bucket_cors(Bucket=identity),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": lambda target, identity: target.client(
        "s3"
    ).delete_bucket_lifecycle(Bucket=identity),
    "aws:s3/bucketNotification:BucketNotification": notification,
    "aws:s3/bucketPolicy:BucketPolicy": lambda target, identity: target.client("s3").delete_bucket_policy(
        Bucket=identity
    ),
    "aws:scheduler/schedule:Schedule": schedule,
    "aws:sns/topicSubscription:TopicSubscription": lambda target, identity: target.client("sns").unsubscribe(
        SubscriptionArn=identity
    ),
    "aws:sqs/queuePolicy:QueuePolicy": queue_attribute("Policy"),
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": queue_attribute("RedriveAllowPolicy"),
    "random:index/randomPassword:RandomPassword": lambda _target, _identity: None,
}
