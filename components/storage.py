"""Declare a private bucket: encrypted, without public access or ACLs, with lifecycle rules.

It has no policy of its own: a bucket has one policy document, which the CDN attaches with its own grant and the rule
that requires TLS (``components/cdn.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.naming import StackContext, token

ABANDONED_UPLOAD_DAYS: Final = 7
PREFLIGHT_S: Final = 3600
EVERY_OBJECT: Final = "EntireBucket"  # the name of an unfiltered metric in S3's console

Rule = aws.s3.BucketLifecycleConfigurationRuleArgs
Lifecycle = aws.s3.BucketLifecycleConfigurationRuleFilterArgs


@dataclass(frozen=True, kw_only=True, slots=True)
class PrivateBucketArgs:
    """One bucket. *cors*: origins and methods that pages may use; *requests*: count them for the dashboard."""

    context: StackContext
    bucket: str
    component: str
    adopt: bool = False
    versioned: bool = False
    kms_key_arn: str | None = None
    rules: Sequence[Rule] = ()
    cors_origins: tuple[str, ...] = ()
    cors_methods: tuple[str, ...] = ()
    requests: bool = False


class PrivateBucket(pulumi.ComponentResource):
    """The bucket and its privacy settings."""

    def __init__(self, name: str, args: PrivateBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token("PrivateBucket"), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        # Without them a bucket that stays would be less private than before.
        kept = args.context.data_options(self)
        self.physical, self.context = args.bucket, args.context
        self.bucket = aws.s3.Bucket(
            f"{name}-bucket",
            bucket=args.bucket,
            force_destroy=not args.context.protect,
            tags=args.context.tags(args.component),
            opts=args.context.data_options(self, adopt=args.bucket if args.adopt else None),
        )
        self.name, self.arn = self.bucket.id, self.bucket.arn
        aws.s3.BucketPublicAccessBlock(
            f"{name}-public-access",
            bucket=self.name,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=kept,
        )
        aws.s3.BucketOwnershipControls(
            f"{name}-ownership",
            bucket=self.name,
            rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            opts=kept,
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption", bucket=self.name, rules=[encryption(args.kms_key_arn)], opts=kept
        )
        versioning = [versioned(name, self.name, kept)] if args.versioned else []
        aws.s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle",
            bucket=self.name,
            rules=[abandoned_uploads(), *args.rules],
            # S3 refuses rules about old versions before versioning is enabled.
            opts=pulumi.ResourceOptions.merge(kept, pulumi.ResourceOptions(depends_on=versioning)),
        )
        if args.cors_origins:
            aws.s3.BucketCorsConfiguration(f"{name}-cors", bucket=self.name, cors_rules=[cors(args)], opts=child)
        if args.requests:
            aws.s3.BucketMetric(f"{name}-requests", bucket=self.name, name=EVERY_OBJECT, opts=child)
        self.register_outputs({"name": self.name, "arn": self.arn})


def versioned(name: str, bucket: pulumi.Input[str], kept: pulumi.ResourceOptions) -> aws.s3.BucketVersioning:
    """Enable versions: replaced and deleted objects are kept."""
    return aws.s3.BucketVersioning(
        f"{name}-versioning",
        bucket=bucket,
        versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
        opts=kept,
    )


def encryption(kms_key_arn: str | None) -> aws.s3.BucketServerSideEncryptionConfigurationRuleArgs:
    """Encrypt with a KMS key (one data key per bucket, or every object costs a request), else with S3's own."""
    return aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
        bucket_key_enabled=bool(kms_key_arn),
        apply_server_side_encryption_by_default=aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
            sse_algorithm="aws:kms" if kms_key_arn else "AES256", kms_master_key_id=kms_key_arn
        ),
    )


def cors(args: PrivateBucketArgs) -> aws.s3.BucketCorsConfigurationCorsRuleArgs:
    """Allow the product's own pages."""
    return aws.s3.BucketCorsConfigurationCorsRuleArgs(
        allowed_origins=list(args.cors_origins),
        allowed_methods=list(args.cors_methods),
        allowed_headers=["*"],
        expose_headers=["ETag", "x-amz-version-id"],
        max_age_seconds=PREFLIGHT_S,
    )


def abandoned_uploads() -> Rule:
    """Delete the parts of abandoned multipart uploads."""
    return Rule(
        id="abandoned-uploads",
        status="Enabled",
        filter=Lifecycle(prefix=""),
        abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
            days_after_initiation=ABANDONED_UPLOAD_DAYS
        ),
    )


def expire(rule_id: str, *, days: int, prefix: str = "") -> Rule:
    """Delete objects below *prefix* after *days*; a versioned bucket keeps a marker and an old version."""
    return Rule(
        id=rule_id,
        status="Enabled",
        filter=Lifecycle(prefix=prefix),
        expiration=aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=days),
    )


def expire_old_versions(rule_id: str, *, days: int, prefix: str = "") -> Rule:
    """Delete versions *days* after they were replaced or deleted."""
    return Rule(
        id=rule_id,
        status="Enabled",
        filter=Lifecycle(prefix=prefix),
        noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
            noncurrent_days=days
        ),
    )


def clean_up_markers() -> Rule:
    """Delete the markers of objects without versions. S3 requires a rule of its own for that."""
    return Rule(
        id="delete-markers",
        status="Enabled",
        filter=Lifecycle(prefix=""),
        expiration=aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(expired_object_delete_marker=True),
    )
