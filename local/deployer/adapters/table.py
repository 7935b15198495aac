"""Which adapter makes which type of resource: the one list of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from local.deployer.adapters import (
    cloudfront,
    cloudwatch,
    distribution,
    dynamodb,
    iam,
    keys,
    lambda_,
    logs,
    s3,
    schedules,
    sns,
    sqs,
)
from local.deployer.model import Adapter

ADAPTERS: Final[Mapping[str, Adapter]] = {
    "aws:budgets/budget:Budget": schedules.budget,
    "aws:cloudfront/cachePolicy:CachePolicy": cloudfront.cache_policy,
    "aws:cloudfront/distribution:Distribution": distribution.distribution,
    "aws:cloudfront/function:Function": cloudfront.function,
    "aws:cloudfront/keyGroup:KeyGroup": cloudfront.key_group,
    "aws:cloudfront/monitoringSubscription:MonitoringSubscription": cloudfront.monitoring_subscription,
    "aws:cloudfront/originAccessControl:OriginAccessControl": cloudfront.origin_access_control,
    "aws:cloudfront/publicKey:PublicKey": cloudfront.public_key,
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": cloudfront.response_headers_policy,
    "aws:cloudwatch/dashboard:Dashboard": cloudwatch.dashboard,
    "aws:cloudwatch/logDelivery:LogDelivery": logs.delivery,
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": logs.delivery_destination,
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": logs.delivery_source,
    "aws:cloudwatch/logGroup:LogGroup": logs.log_group,
    "aws:cloudwatch/metricAlarm:MetricAlarm": cloudwatch.metric_alarm,
    "aws:dynamodb/table:Table": dynamodb.table,
    "aws:iam/role:Role": iam.role,
    "aws:iam/rolePolicy:RolePolicy": iam.role_policy,
    "aws:kms/key:Key": keys.key,
    "aws:lambda/alias:Alias": lambda_.alias,
    "aws:lambda/eventSourceMapping:EventSourceMapping": lambda_.event_source_mapping,
    "aws:lambda/function:Function": lambda_.function,
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": lambda_.event_invoke_config,
    "aws:lambda/functionUrl:FunctionUrl": lambda_.function_url,
    "aws:lambda/layerVersion:LayerVersion": lambda_.layer,
    "aws:lambda/permission:Permission": lambda_.permission,
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
    "aws:sns/topic:Topic": sns.topic,
    "aws:sns/topicPolicy:TopicPolicy": sns.topic_policy,
    "aws:sns/topicSubscription:TopicSubscription": sns.subscription,
    "aws:sqs/queue:Queue": sqs.queue,
    "aws:sqs/queuePolicy:QueuePolicy": sqs.policy,
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": sqs.redrive_allow_policy,
    "aws:ssm/parameter:Parameter": keys.parameter,
    "random:index/randomPassword:RandomPassword": keys.random_password,
}
# Types whose adapter can take over what is there already.
ADOPTING: Final = frozenset(
    {"aws:cloudfront/distribution:Distribution", "aws:dynamodb/table:Table", "aws:s3/bucket:Bucket"}
)
# Types whose adapter sends what is declared and leaves the rest as it is; every other call replaces the whole.
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
