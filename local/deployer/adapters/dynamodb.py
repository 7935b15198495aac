"""Create and update DynamoDB tables.

Keys cannot change. Indexes change on a table that is adopted, as the provider does it; in a kept state, others are
refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from local.deployer.model import CreatedResource, DeployError, Properties, ResourceInputs
from local.deployer.shapes import code_of, pairs, pascal, present
from local.deployer.target import Target

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def dynamodb(target: Target) -> DynamoDBClient:
    """Return the client."""
    return target.client("dynamodb")


def table(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create a table, or update the existing one to its inputs."""
    inputs = resource.inputs
    name = inputs.need("name")
    tags, ttl, recovery = inputs.take("tags"), inputs.take("ttl"), inputs.take("pointInTimeRecovery")
    fixed, changing = fixed_properties(inputs), changing_properties(inputs)
    found = describe(target, name)
    if found is None:
        if resource.adopt:
            raise DeployError(f"expected the table {resource.adopt}, which is to be adopted, found none")
        dynamodb(target).create_table(TableName=name, Tags=pairs(tags), **fixed, **changing)  # pyright: ignore[reportArgumentType]
    else:
        if resource.adopt:
            change_indexes(target, name, fixed, found)
            found = describe(target, name) or found
        refuse_other_keys(name, fixed, found)
        dynamodb(target).update_table(TableName=name, **changing)
        dynamodb(target).tag_resource(ResourceArn=found["TableArn"], Tags=pairs(tags))  # pyright: ignore[reportArgumentType]
    expire(target, name, ttl)
    if recovery:
        dynamodb(target).update_continuous_backups(
            TableName=name,
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": recovery["enabled"]},
        )
    return CreatedResource(id=name, outputs={"arn": f"arn:aws:dynamodb:{target.region}:{target.account}:table/{name}"})


def fixed_properties(inputs: Properties) -> dict[str, Any]:
    """Take the properties that only a new table can have."""
    keys = {"HASH": inputs.need("hashKey"), "RANGE": inputs.take("rangeKey")}
    return present(
        KeySchema=[{"AttributeName": name, "KeyType": kind} for kind, name in keys.items() if name],
        AttributeDefinitions=[
            {"AttributeName": one["name"], "AttributeType": one["type"]} for one in inputs.need("attributes")
        ],
        GlobalSecondaryIndexes=[index(one) for one in inputs.take("globalSecondaryIndexes", [])] or None,
        SSESpecification=pascal(inputs.take("serverSideEncryption")),
    )


def changing_properties(inputs: Properties) -> dict[str, Any]:
    """Take the properties that may change."""
    return present(
        BillingMode=inputs.need("billingMode"),
        DeletionProtectionEnabled=inputs.take("deletionProtectionEnabled"),
        OnDemandThroughput=pascal(inputs.take("onDemandThroughput")),
    )


def index(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Write one index."""
    left = {**declared}
    keys = left.pop("keySchemas")
    return {
        "IndexName": left.pop("name"),
        "Projection": {"ProjectionType": left.pop("projectionType")},
        "KeySchema": pascal(keys),
        **pascal(left),
    }


def describe(target: Target, name: str) -> Mapping[str, Any] | None:
    """Return the description of a table; None when there is none."""
    try:
        return cast("Mapping[str, Any]", dynamodb(target).describe_table(TableName=name)["Table"])
    except ClientError as error:
        if code_of(error) != "ResourceNotFoundException":
            raise
        return None


def change_indexes(target: Target, name: str, fixed: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """Delete the indexes that are not declared so, then build those that are missing; DynamoDB changes one per call."""
    wanted = {one["IndexName"]: one for one in fixed.get("GlobalSecondaryIndexes", [])}
    declared, there = keys_of(fixed), keys_of(found)
    right = {index for index in wanted if declared[index] == there.get(index)}
    gone = [{"Delete": {"IndexName": index}} for index in there if index not in {"table", *right}]
    built = [{"Create": one} for index, one in wanted.items() if index not in right]
    for update in [*gone, *built]:
        changes: Any = [update]
        dynamodb(target).update_table(
            TableName=name,
            AttributeDefinitions=fixed["AttributeDefinitions"],
            GlobalSecondaryIndexUpdates=changes,
        )


def refuse_other_keys(name: str, fixed: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """Raise DeployError when the existing table has other keys than the declared one."""
    if keys_of(fixed) != keys_of(found):
        raise DeployError(
            f"expected keys {keys_of(fixed)} of {name}, found {keys_of(found)}: a table keeps its keys and indexes; "
            "start in another folder"
        )


def keys_of(described: Mapping[str, Any]) -> dict[str, str]:
    """Name the keys of a table and of its indexes."""
    indexes = described.get("GlobalSecondaryIndexes", [])
    schemas = {"table": described["KeySchema"], **{one["IndexName"]: one["KeySchema"] for one in indexes}}
    return {name: ",".join(one["AttributeName"] for one in schemas[name]) for name in sorted(schemas)}


def expire(target: Target, name: str, ttl: Mapping[str, Any] | None) -> None:
    """Switch expiry on, unless it is on: DynamoDB refuses the same setting twice."""
    if not ttl:
        return
    known = dynamodb(target).describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if (known.get("TimeToLiveStatus"), known.get("AttributeName")) != ("ENABLED", ttl["attributeName"]):
        dynamodb(target).update_time_to_live(TableName=name, TimeToLiveSpecification=pascal(ttl))
