"""Create Lambda functions, versions, aliases, layers, permissions, function URLs and event source mappings."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from local.deployer.model import CreatedResource, Properties, ResourceInputs
from local.deployer.shapes import create_or, pascal, present, unless
from local.deployer.target import Target
from local.lambdas.function import HOST_VARIABLE

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

EXISTS: Final = ("ResourceConflictException",)


def lambda_(target: Target) -> LambdaClient:
    """Return the client."""
    return target.client("lambda")


def layer(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Publish a layer, unless its newest version is the same."""
    inputs = resource.inputs
    name, code = inputs.need("layerName"), cast("Path", inputs.need("code")).read_bytes()
    published = newest_layer(target, name, sha256(code))
    details = pascal(inputs.rest())
    arn = (
        published
        or lambda_(target).publish_layer_version(LayerName=name, Content={"ZipFile": code}, **details)[
            "LayerVersionArn"
        ]
    )
    return CreatedResource(id=arn, outputs={"arn": arn})


def newest_layer(target: Target, name: str, code: str) -> str | None:
    """Return the ARN of the newest version of a layer when it holds *code* (SHA-256 in base64)."""
    for version in lambda_(target).list_layer_versions(LayerName=name)["LayerVersions"][:1]:
        found = lambda_(target).get_layer_version(LayerName=name, VersionNumber=version.get("Version", 0))
        if found["Content"].get("CodeSha256") == code:
            return version.get("LayerVersionArn")
    return None


def sha256(data: bytes) -> str:
    """Return the SHA-256 as Lambda writes it, in base64."""
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def function(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create a function, or send its changes; publish a version if code or configuration changed."""
    inputs = resource.inputs
    name, code = inputs.need("name"), cast("Path", inputs.need("code")).read_bytes()
    tags, reserved, publish = (
        inputs.take("tags", {}),
        inputs.take("reservedConcurrentExecutions"),
        inputs.need("publish"),
    )
    architectures = inputs.need("architectures")
    configuration = configured(target, inputs)

    def create() -> Mapping[str, Any]:
        return lambda_(target).create_function(
            FunctionName=name,
            Code={"ZipFile": code},
            Architectures=architectures,
            Publish=publish,
            Tags=tags,
            **configuration,
        )

    def update() -> Mapping[str, Any]:
        changed = send_changes(target, name, code, architectures, configuration)
        return lambda_(target).publish_version(FunctionName=name) if changed else newest_version(target, name)

    made = create_or(EXISTS, create, update)
    if reserved is not None:
        lambda_(target).put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=reserved)
    arn = f"arn:aws:lambda:{target.region}:{target.account}:function:{name}"
    return CreatedResource(id=name, outputs={"arn": arn, "version": made["Version"]})


def send_changes(target: Target, name: str, code: bytes, architectures: Any, configuration: Mapping[str, Any]) -> bool:
    """Send changed code and configuration of a function; return whether anything changed."""
    found = as_declared(lambda_(target).get_function_configuration(FunctionName=name))
    other_code = found["CodeSha256"] != sha256(code)
    other_configuration = any(found.get(key) != value for key, value in configuration.items())
    if other_code:
        lambda_(target).update_function_code(FunctionName=name, ZipFile=code, Architectures=architectures)
    if other_configuration:
        lambda_(target).update_function_configuration(FunctionName=name, **configuration)
    return other_code or other_configuration


def newest_version(target: Target, name: str) -> Mapping[str, Any]:
    """Return the newest published version of a function; "$LATEST" comes first in the list."""
    pages = lambda_(target).get_paginator("list_versions_by_function").paginate(FunctionName=name)
    return cast("Mapping[str, Any]", [one for page in pages for one in page["Versions"]][-1])


def as_declared(found: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a configuration that Lambda returned into the shape of its inputs."""
    return {**found, "Layers": [one["Arn"] for one in found.get("Layers", [])]}


def configured(target: Target, inputs: Properties) -> dict[str, Any]:
    """Take a function's configuration, and send its events to the Lambda host."""
    variables = inputs.need("environment")["variables"]
    return {
        "Environment": {"Variables": {**variables, HOST_VARIABLE: f"{target.addresses.lambdas}/"}},
        "Layers": inputs.take("layers", []),
        **pascal(inputs.rest()),
    }


def alias(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Point a name at a version."""
    inputs = resource.inputs
    name, owner, version = inputs.need("name"), inputs.need("functionName"), inputs.need("functionVersion")
    routing = inputs.take("routingConfig", {})
    wanted: dict[str, Any] = {
        "FunctionName": owner,
        "Name": name,
        "FunctionVersion": version,
        "RoutingConfig": {"AdditionalVersionWeights": routing.get("additionalVersionWeights", {})},
    }
    made = create_or(
        EXISTS,
        lambda: lambda_(target).create_alias(**wanted),
        lambda: lambda_(target).update_alias(**wanted),
    )
    return CreatedResource(id=made["AliasArn"], outputs={"arn": made["AliasArn"]})


def event_source_mapping(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Let a queue invoke a function. A queue has one mapping per function, so the two identify an earlier mapping."""
    inputs = resource.inputs
    source, owner, tags = inputs.need("eventSourceArn"), inputs.need("functionName"), inputs.take("tags", {})
    details = pascal(inputs.rest())
    known = lambda_(target).list_event_source_mappings(EventSourceArn=source, FunctionName=owner)["EventSourceMappings"]
    if known:
        found = known[0].get("UUID", "")
        lambda_(target).update_event_source_mapping(UUID=found, FunctionName=owner, **details)
        return CreatedResource(id=found)
    made = lambda_(target).create_event_source_mapping(
        EventSourceArn=source, FunctionName=owner, Tags=tags, Enabled=True, **details
    )
    return CreatedResource(id=made.get("UUID", ""))


def event_invoke_config(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Configure asynchronous invocations: retries, and the destination of failures."""
    inputs = resource.inputs
    owner, qualifier = inputs.need("functionName"), inputs.need("qualifier")
    lambda_(target).put_function_event_invoke_config(FunctionName=owner, Qualifier=qualifier, **pascal(inputs.rest()))
    return CreatedResource(id=f"{owner}:{qualifier}")


def function_url(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create a function URL; one that streams has the address of local/api, as the emulator's own does not stream."""
    inputs = resource.inputs
    wanted: dict[str, Any] = {
        "FunctionName": inputs.need("functionName"),
        "Qualifier": inputs.need("qualifier"),
        "AuthType": inputs.need("authorizationType"),
        "InvokeMode": inputs.need("invokeMode"),
    }
    made: Mapping[str, Any] = create_or(
        EXISTS,
        lambda: lambda_(target).create_function_url_config(**wanted),
        lambda: lambda_(target).update_function_url_config(**wanted),
    )
    identity = f"{wanted['FunctionName']}:{wanted['Qualifier']}"
    streams = wanted["InvokeMode"] == "RESPONSE_STREAM"
    url = f"{target.addresses.api}/" if streams else made["FunctionUrl"]
    return CreatedResource(id=identity, outputs={"functionUrl": url})


def permission(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Add a statement to a function's policy. A statement cannot change, so remove an earlier one first."""
    inputs = resource.inputs
    where: dict[str, Any] = present(FunctionName=inputs.need("function"), Qualifier=inputs.take("qualifier"))
    unless(
        "ResourceNotFoundException",
        lambda: lambda_(target).remove_permission(StatementId=resource.name, **where),
    )
    lambda_(target).add_permission(StatementId=resource.name, **where, **pascal(inputs.rest()))
    return CreatedResource(id=f"{where['FunctionName']}:{where.get('Qualifier', '')}:{resource.name}")
