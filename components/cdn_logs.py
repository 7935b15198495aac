"""AccessLogs: what the CDN served, as files in a private bucket.

By CloudWatch's log delivery ("standard logging v2"), which needs no ACL on the bucket. CloudFront's side of it lives
in us-east-1 only. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.naming import StackContext, token
from components.permissions import Permission, below, policy, service, tls_only
from components.storage import PrivateBucket, PrivateBucketArgs, expire

CLOUDFRONT_REGION: Final = "us-east-1"


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessLogsArgs:
    """Whose accesses are logged, where, and for how long."""

    context: StackContext
    component: str
    bucket: str
    retention_days: int
    distribution_arn: pulumi.Input[str]


class AccessLogs(pulumi.ComponentResource):
    """The bucket and the delivery into it."""

    def __init__(self, name: str, args: AccessLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token("AccessLogs"), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        tags = args.context.tags(args.component)
        self.bucket = PrivateBucket(f"{name}-files", log_bucket(args), opts=child)
        source = aws.cloudwatch.LogDeliverySource(
            f"{name}-source",
            name=args.context.physical("cdn"),
            log_type="ACCESS_LOGS",
            resource_arn=args.distribution_arn,
            region=CLOUDFRONT_REGION,
            tags=tags,
            opts=child,
        )
        bucket_policy = aws.s3.BucketPolicy(
            f"{name}-policy",
            bucket=self.bucket.name,
            policy=policy(
                tls_only("s3:*", self.bucket.arn, below(self.bucket.arn)), deliver(self.bucket, source, args)
            ),
            opts=child,
        )
        destination = aws.cloudwatch.LogDeliveryDestination(
            f"{name}-destination",
            name=args.context.physical("cdn"),
            output_format="json",
            delivery_destination_configuration=aws.cloudwatch.LogDeliveryDestinationDeliveryDestinationConfigurationArgs(
                destination_resource_arn=self.bucket.arn
            ),
            region=CLOUDFRONT_REGION,
            tags=tags,
            opts=child,
        )
        aws.cloudwatch.LogDelivery(
            f"{name}-delivery",
            delivery_source_name=source.name,
            delivery_destination_arn=destination.arn,
            region=CLOUDFRONT_REGION,
            tags=tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[bucket_policy]),
        )
        self.register_outputs({"bucket": self.bucket.name})


def log_bucket(args: AccessLogsArgs) -> PrivateBucketArgs:
    """Keep the files as long as every other log."""
    return PrivateBucketArgs(
        context=args.context,
        bucket=args.bucket,
        component=args.component,
        rules=(expire("old-logs", days=args.retention_days),),
    )


def deliver(bucket: PrivateBucket, source: aws.cloudwatch.LogDeliverySource, args: AccessLogsArgs) -> Permission:
    """Let the delivery of this very source write.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
    """
    return Permission(
        ("s3:PutObject",),
        (below(bucket.arn, "AWSLogs/"),),
        principal=service("delivery.logs"),
        conditions={
            "StringEquals": {"aws:SourceAccount": args.context.account_id},
            "ArnEquals": {"aws:SourceArn": source.arn},
        },
    )


def every_metric(name: str, distribution: aws.cloudfront.Distribution, child: pulumi.ResourceOptions) -> None:
    """Switch on the metrics that CloudFront keeps back: cache hits among them."""
    aws.cloudfront.MonitoringSubscription(
        name,
        distribution_id=distribution.id,
        monitoring_subscription=aws.cloudfront.MonitoringSubscriptionMonitoringSubscriptionArgs(
            realtime_metrics_subscription_config=aws.cloudfront.MonitoringSubscriptionMonitoringSubscriptionRealtimeMetricsSubscriptionConfigArgs(
                realtime_metrics_subscription_status="Enabled"
            )
        ),
        opts=child,
    )
