"""Translate inputs to CloudFront's shapes: every list has a quantity, and many names hold abbreviations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

SPELLING: Final = {
    "acmCertificateArn": "ACMCertificateArn",
    "cloudfrontDefaultCertificate": "CloudFrontDefaultCertificate",
    "defaultTtl": "DefaultTTL",
    "errorCachingMinTtl": "ErrorCachingMinTTL",
    "functionArn": "FunctionARN",
    "httpPort": "HTTPPort",
    "httpsPort": "HTTPSPort",
    "isIpv6Enabled": "IsIPV6Enabled",
    "maxTtl": "MaxTTL",
    "minTtl": "MinTTL",
    "sslSupportMethod": "SSLSupportMethod",
    "webAclId": "WebACLId",
}


def counted(tree: Any) -> Any:
    """Turn *tree* into CloudFront's shape. Pulumi writes a list in a list as a mapping of ``items`` alone."""
    if isinstance(tree, list):
        items = cast("list[Any]", tree)
        return {"Quantity": len(items), "Items": [counted(one) for one in items]}
    if not isinstance(tree, Mapping):
        return tree
    known = cast("Mapping[str, Any]", tree)
    if set(known) == {"items"}:
        return counted(known["items"])
    return {SPELLING.get(key, key[:1].upper() + key[1:]): counted(value) for key, value in known.items()}


def distribution_config(inputs: Mapping[str, Any], caller: str) -> dict[str, Any]:
    """Write a distribution's configuration. *caller*: the caller reference, which makes creation idempotent."""
    left = {**inputs}
    config = {
        "CallerReference": caller,
        "Origins": listed([origin(one) for one in left.pop("origins")]),
        "DefaultCacheBehavior": behavior(left.pop("defaultCacheBehavior")),
        "CacheBehaviors": listed([behavior(one) for one in left.pop("orderedCacheBehaviors", [])]),
        "Restrictions": restrictions(left.pop("restrictions")),
    }
    groups = [group(one) for one in left.pop("originGroups", [])]
    return {**config, **({"OriginGroups": listed(groups)} if groups else {}), **counted(left)}


def group(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Write an origin group: its id is called differently from those of its members."""
    left = {**declared}
    return {"Id": left.pop("originId"), **counted(left)}


def listed(items: list[dict[str, Any]]) -> dict[str, Any]:
    """Add the quantity to items that are in CloudFront's shape already."""
    return {"Quantity": len(items), "Items": items}


def origin(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Write an origin. A custom origin is a server of this run: it speaks HTTP on its own port."""
    left = {**declared}
    host, _, port = left.pop("domainName").partition(":")
    headers = [{"HeaderName": one["name"], "HeaderValue": one["value"]} for one in left.pop("customHeaders", [])]
    custom = left.pop("customOriginConfig", None)
    if custom and port:
        custom = {**custom, "httpPort": int(port), "originProtocolPolicy": "http-only"}
    kind = {"CustomOriginConfig": counted(custom)} if custom else {"S3OriginConfig": {"OriginAccessIdentity": ""}}
    return {
        "Id": left.pop("originId"),
        "DomainName": host,
        "CustomHeaders": listed(headers),
        **kind,
        **counted(left),
    }


def behavior(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Write a behaviour."""
    left = {**declared}
    methods = {**counted(left.pop("allowedMethods")), "CachedMethods": counted(left.pop("cachedMethods"))}
    groups = left.pop("trustedKeyGroups", [])
    return {
        "AllowedMethods": methods,
        "TrustedKeyGroups": {"Enabled": bool(groups), **counted(groups)},
        **counted(left),
    }


def restrictions(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Write the geo restriction: the countries stand beside the type, not below it."""
    left = {**declared["geoRestriction"]}
    countries = counted(left.pop("locations", []))
    return {"GeoRestriction": {**counted(left), **countries}}
