"""Policies, keys and functions of the CDN. CloudFront finds by id only, and wants the version of what is changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from local.deployer.adapters.cloudfront_shapes import counted
from local.deployer.model import Given, Made
from local.deployer.shapes import create_or, pairs, unless
from local.deployer.target import Target

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """Words of the calls about one kind of thing: its name in answers, in methods, and in the plural."""

    noun: str
    method: str
    methods: str


ACCESS: Final = Kind(noun="OriginAccessControl", method="origin_access_control", methods="origin_access_controls")
CACHE: Final = Kind(noun="CachePolicy", method="cache_policy", methods="cache_policies")
HEADERS: Final = Kind(
    noun="ResponseHeadersPolicy", method="response_headers_policy", methods="response_headers_policies"
)
KEY: Final = Kind(noun="PublicKey", method="public_key", methods="public_keys")
KEYS: Final = Kind(noun="KeyGroup", method="key_group", methods="key_groups")


def cloudfront(target: Target) -> CloudFrontClient:
    """Give the client."""
    return target.client("cloudfront")


def origin_access_control(target: Target, given: Given) -> Made:
    """Say how the CDN proves who it is."""
    return put(target, ACCESS, counted(given.inputs.rest()))


def cache_policy(target: Target, given: Given) -> Made:
    """Say what is kept, under which key."""
    key = "parametersInCacheKeyAndForwardedToOrigin"
    parameters = {"EnableAcceptEncodingGzip": False, **counted(given.inputs.need(key))}
    return put(target, CACHE, {"ParametersInCacheKeyAndForwardedToOrigin": parameters, **counted(given.inputs.rest())})


def response_headers_policy(target: Target, given: Given) -> Made:
    """Say which headers are added."""
    return put(target, HEADERS, counted(given.inputs.rest()))


def public_key(target: Target, given: Given) -> Made:
    """Keep a key that checks signed URLs."""
    config = counted(given.inputs.rest())
    return put(target, KEY, {"CallerReference": config["Name"], **config})


def key_group(target: Target, given: Given) -> Made:
    """Group keys; its list is one of the two that CloudFront does not count."""
    return put(target, KEYS, {"Items": given.inputs.need("items"), **counted(given.inputs.rest())})


def put(target: Target, kind: Kind, config: Mapping[str, Any]) -> Made:
    """Create a thing of *kind*, or change the one of the same name."""
    client = cloudfront(target)
    named = {f"{kind.noun}Config": config}
    known = find(client, kind, config["Name"])
    if known is None:
        return Made(id=getattr(client, f"create_{kind.method}")(**named)[kind.noun]["Id"])
    version = getattr(client, f"get_{kind.method}")(Id=known)["ETag"]
    getattr(client, f"update_{kind.method}")(Id=known, IfMatch=version, **named)
    return Made(id=known)


def find(client: CloudFrontClient, kind: Kind, name: str) -> str | None:
    """Give the id of the thing of *kind* that is called *name*, if there is one."""
    listed = getattr(client, f"list_{kind.methods}")()[f"{kind.noun}List"]
    for item in cast("list[Mapping[str, Any]]", listed.get("Items", [])):
        whole = item.get(kind.noun, item)
        if whole.get(f"{kind.noun}Config", whole).get("Name") == name:
            return whole["Id"]
    return None


def function(target: Target, given: Given) -> Made:
    """Publish a function that runs at the edge."""
    inputs, client = given.inputs, cloudfront(target)
    name, code = inputs.need("name"), cast("str", inputs.need("code")).encode()
    tags, publish = inputs.take("tags"), inputs.need("publish")
    config = {"Comment": inputs.take("comment", ""), "Runtime": inputs.need("runtime")}
    wanted: dict[str, Any] = {"Name": name, "FunctionConfig": config, "FunctionCode": code}
    labels: Any = {"Items": pairs(tags)}

    def version() -> str:
        return client.describe_function(Name=name, Stage="DEVELOPMENT")["ETag"]

    def change() -> Mapping[str, Any]:
        return cast("Mapping[str, Any]", client.update_function(IfMatch=version(), **wanted))

    made = create_or(("FunctionAlreadyExists",), lambda: client.create_function(**wanted, Tags=labels), change)
    if publish:
        client.publish_function(Name=name, IfMatch=version())
    return Made(id=name, outputs={"arn": made["FunctionSummary"]["FunctionMetadata"]["FunctionARN"]})


def monitoring_subscription(target: Target, given: Given) -> Made:
    """Switch on further metrics."""
    owner, wanted = given.inputs.need("distributionId"), counted(given.inputs.need("monitoringSubscription"))
    unless(
        "MonitoringSubscriptionAlreadyExists",
        lambda: cloudfront(target).create_monitoring_subscription(DistributionId=owner, MonitoringSubscription=wanted),
    )
    return Made(id=owner)
