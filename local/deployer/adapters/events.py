"""Create EventBridge buses, rules with their targets, pipes, and destinations of webhooks with their connections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from local.deployer.model import CreatedResource, Properties, ResourceInputs
from local.deployer.shapes import create_or, pairs, pascal, present
from local.deployer.target import Target

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

EXISTS: Final = ("ResourceAlreadyExistsException",)
# AWS' spelling in the parameters of pipes.
SPELLING: Final = {
    "dynamodbStreamParameters": "DynamoDBStreamParameters",
    "eventbridgeEventBusParameters": "EventBridgeEventBusParameters",
}


def events(target: Target) -> EventBridgeClient:
    """Return the client."""
    return target.client("events")


def bus(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create or update an event bus."""
    inputs = resource.inputs
    labels: Any = pairs(inputs.take("tags"))
    name, text = inputs.need("name"), inputs.take("description", "")
    create_or(
        EXISTS,
        lambda: events(target).create_event_bus(Name=name, Description=text),
        lambda: events(target).update_event_bus(Name=name, Description=text),
    )
    arn = f"arn:aws:events:{target.region}:{target.account}:event-bus/{name}"
    events(target).tag_resource(ResourceARN=arn, Tags=labels)
    return CreatedResource(id=name, outputs={"arn": arn})


def rule(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create or update a rule, of the default event bus where no other is named."""
    inputs = resource.inputs
    labels: Any = pairs(inputs.take("tags"))
    name, bus_of = inputs.need("name"), on_bus(inputs)
    made = events(target).put_rule(Name=name, EventPattern=inputs.need("eventPattern"), State="ENABLED", **bus_of)
    events(target).tag_resource(ResourceARN=made["RuleArn"], Tags=labels)
    return CreatedResource(id="/".join([*bus_of.values(), name]), outputs={"arn": made["RuleArn"]})


def rule_target(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Send what a rule matches to a queue or to a webhook."""
    inputs = resource.inputs
    owner, bus_of = inputs.need("rule"), on_bus(inputs)
    wanted: Any = {"Id": resource.name, **pascal(inputs.rest())}
    events(target).put_targets(Rule=owner, Targets=[wanted], **bus_of)
    return CreatedResource(id="/".join([*bus_of.values(), owner, resource.name]))


def on_bus(inputs: Properties) -> dict[str, Any]:
    """Take the name of the bus; {} for the default one."""
    return present(EventBusName=inputs.take("eventBusName"))


def connection(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create or update a connection, which sends a secret in a header."""
    inputs = resource.inputs
    key = inputs.need("authParameters")["apiKey"]
    wanted: Any = {
        "Name": inputs.need("name"),
        "AuthorizationType": inputs.need("authorizationType"),
        "AuthParameters": {"ApiKeyAuthParameters": {"ApiKeyName": key["key"], "ApiKeyValue": key["value"]}},
    }
    made = create_or(
        EXISTS,
        lambda: events(target).create_connection(**wanted),
        lambda: events(target).update_connection(**wanted),
    )
    return CreatedResource(id=wanted["Name"], outputs={"arn": made["ConnectionArn"]})


def destination(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create or update the address of a webhook."""
    wanted: Any = pascal(resource.inputs.rest())
    made = create_or(
        EXISTS,
        lambda: events(target).create_api_destination(**wanted),
        lambda: events(target).update_api_destination(**wanted),
    )
    return CreatedResource(id=wanted["Name"], outputs={"arn": made["ApiDestinationArn"]})


def pipe(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create a pipe, or update it; a pipe keeps its source and where it began."""
    pipes = target.client("pipes")
    inputs = resource.inputs
    tags = inputs.take("tags", {})
    wanted: Any = pascal(inputs.rest(), SPELLING)
    made = create_or(
        ("ConflictException",),
        lambda: pipes.create_pipe(**wanted, Tags=tags),
        lambda: pipes.update_pipe(**changing(wanted)),
    )
    return CreatedResource(id=wanted["Name"], outputs={"arn": made["Arn"]})


def changing(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of an update: without the source, and the beginning of its stream."""
    source = wanted["SourceParameters"]
    stream = {key: one for key, one in source["DynamoDBStreamParameters"].items() if key != "StartingPosition"}
    kept = {key: value for key, value in wanted.items() if key != "Source"}
    return {**kept, "SourceParameters": {**source, "DynamoDBStreamParameters": stream}}
