"""Create the CDN: its distribution, policies, keys and functions.

CloudFront finds things by id only, and a change needs the ETag of the present version. The distribution's domain name
is this run's CDN address; the emulator's own name is kept as a note for local/front.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

from local.deployer.adapters.cloudfront_shapes import counted, distribution_config
from local.deployer.model import CreatedResource, DeployError, ResourceInputs
from local.deployer.shapes import create_or, pairs, unless
from local.deployer.target import Target

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """Names in the API of one kind of thing: in answers, in methods, and in the plural."""

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
    """Return the client."""
    return target.client("cloudfront")


def origin_access_control(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create an origin access control: the CDN signs its requests to S3."""
    return put(target, ACCESS, counted(resource.inputs.rest()))


def cache_policy(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create a cache policy."""
    key = "parametersInCacheKeyAndForwardedToOrigin"
    parameters = {"EnableAcceptEncodingGzip": False, **counted(resource.inputs.need(key))}
    return put(
        target, CACHE, {"ParametersInCacheKeyAndForwardedToOrigin": parameters, **counted(resource.inputs.rest())}
    )


def response_headers_policy(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create a response headers policy."""
    return put(target, HEADERS, counted(resource.inputs.rest()))


def public_key(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create a public key, which checks signed URLs."""
    config = counted(resource.inputs.rest())
    return put(target, KEY, {"CallerReference": config["Name"], **config})


def key_group(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create a key group; its list is one of the two that have no quantity."""
    return put(target, KEYS, {"Items": resource.inputs.need("items"), **counted(resource.inputs.rest())})


def put(target: Target, kind: Kind, config: Mapping[str, Any]) -> CreatedResource:
    """Create a thing of *kind*, or change the one of the same name."""
    client = cloudfront(target)
    named = {f"{kind.noun}Config": config}
    known = find(client, kind, config["Name"])
    if known is None:
        return CreatedResource(id=getattr(client, f"create_{kind.method}")(**named)[kind.noun]["Id"])
    version = getattr(client, f"get_{kind.method}")(Id=known)["ETag"]
    getattr(client, f"update_{kind.method}")(Id=known, IfMatch=version, **named)
    return CreatedResource(id=known)


def find(client: CloudFrontClient, kind: Kind, name: str) -> str | None:
    """Return the id of the thing of *kind* that is called *name*, if there is one."""
    listed = getattr(client, f"list_{kind.methods}")()[f"{kind.noun}List"]
    for item in cast("list[Mapping[str, Any]]", listed.get("Items", [])):
        whole = item.get(kind.noun, item)
        if whole.get(f"{kind.noun}Config", whole).get("Name") == name:
            return whole["Id"]
    return None


def function(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create or update a CloudFront Function, and publish it."""
    inputs, client = resource.inputs, cloudfront(target)
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
    return CreatedResource(id=name, outputs={"arn": made["FunctionSummary"]["FunctionMetadata"]["FunctionARN"]})


def monitoring_subscription(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Switch additional metrics on."""
    owner, wanted = resource.inputs.need("distributionId"), counted(resource.inputs.need("monitoringSubscription"))
    unless(
        "MonitoringSubscriptionAlreadyExists",
        lambda: cloudfront(target).create_monitoring_subscription(DistributionId=owner, MonitoringSubscription=wanted),
    )
    return CreatedResource(id=owner)


# The hosted zone of CloudFront, which alias records of every distribution name.
ZONE: Final = "Z2FDTNDATAQYW2"
EMULATED_HOST: Final = "distribution_host"


def distribution(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create the distribution, or change the one of an earlier deployment or the one to adopt."""
    tags: Any = {"Items": pairs(resource.inputs.take("tags"))}
    config: Any = distribution_config(resource.inputs.rest(), caller=resource.name)
    known = resource.adopt or find_distribution(target, config["Comment"])
    if known:
        made = change_distribution(target, known, config)
    else:
        wanted: Any = {"DistributionConfig": config, "Tags": tags}
        made = cloudfront(target).create_distribution_with_tags(DistributionConfigWithTags=wanted)["Distribution"]
    cloudfront(target).tag_resource(Resource=made["ARN"], Tags=tags)
    return CreatedResource(
        id=made["Id"],
        outputs={
            "arn": made["ARN"],
            "domainName": urlsplit(target.addresses.cdn).netloc,
            "hostedZoneId": ZONE,
        },
        notes={EMULATED_HOST: made["DomainName"]},
    )


def find_distribution(target: Target, comment: str) -> str | None:
    """Find the distribution of an earlier deployment by its comment, the only name that it has."""
    known = [
        one["Id"]
        for one in cloudfront(target).list_distributions()["DistributionList"].get("Items", [])
        if one["Comment"] == comment
    ]
    if len(known) > 1:
        raise DeployError(f"comment: expected one distribution called {comment}, found {', '.join(known)}")
    return known[0] if known else None


def change_distribution(target: Target, known: str, config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Change a distribution; its caller reference cannot change."""
    found = cloudfront(target).get_distribution_config(Id=known)
    wanted: Any = {**config, "CallerReference": found["DistributionConfig"]["CallerReference"]}
    changed = cloudfront(target).update_distribution(Id=known, IfMatch=found["ETag"], DistributionConfig=wanted)
    return cast("Mapping[str, Any]", changed["Distribution"])
