"""Build the CDN's routes as documents: origins and cache behaviours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import pulumi
import pulumi_aws as aws

from components.cdn_policies import ALL_HEADERS_BUT_HOST, NEVER_CACHED
from components.storage import PrivateBucket
from processor.recipe import Recipe
from processor.settings.tree import CdnSettings

ORIGIN_HEADER: Final = "x-origin-verify"
# CloudFront's maximum without a quota increase; a stream sends a heartbeat every 15 s.
ORIGIN_TIMEOUT_S: Final = 60
READING: Final = ("GET", "HEAD", "OPTIONS")
WRITING: Final = ("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE")
CACHED: Final = ("GET", "HEAD")


@dataclass(frozen=True, kw_only=True, slots=True)
class PicturePolicies:
    """Policies of stored files. *function_arn*: runs before the cache. *key_group*: keys of signed cookies and URLs."""

    cache: pulumi.Input[str]
    headers: pulumi.Input[str]
    function_arn: pulumi.Input[str] | None = None
    key_group: pulumi.Input[str] | None = None


def bucket_origin(
    role: str, bucket: PrivateBucket, access: aws.cloudfront.OriginAccessControl
) -> aws.cloudfront.DistributionOriginArgs:
    """Read *bucket* by the distribution's origin access control."""
    return aws.cloudfront.DistributionOriginArgs(
        origin_id=role,
        domain_name=bucket.bucket.bucket_regional_domain_name,
        origin_access_control_id=access.id,
    )


def api_origin(url: pulumi.Input[str], secret: pulumi.Input[str]) -> aws.cloudfront.DistributionOriginArgs:
    """Call the edit API with *secret* in a header, which identifies the CDN."""
    return aws.cloudfront.DistributionOriginArgs(
        origin_id="edit-api",
        domain_name=pulumi.Output.from_input(url).apply(lambda known: urlsplit(known).netloc),
        custom_headers=[aws.cloudfront.DistributionOriginCustomHeaderArgs(name=ORIGIN_HEADER, value=secret)],
        custom_origin_config=aws.cloudfront.DistributionOriginCustomOriginConfigArgs(
            http_port=80,
            https_port=443,
            origin_protocol_policy="https-only",
            origin_ssl_protocols=["TLSv1.2"],
            origin_read_timeout=ORIGIN_TIMEOUT_S,
            origin_keepalive_timeout=ORIGIN_TIMEOUT_S,
        ),
    )


FAILOVER: Final = "renditions-on-demand"
# S3 answers 403 for a key that is not there, as the CDN may not list the bucket.
ABSENT: Final = (403, 404)


@dataclass(frozen=True, kw_only=True, slots=True)
class OnDemandRoutes:
    """Additions to the distribution for sizes that are made on demand."""

    origins: Sequence[aws.cloudfront.DistributionOriginArgs] = ()
    groups: Sequence[aws.cloudfront.DistributionOriginGroupArgs] | None = None
    behaviors: Sequence[aws.cloudfront.DistributionOrderedCacheBehaviorArgs] = ()


def on_demand(
    url: pulumi.Input[str], access: aws.cloudfront.OriginAccessControl, recipe: Recipe, policies: PicturePolicies
) -> OnDemandRoutes:
    """Ask the function at *url* for a listed size that the bucket does not have.

    Each name of a size with each of its extensions has a behaviour of its own, so that another name never reaches the
    function. At most 60 of the 75 that a distribution may have.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
    """
    member = aws.cloudfront.DistributionOriginGroupMemberArgs
    group = aws.cloudfront.DistributionOriginGroupArgs(
        origin_id=FAILOVER,
        failover_criteria=aws.cloudfront.DistributionOriginGroupFailoverCriteriaArgs(status_codes=list(ABSENT)),
        members=[member(origin_id="renditions"), member(origin_id="on-demand")],
    )
    # S3 refuses OPTIONS, so that a preflight would fail over too.
    reading_only: dict[str, Any] = {**reading(FAILOVER, policies), "allowed_methods": list(CACHED)}
    endings = [
        f"{size}.{'jpg' if output == 'jpeg' else output}"
        for size in sorted(recipe.sizes)
        for output in recipe.formats_of(size)
    ]
    return OnDemandRoutes(
        origins=[on_demand_origin(url, access)],
        groups=[group],
        behaviors=[
            aws.cloudfront.DistributionOrderedCacheBehaviorArgs(path_pattern=f"renditions/*_{ending}", **reading_only)
            for ending in endings
        ],
    )


