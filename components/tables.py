"""Declare a DynamoDB table: on demand, encrypted, with point-in-time recovery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.naming import StackContext


@dataclass(frozen=True, kw_only=True, slots=True)
class Index:
    """A global secondary index over all attributes: *hash_key*, and *range_key* to sort by."""

    name: str
    hash_key: str
    range_key: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TableArgs:
    """One table. *attributes*: every key attribute and its type (S, N). *caps*: units per second, read and write.

    *range_key*: sorts the items of one *hash_key*. *ttl*: attribute with the time (s) at which an item is deleted.
    *stream*: keep each change of an item, as it was and as it is, for a day.
    """

    context: StackContext
    table: str
    component: str
    hash_key: str
    attributes: Mapping[str, str]
    range_key: str | None = None
    indexes: Sequence[Index] = ()
    ttl: str | None = None
    caps: tuple[int, int] | None = None
    stream: bool = False
    adopt: bool = field(default=False)


def table(name: str, args: TableArgs, *, parent: pulumi.Resource) -> aws.dynamodb.Table:
    """Declare the table, protected as the stack's settings state."""
    return aws.dynamodb.Table(
        name,
        name=args.table,
        billing_mode="PAY_PER_REQUEST",
        hash_key=args.hash_key,
        range_key=args.range_key,
        attributes=[aws.dynamodb.TableAttributeArgs(name=key, type=kind) for key, kind in args.attributes.items()],
        global_secondary_indexes=[index(one, args.caps) for one in args.indexes],
        on_demand_throughput=aws.dynamodb.TableOnDemandThroughputArgs(
            max_read_request_units=args.caps[0], max_write_request_units=args.caps[1]
        )
        if args.caps
        else None,
        stream_enabled=True if args.stream else None,
        stream_view_type="NEW_AND_OLD_IMAGES" if args.stream else None,
        ttl=aws.dynamodb.TableTtlArgs(attribute_name=args.ttl, enabled=True) if args.ttl else None,
        point_in_time_recovery=aws.dynamodb.TablePointInTimeRecoveryArgs(enabled=True),
        server_side_encryption=aws.dynamodb.TableServerSideEncryptionArgs(enabled=True),
        deletion_protection_enabled=args.context.protect,
        tags=args.context.tags(args.component),
        opts=args.context.data_options(parent, adopt=args.table if args.adopt else None),
    )


def index(one: Index, caps: tuple[int, int] | None) -> aws.dynamodb.TableGlobalSecondaryIndexArgs:
    """Declare one index with its table's maximum units: the cap of a table does not cover its indexes."""
    keys = [aws.dynamodb.TableGlobalSecondaryIndexKeySchemaArgs(attribute_name=one.hash_key, key_type="HASH")]
    if one.range_key:
        keys.append(aws.dynamodb.TableGlobalSecondaryIndexKeySchemaArgs(attribute_name=one.range_key, key_type="RANGE"))
    return aws.dynamodb.TableGlobalSecondaryIndexArgs(
        name=one.name,
        key_schemas=keys,
        projection_type="ALL",
        on_demand_throughput=aws.dynamodb.TableGlobalSecondaryIndexOnDemandThroughputArgs(
            max_read_request_units=caps[0], max_write_request_units=caps[1]
        )
        if caps
        else None,
    )
