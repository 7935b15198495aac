"""Create S3 buckets and their configuration. Each call replaces the whole earlier configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from local.deployer.model import CreatedResource, ResourceInputs
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
    """Return the client."""
    return target.client("s3")


def bucket(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create a bucket, or find the one of an earlier deployment or the one to adopt."""
    name = resource.inputs.need("bucket")
    if resource.adopt:
        s3(target).head_bucket(Bucket=resource.adopt)
    else:
        unless("BucketAlreadyOwnedByYou", lambda: s3(target).create_bucket(Bucket=name))
    s3(target).put_bucket_tagging(Bucket=name, Tagging={"TagSet": pairs(resource.inputs.take("tags"))})  # pyright: ignore[reportArgumentType]
    return CreatedResource(
        id=name,
        outputs={
            "arn": f"arn:aws:s3:::{name}",
            "bucketRegionalDomainName": f"{name}.s3.{target.region}.amazonaws.com",
        },
    )


def public_access_block(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Block public access."""
    name = resource.inputs.need("bucket")
    s3(target).put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=pascal(resource.inputs.rest()))
    return CreatedResource(id=name)


def ownership(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Set the ownership of objects."""
    name = resource.inputs.need("bucket")
    rules = [pascal(resource.inputs.need("rule"))]
    s3(target).put_bucket_ownership_controls(Bucket=name, OwnershipControls={"Rules": rules})
    return CreatedResource(id=name)


def encryption(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Set the default encryption."""
    name = resource.inputs.need("bucket")
    rules = pascal(resource.inputs.need("rules"), SPELLING)
    s3(target).put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})
    return CreatedResource(id=name)


def versioning(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Switch versioning on or off."""
    name = resource.inputs.need("bucket")
    wanted = pascal(resource.inputs.need("versioningConfiguration"))
    s3(target).put_bucket_versioning(Bucket=name, VersioningConfiguration=wanted)
    return CreatedResource(id=name)


def lifecycle(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Set the lifecycle rules."""
    name = resource.inputs.need("bucket")
    rules = pascal(resource.inputs.need("rules"), SPELLING)
    s3(target).put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})
    return CreatedResource(id=name)


def cors(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Set the CORS rules."""
    name = resource.inputs.need("bucket")
    rules = pascal(resource.inputs.need("corsRules"), SPELLING)
    s3(target).put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": rules})
    return CreatedResource(id=name)


def notification(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Send event notifications to queues."""
    name = resource.inputs.need("bucket")
    queues = pascal(resource.inputs.need("queues"))
    s3(target).put_bucket_notification_configuration(
        Bucket=name, NotificationConfiguration={"QueueConfigurations": queues}
    )
    return CreatedResource(id=name)


def policy(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Attach the bucket's one policy."""
    name = resource.inputs.need("bucket")
    s3(target).put_bucket_policy(Bucket=name, Policy=resource.inputs.need("policy"))
    return CreatedResource(id=name)