def on_demand_origin(
    url: pulumi.Input[str], access: aws.cloudfront.OriginAccessControl
) -> aws.cloudfront.DistributionOriginArgs:
    """Call the function that makes sizes on demand, with a signature by *access*."""
    return aws.cloudfront.DistributionOriginArgs(
        origin_id="on-demand",
        domain_name=pulumi.Output.from_input(url).apply(lambda known: urlsplit(known).netloc),
        origin_access_control_id=access.id,
        custom_origin_config=aws.cloudfront.DistributionOriginCustomOriginConfigArgs(
            http_port=80,
            https_port=443,
            origin_protocol_policy="https-only",
            origin_ssl_protocols=["TLSv1.2"],
            origin_read_timeout=ORIGIN_TIMEOUT_S,
        ),
    )


def files(path: str, origin: str, policies: PicturePolicies) -> aws.cloudfront.DistributionOrderedCacheBehaviorArgs:
    """Serve *path* from a bucket."""
    return aws.cloudfront.DistributionOrderedCacheBehaviorArgs(path_pattern=path, **reading(origin, policies))


def all_else(origin: str, policies: PicturePolicies) -> aws.cloudfront.DistributionDefaultCacheBehaviorArgs:
    """Serve every other path from a bucket."""
    return aws.cloudfront.DistributionDefaultCacheBehaviorArgs(**reading(origin, policies))


def reading(origin: str, policies: PicturePolicies) -> dict[str, Any]:
    """Return the arguments that both kinds of cache behaviour of a bucket share."""
    association = aws.cloudfront.DistributionOrderedCacheBehaviorFunctionAssociationArgs
    return {
        "target_origin_id": origin,
        "viewer_protocol_policy": "redirect-to-https",
        "allowed_methods": list(READING),
        "cached_methods": list(CACHED),
        "compress": True,
        "cache_policy_id": policies.cache,
        "response_headers_policy_id": policies.headers,
        "function_associations": [association(event_type="viewer-request", function_arn=policies.function_arn)]
        if policies.function_arn
        else None,
        "trusted_key_groups": [policies.key_group] if policies.key_group else None,
    }


def api(headers: pulumi.Input[str]) -> aws.cloudfront.DistributionOrderedCacheBehaviorArgs:
    """Pass requests to the edit API: nothing cached, and nothing compressed, which would delay a stream."""
    return aws.cloudfront.DistributionOrderedCacheBehaviorArgs(
        path_pattern="image-edit*",
        target_origin_id="edit-api",
        viewer_protocol_policy="redirect-to-https",
        allowed_methods=list(WRITING),
        cached_methods=list(CACHED),
        compress=False,
        cache_policy_id=NEVER_CACHED,
        origin_request_policy_id=ALL_HEADERS_BUT_HOST,
        response_headers_policy_id=headers,
    )


def certificate(settings: CdnSettings) -> aws.cloudfront.DistributionViewerCertificateArgs:
    """Use the domain's certificate; without a domain CloudFront's own, whose TLS versions are fixed."""
    if settings.certificate_arn is None:
        return aws.cloudfront.DistributionViewerCertificateArgs(cloudfront_default_certificate=True)
    return aws.cloudfront.DistributionViewerCertificateArgs(
        acm_certificate_arn=settings.certificate_arn,
        ssl_support_method="sni-only",
        minimum_protocol_version="TLSv1.2_2021",
    )
