"""List the adapter of every type of resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from local.deployer.adapters import (
    cloudfront,
    dynamodb,
    events,
    lambda_,
    messaging,
    monitoring,
    s3,
    schedules,
    security,
)
from local.deployer.model import Adapter

ADAPTERS: Final[Mapping[str, Adapter]] = {
    "aws:budgets/budget:Budget": schedules.budget,
    "aws:cloudfront/cachePolicy:CachePolicy": cloudfront.cache_policy,
    "aws:cloudfront/distribution:Distribution": cloudfront.distribution,
    "aws:cloudfront/function:Function": cloudfront.function,
    "aws:cloudfront/keyGroup:KeyGroup": cloudfront.key_group,
    "aws:cloudfront/monitoringSubscription:MonitoringSubscription": cloudfront.monitoring_subscription,
    "aws:cloudfront/originAccessControl:OriginAccessControl": cloudfront.origin_access_control,
    "aws:cloudfront/publicKey:PublicKey": cloudfront.public_key,
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": cloudfront.response_headers_policy,
    "aws:cloudwatch/dashboard:Dashboard": monitoring.dashboard,
    "aws:cloudwatch/eventApiDestination:EventApiDestination": events.destination,
    "aws:cloudwatch/eventBus:EventBus": events.bus,
    "aws:cloudwatch/eventConnection:EventConnection": events.connection,
    "aws:cloudwatch/eventRule:EventRule": events.rule,
    "aws:cloudwatch/eventTarget:EventTarget": events.rule_target,
    "aws:cloudwatch/logDelivery:LogDelivery": monitoring.delivery,
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": monitoring.delivery_destination,
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": monitoring.delivery_source,
    "aws:cloudwatch/logGroup:LogGroup": monitoring.log_group,
    "aws:cloudwatch/metricAlarm:MetricAlarm": monitoring.metric_alarm,
    "aws:dynamodb/table:Table": dynamodb.table,
    "aws:iam/role:Role": security.role,
    "aws:iam/rolePolicy:RolePolicy": security.role_policy,
    "aws:kms/key:Key": security.key,
    "aws:lambda/alias:Alias": lambda_.alias,
    "aws:lambda/eventSourceMapping:EventSourceMapping": lambda_.event_source_mapping,
    "aws:lambda/function:Function": lambda_.function,
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": lambda_.event_invoke_config,
    "aws:lambda/functionUrl:FunctionUrl": lambda_.function_url,
    "aws:lambda/layerVersion:LayerVersion": lambda_.layer,
    "aws:lambda/permission:Permission": lambda_.permission,
    "aws:pipes/pipe:Pipe": events.pipe,
    "aws:s3/bucket:Bucket": s3.bucket,
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": s3.cors,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": s3.lifecycle,
    "aws:s3/bucketNotification:BucketNotification": s3.notification,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": s3.ownership,
    "aws:s3/bucketPolicy:BucketPolicy": s3.policy,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": s3.public_access_block,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": s3.encryption,
    "aws:s3/bucketVersioning:BucketVersioning": s3.versioning,
    "aws:scheduler/schedule:Schedule": schedules.schedule,
    "aws:sns/topic:Topic": messaging.topic,
    "aws:sns/topicPolicy:TopicPolicy": messaging.topic_policy,
    "aws:sns/topicSubscription:TopicSubscription": messaging.subscription,
    "aws:sqs/queue:Queue": messaging.queue,
    "aws:sqs/queuePolicy:QueuePolicy": messaging.queue_policy,
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": messaging.redrive_allow_policy,
    "aws:ssm/parameter:Parameter": security.parameter,
    "random:index/randomPassword:RandomPassword": security.random_password,
}
# Types whose adapter can adopt an existing resource.
ADOPTING: Final = frozenset(
    {
        "aws:cloudfront/distribution:Distribution",
        "aws:cloudwatch/logGroup:LogGroup",
        "aws:dynamodb/table:Table",
        "aws:s3/bucket:Bucket",
    }
)
# Types whose adapter sends declared properties and leaves the others unchanged; other adapters replace the whole.
KEEPS_ABSENT: Final = frozenset(
    {
        "aws:cloudwatch/logGroup:LogGroup",
        "aws:dynamodb/table:Table",
        "aws:iam/role:Role",
        "aws:kms/key:Key",
        "aws:lambda/eventSourceMapping:EventSourceMapping",
        "aws:lambda/function:Function",
        "aws:sns/topic:Topic",
    }
)
