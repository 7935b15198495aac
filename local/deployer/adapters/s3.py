"""Buckets and everything that is configured on them. Each call replaces what was there before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from local.deployer.model import Given, Made
from local.deployer.shapes import pairs, pascal, unless
from local.deployer.target import Target

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SPELLING: Final = {
    "id": "ID",
    "sseAlgorithm": "SSEAlgorithm",
    "kmsMasterKeyId": "KMSMasterKeyID",
}


def s3(target: Target) -> S3Client:
    """Give the client."""
    return target.client("s3")


def bucket(target: Target, given: Given) -> Made:
    """Create a bucket, or find the one of an earlier deployment or the one to adopt."""
    name = given.inputs.need("bucket")
    if given.adopt:
        s3(target).head_bucket(Bucket=given.adopt)
    else:
        unless("BucketAlreadyOwnedByYou", lambda: s3(target).create_bucket(Bucket=name))
    s3(target).put_bucket_tagging(Bucket=name, Tagging={"TagSet": pairs(given.inputs.take("tags"))})  # pyright: ignore[reportArgumentType]
    return Made(
        id=name,
        outputs={
            "arn": f"arn:aws:s3:::{name}",
            "bucketRegionalDomainName": f"{name}.s3.{target.region}.amazonaws.com",
        },
    )


def public_access_block(target: Target, given: Given) -> Made:
    """Block public access."""
    name = given.inputs.need("bucket")
    s3(target).put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=pascal(given.inputs.rest()))
    return Made(id=name)


def ownership(target: Target, given: Given) -> Made:
    """Say whose the objects are."""
    name = given.inputs.need("bucket")
    rules = [pascal(given.inputs.need("rule"))]
    s3(target).put_bucket_ownership_controls(Bucket=name, OwnershipControls={"Rules": rules})
    return Made(id=name)


def encryption(target: Target, given: Given) -> Made:
    """Encrypt by default."""
    name = given.inputs.need("bucket")
    rules = pascal(given.inputs.need("rules"), SPELLING)
    s3(target).put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})
    return Made(id=name)


def versioning(target: Target, given: Given) -> Made:
    """Keep versions."""
    name = given.inputs.need("bucket")
    wanted = pascal(given.inputs.need("versioningConfiguration"))
    s3(target).put_bucket_versioning(Bucket=name, VersioningConfiguration=wanted)
    return Made(id=name)


def lifecycle(target: Target, given: Given) -> Made:
    """Say what expires."""
    name = given.inputs.need("bucket")
    rules = pascal(given.inputs.need("rules"), SPELLING)
    s3(target).put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})
    return Made(id=name)


def cors(target: Target, given: Given) -> Made:
    """Let pages in."""
    name = given.inputs.need("bucket")
    rules = pascal(given.inputs.need("corsRules"), SPELLING)
    s3(target).put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": rules})
    return Made(id=name)


def notification(target: Target, given: Given) -> Made:
    """Announce objects in queues."""
    name = given.inputs.need("bucket")
    queues = pascal(given.inputs.need("queues"))
    s3(target).put_bucket_notification_configuration(
        Bucket=name, NotificationConfiguration={"QueueConfigurations": queues}
    )
    return Made(id=name)


def policy(target: Target, given: Given) -> Made:
    """Attach the bucket's one policy."""
    name = given.inputs.need("bucket")
    s3(target).put_bucket_policy(Bucket=name, Policy=given.inputs.need("policy"))
    return Made(id=name)
