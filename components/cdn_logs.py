"""Declare the CDN's access logs: files in a private bucket.

CloudWatch's log delivery ("standard logging v2") writes them and needs no ACL on the bucket. CloudFront's side of it is
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
# The standard fields without those that may hold secrets: `cs-uri-query` (tickets, signatures), `cs(Referer)` (the
# address of a page with its query) and `cs(Cookie)`.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html#BasicDistributionFileFormat
FIELDS: Final = (
    *("date", "time", "x-edge-location", "sc-bytes", "c-ip", "cs-method", "cs(Host)", "cs-uri-stem", "sc-status"),
    *("cs(User-Agent)", "x-edge-result-type", "x-edge-request-id", "x-host-header", "cs-protocol", "cs-bytes"),
    *("time-taken", "x-forwarded-for", "ssl-protocol", "ssl-cipher", "x-edge-response-result-type"),
    *("cs-protocol-version", "c-port", "time-to-first-byte", "x-edge-detailed-result-type", "sc-content-type"),
    *("sc-content-len", "sc-range-start", "sc-range-end"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessLogsArgs:
    """The distribution whose accesses are logged, the bucket, and the days of retention."""

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
            opts=args.context.data_options(self),
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
            record_fields=list(FIELDS),
            region=CLOUDFRONT_REGION,
            tags=tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[bucket_policy]),
        )
        self.register_outputs({"bucket": self.bucket.name})


def log_bucket(args: AccessLogsArgs) -> PrivateBucketArgs:
    """Return the bucket, which keeps the files as long as every other log."""
    return PrivateBucketArgs(
        context=args.context,
        bucket=args.bucket,
        component=args.component,
        rules=(expire("old-logs", days=args.retention_days),),
    )


def deliver(bucket: PrivateBucket, source: aws.cloudwatch.LogDeliverySource, args: AccessLogsArgs) -> Permission:
    """Grant the delivery of *source* to write.

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
    """Enable CloudFront's additional metrics, cache hits among them."""
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
