"""Declare the CDN's cache policies, response headers and content negotiation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pulumi
import pulumi_aws as aws

from components.naming import StackContext
from processor.recipe import OutputFormat, Recipe
from processor.settings.tree import CdnSettings

YEAR_S: Final = 365 * 24 * 3600
DAY_S: Final = 24 * 3600
# AWS' own policies have the same id in every account.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
NEVER_CACHED: Final = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # CachingDisabled
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
ALL_HEADERS_BUT_HOST: Final = "b689b0a8-53d0-40ab-baf2-68738e2966ac"  # AllViewerExceptHostHeader

# Of S3's answers: our metadata, and how an object is kept. A policy removes at most ten headers, by their whole names.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
INTERNAL: Final = (
    "x-amz-expiration",
    "x-amz-meta-cache-tag",
    "x-amz-meta-recipe",
    "x-amz-meta-sequencer",  # only renditions of releases before ADR 26 have it
    "x-amz-meta-source-version",
    "x-amz-meta-version",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-bucket-key-enabled",
    "x-amz-version-id",
)


def pictures_cache(name: str, context: StackContext, child: pulumi.ResourceOptions) -> aws.cloudfront.CachePolicy:
    """Cache pictures for a year by path and `v`; other query strings create no new copy."""
    keys = aws.cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginQueryStringsConfigQueryStringsArgs(
        items=["v"]
    )
    return cache(
        name,
        context.physical("pictures"),
        (YEAR_S, YEAR_S),
        aws.cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginQueryStringsConfigArgs(
            query_string_behavior="whitelist", query_strings=keys
        ),
        child,
    )


def originals_cache(name: str, context: StackContext, child: pulumi.ResourceOptions) -> aws.cloudfront.CachePolicy:
    """Cache originals briefly: their URLs carry no version, and a replaced original must show."""
    nothing = aws.cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginQueryStringsConfigArgs(
        query_string_behavior="none"
    )
    return cache(name, context.physical("originals"), (300, DAY_S), nothing, child)


def cache(
    name: str,
    physical: str,
    ttls: tuple[int, int],
    query: aws.cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginQueryStringsConfigArgs,
    child: pulumi.ResourceOptions,
) -> aws.cloudfront.CachePolicy:
    """Declare a cache policy without headers and cookies in its key. *ttls*: default and maximum, s."""
    return aws.cloudfront.CachePolicy(
        name,
        name=physical,
        min_ttl=0,
        default_ttl=ttls[0],
        max_ttl=ttls[1],
        parameters_in_cache_key_and_forwarded_to_origin=aws.cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginArgs(
            query_strings_config=query,
            headers_config=aws.cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginHeadersConfigArgs(
                header_behavior="none"
            ),
            cookies_config=aws.cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginCookiesConfigArgs(
                cookie_behavior="none"
            ),
        ),
        opts=child,
    )


# Nothing but the viewer's browser may keep a signed picture, and that asks each time: an expired cookie shows nothing
# more. It also stands on errors, so it must not let them be cached.
PRIVATE: Final = {"Cache-Control": "private, no-cache"}
# CloudFront refuses `*` beside credentials; reading a picture needs none of these but for ranges and validators.
CREDENTIALED: Final = ("If-Modified-Since", "If-None-Match", "Range")


def headers(  # noqa: PLR0913 - keyword-only: the parts of a policy
    name: str,
    physical: str,
    *,
    cors_origins: tuple[str, ...] = (),
    more: Mapping[str, str] | None = None,
    private: bool = False,
    child: pulumi.ResourceOptions,
) -> aws.cloudfront.ResponseHeadersPolicy:
    """Add the security headers, CORS for *cors_origins*, and *more* headers where the origin sends none.

    Remove those that tell about the inside.
    Public pictures get their Cache-Control from S3, never from here: an error would be cached for a year like one.
    *private*: pictures that need a signature; shared caches keep none, and pages may send their cookies.
    """
    added = [*((one, False) for one in (more or {}).items()), *((one, True) for one in PRIVATE.items() if private)]
    return aws.cloudfront.ResponseHeadersPolicy(
        name,
        name=physical,
        security_headers_config=aws.cloudfront.ResponseHeadersPolicySecurityHeadersConfigArgs(
            strict_transport_security=aws.cloudfront.ResponseHeadersPolicySecurityHeadersConfigStrictTransportSecurityArgs(
                access_control_max_age_sec=YEAR_S, override=True
            ),
            content_type_options=aws.cloudfront.ResponseHeadersPolicySecurityHeadersConfigContentTypeOptionsArgs(
                override=True
            ),
        ),
        remove_headers_config=aws.cloudfront.ResponseHeadersPolicyRemoveHeadersConfigArgs(
            items=[
                aws.cloudfront.ResponseHeadersPolicyRemoveHeadersConfigItemArgs(header=header) for header in INTERNAL
            ]
        ),
        cors_config=cors(cors_origins, credentials=private) if cors_origins else None,
        custom_headers_config=aws.cloudfront.ResponseHeadersPolicyCustomHeadersConfigArgs(
            items=[
                aws.cloudfront.ResponseHeadersPolicyCustomHeadersConfigItemArgs(
                    header=header, value=value, override=override
                )
                for (header, value), override in added
            ]
        )
        if added
        else None,
        opts=child,
    )


# The two kinds of pictures that the CDN serves besides originals, as the settings name them.
PICTURES: Final = ("renditions", "edits")


def picture_headers(
    name: str, context: StackContext, settings: CdnSettings, *, negotiates: bool, child: pulumi.ResourceOptions
) -> Mapping[str, pulumi.Output[str]]:
    """Declare the headers of each kind of pictures: one policy for those that are public, one for those signed."""
    made: dict[bool, pulumi.Output[str]] = {}
    for private in sorted({kind in settings.signed for kind in PICTURES}):
        role = "private" if private else "pictures"
        made[private] = headers(
            f"{name}-{role}-headers",
            context.physical(role),
            cors_origins=settings.cors_origins,
            more={"Vary": "Accept"} if negotiates else None,
            private=private,
            child=child,
        ).id
    return {kind: made[kind in settings.signed] for kind in PICTURES}


def cors(origins: tuple[str, ...], *, credentials: bool) -> aws.cloudfront.ResponseHeadersPolicyCorsConfigArgs:
    """Allow pages of *origins* to read pictures by script, with *credentials* also with signed cookies."""
    return aws.cloudfront.ResponseHeadersPolicyCorsConfigArgs(
        access_control_allow_credentials=credentials,
        access_control_allow_headers=aws.cloudfront.ResponseHeadersPolicyCorsConfigAccessControlAllowHeadersArgs(
            items=list(CREDENTIALED) if credentials else ["*"]
        ),
        access_control_allow_methods=aws.cloudfront.ResponseHeadersPolicyCorsConfigAccessControlAllowMethodsArgs(
            items=["GET", "HEAD"]
        ),
        access_control_allow_origins=aws.cloudfront.ResponseHeadersPolicyCorsConfigAccessControlAllowOriginsArgs(
            items=list(origins)
        ),
        origin_override=True,
    )


def signing_key(
    name: str, pem: str, context: StackContext, *, parent: pulumi.Resource, first: bool
) -> aws.cloudfront.PublicKey:
    """Declare a key of signed cookies and URLs.

    Its names hold its hash: a key cannot change, and two are valid during a change.
    *first*: releases before the hash had one key, which keeps its id and its name.
    """
    body = "".join(pem.split())
    mark = hashlib.sha256(body.encode()).hexdigest()[:8]
    return aws.cloudfront.PublicKey(
        f"{name}-{mark}",
        name=context.physical(f"originals-{mark}"),
        # Without the last line break the provider would find another key at every deployment.
        # https://github.com/hashicorp/terraform-provider-aws/issues/22777
        encoded_key=f"{pem.strip()}\n",
        opts=pulumi.ResourceOptions(
            parent=parent, aliases=[pulumi.Alias(name=name)] if first else None, ignore_changes=["name"]
        ),
    )


SOURCE: Final = Path(__file__).with_name("negotiate.js")
BEST_FIRST: Final[tuple[OutputFormat, ...]] = ("avif", "webp")


def formats_beside_jpeg(recipe: Recipe) -> Mapping[str, list[OutputFormat]]:
    """Return the formats beside JPEG of each size that has any, best first."""
    found: dict[str, list[OutputFormat]] = {
        size: [one for one in BEST_FIRST if one in recipe.formats_of(size)] for size in sorted(recipe.sizes)
    }
    return {size: formats for size, formats in found.items() if formats}


def negotiation_code(recipe: Recipe) -> str:
    """Write the CloudFront Function for the sizes and formats of *recipe*."""
    return f"var FORMATS = {json.dumps(formats_beside_jpeg(recipe))};\n{SOURCE.read_text(encoding='utf-8')}"
