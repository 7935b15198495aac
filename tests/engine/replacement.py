"""Reaction of the AWS provider to a changed input: update in place, replace, publish a version.

From the schemas of terraform-provider-aws 6 (``ForceNew``, ``RequiresReplace``), which pulumi-aws 7 wraps:
https://github.com/hashicorp/terraform-provider-aws/tree/main/internal/service
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pulumi.runtime import rpc

FUNCTION: Final = "aws:lambda/function:Function"
ALL: Final = frozenset({"*"})
BUCKET: Final = frozenset({"bucket"})
NAME: Final = frozenset({"name"})
NOTHING: Final[frozenset[str]] = frozenset()

# How the engine marks an archive among properties.
ARCHIVE: Final = {rpc._special_sig_key: rpc._special_archive_sig}  # pyright: ignore[reportPrivateUsage]

# Another value of these inputs is another resource. Every regional resource has its `region` as well.
REPLACED_BY: Final[Mapping[str, frozenset[str]]] = {
    "aws:budgets/budget:Budget": NAME,
    "aws:cloudfront/cachePolicy:CachePolicy": NOTHING,
    "aws:cloudfront/distribution:Distribution": NOTHING,
    "aws:cloudfront/function:Function": NAME,
    "aws:cloudfront/keyGroup:KeyGroup": NOTHING,
    "aws:cloudfront/monitoringSubscription:MonitoringSubscription": frozenset({"distributionId"}),
    "aws:cloudfront/originAccessControl:OriginAccessControl": NOTHING,
    "aws:cloudfront/publicKey:PublicKey": frozenset({"encodedKey", "name"}),
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": NOTHING,
    "aws:cloudwatch/dashboard:Dashboard": frozenset({"dashboardName"}),
    "aws:cloudwatch/eventApiDestination:EventApiDestination": NAME,
    "aws:cloudwatch/eventBus:EventBus": frozenset({"name", "eventSourceName"}),
    "aws:cloudwatch/eventConnection:EventConnection": NAME,
    "aws:cloudwatch/eventRule:EventRule": frozenset({"name", "eventBusName"}),
    "aws:cloudwatch/eventTarget:EventTarget": frozenset({"rule", "targetId", "eventBusName"}),
    "aws:cloudwatch/logDelivery:LogDelivery": frozenset({"deliveryDestinationArn", "deliverySourceName"}),
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": frozenset({"name", "outputFormat"}),
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": frozenset({"name", "logType", "resourceArn"}),
    "aws:cloudwatch/logGroup:LogGroup": NAME,
    "aws:cloudwatch/metricAlarm:MetricAlarm": NAME,
    "aws:cloudwatch/queryDefinition:QueryDefinition": NOTHING,
    "aws:dynamodb/table:Table": frozenset({"name", "hashKey", "rangeKey"}),
    "aws:iam/role:Role": frozenset({"name", "path"}),
    "aws:iam/rolePolicy:RolePolicy": frozenset({"name", "role"}),
    "aws:kms/key:Key": frozenset({"customerMasterKeySpec", "keyUsage", "multiRegion"}),
    "aws:lambda/alias:Alias": frozenset({"name", "functionName"}),
    "aws:lambda/eventSourceMapping:EventSourceMapping": frozenset({"eventSourceArn"}),
    FUNCTION: frozenset({"name", "packageType"}),
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": frozenset({"functionName", "qualifier"}),
    "aws:lambda/functionUrl:FunctionUrl": frozenset({"functionName", "qualifier"}),
    "aws:lambda/layerVersion:LayerVersion": ALL,
    "aws:lambda/permission:Permission": ALL,
    "aws:pipes/pipe:Pipe": frozenset({"name", "source"}),
    "aws:route53/record:Record": frozenset({"name", "zoneId"}),
    "aws:s3/bucket:Bucket": BUCKET,
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": BUCKET,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": BUCKET,
    "aws:s3/bucketMetric:BucketMetric": frozenset({"bucket", "name"}),
    "aws:s3/bucketNotification:BucketNotification": BUCKET,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": BUCKET,
    "aws:s3/bucketPolicy:BucketPolicy": BUCKET,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": BUCKET,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": BUCKET,
    "aws:s3/bucketVersioning:BucketVersioning": BUCKET,
    "aws:scheduler/schedule:Schedule": frozenset({"name", "groupName"}),
    "aws:sns/topic:Topic": frozenset({"name", "fifoTopic"}),
    "aws:sns/topicPolicy:TopicPolicy": frozenset({"arn"}),
    "aws:sns/topicSubscription:TopicSubscription": frozenset({"topic", "protocol", "endpoint"}),
    "aws:sqs/queue:Queue": frozenset({"name", "fifoQueue"}),
    "aws:sqs/queuePolicy:QueuePolicy": frozenset({"queueUrl"}),
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": frozenset({"queueUrl"}),
    "aws:ssm/parameter:Parameter": NAME,
    "random:index/randomPassword:RandomPassword": ALL,
}
# Inputs of a function that stand beside its versions: another value publishes none.
UNVERSIONED: Final = frozenset({"tags", "reservedConcurrentExecutions", "publish"})


def changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> set[str]:
    """Name the inputs that differ; an archive by its content, wherever it is."""
    return {key for key in old.keys() | new.keys() if content(old.get(key)) != content(new.get(key))}


def content(value: Any) -> Any:
    """Give an archive's hash, and any other value as it is."""
    return value["hash"] if isinstance(value, dict) and ARCHIVE.items() <= value.items() else value


def replacing(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> set[str]:
    """Name the changed inputs that make another resource; raise LookupError for a type that is not listed."""
    if kind not in REPLACED_BY:
        raise LookupError(f"expected no {kind}: say in tests/engine/replacement.py which inputs replace it")
    listed = REPLACED_BY[kind]
    return {key for key in changed(old, new) if listed is ALL or key in listed or key == "region"}


def publishes(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Tell whether a change makes Lambda publish another version of a function."""
    return kind == FUNCTION and bool(new.get("publish")) and bool(changed(old, new) - UNVERSIONED)
