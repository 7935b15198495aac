"""Describe what an account already has under the names of a stack: settings of resources, never their content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from processor.aws.clients import OperatorClients
from processor.aws.faults import MISSING, aws_call, unless

ABSENT: Final = MISSING | {
    *("NoSuchBucket", "NoSuchBucketPolicy", "NoSuchCORSConfiguration", "NoSuchLifecycleConfiguration"),
    *("NoSuchDistribution", "NoSuchEntity", "ResourceNotFoundException"),
}
FORBIDDEN: Final = frozenset({"403", "AccessDenied", "Forbidden"})
EDGE_FUNCTIONS: Final = "LambdaFunctionAssociations"
Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundBucket:
    """A bucket. *grants*: of its ACL to others than its owner. *notifies*: who is told of changes, without the bus."""

    ours: bool = True
    grants: Sequence[str] = ()
    notifies: Sequence[str] = ()
    on_the_bus: bool = False
    versioned: bool = False
    policy: bool = False
    rules: Sequence[str] = ()
    cors: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundTable:
    """A table. *keys* and *indexes*: names of key attributes, the hash key first."""

    keys: tuple[str, ...]
    indexes: Mapping[str, tuple[str, ...]]
    partial: frozenset[str]
    on_demand: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundDistribution:
    """A distribution. *at_the_edge*: ARNs of functions. *signed*: its default behaviour asks for signed URLs."""

    aliases: tuple[str, ...]
    paths: tuple[str, ...]
    at_the_edge: tuple[str, ...]
    signed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Existing:
    """Asks AWS. Each method returns None for what does not exist, and raises StoreUnavailable when AWS refuses."""

    clients: OperatorClients

    def ask(self, service: str, call: str, absent: frozenset[str] = ABSENT, **asked: Any) -> Json | None:
        """Make one call."""
        with aws_call(f"{service}:{call} {', '.join(map(str, asked.values()))}"):
            return unless(absent, lambda: getattr(self.clients.client(service), call)(**asked))

    def bucket(self, name: str) -> FoundBucket | None:
        """Describe a bucket; one of another account is not *ours*."""
        if (known := self.exists(name)) is not True:
            return None if known is False else FoundBucket(ours=False)

        def get(what: str) -> Json:
            return self.ask("s3", f"get_bucket_{what}", Bucket=name) or {}

        acl, notifications = get("acl"), get("notification_configuration")
        return FoundBucket(
            grants=[granted(one) for one in acl["Grants"] if one["Grantee"].get("ID") != acl["Owner"]["ID"]],
            notifies=[target(one) for key, value in notifications.items() if key.endswith("ions") for one in value],
            on_the_bus="EventBridgeConfiguration" in notifications,
            versioned=get("versioning").get("Status") == "Enabled",
            policy="Policy" in get("policy"),
            rules=[one.get("ID", "without a name") for one in get("lifecycle_configuration").get("Rules", [])],
            cors=bool(get("cors").get("CORSRules")),
        )

    def exists(self, name: str) -> bool | None:
        """Return whether a bucket exists; None for one of another account, which AWS refuses to describe."""

        def described() -> bool:
            return unless(ABSENT, lambda: self.clients.s3().head_bucket(Bucket=name)) is not None

        with aws_call(f"s3:head_bucket {name}"):
            return unless(FORBIDDEN, described)

    def table(self, name: str) -> FoundTable | None:
        """Describe a table."""
        if (answer := self.ask("dynamodb", "describe_table", TableName=name)) is None:
            return None
        found = answer["Table"]
        indexes = found.get("GlobalSecondaryIndexes", [])
        return FoundTable(
            keys=key_names(found["KeySchema"]),
            indexes={one["IndexName"]: key_names(one["KeySchema"]) for one in indexes},
            partial=frozenset(one["IndexName"] for one in indexes if one["Projection"]["ProjectionType"] != "ALL"),
            on_demand=found.get("BillingModeSummary", {}).get("BillingMode") == "PAY_PER_REQUEST",
        )

    def function(self, name: str) -> bool:
        """Return whether a function exists."""
        return self.ask("lambda", "get_function", FunctionName=name) is not None

    def role(self, name: str) -> bool:
        """Return whether a role exists."""
        return self.ask("iam", "get_role", RoleName=name) is not None

    def log_group(self, name: str) -> bool:
        """Return whether a log group exists."""
        found = self.ask("logs", "describe_log_groups", logGroupNamePrefix=name) or {}
        return any(one["logGroupName"] == name for one in found.get("logGroups", []))

    def distribution(self, distribution_id: str) -> FoundDistribution | None:
        """Describe a distribution."""
        answer = self.ask("cloudfront", "get_distribution_config", Id=distribution_id)
        return None if answer is None else distribution_of(answer["DistributionConfig"])

    def distribution_with(self, alias: str) -> str | None:
        """Return the id of the distribution that has an *alias*."""
        pages = self.clients.client("cloudfront").get_paginator("list_distributions").paginate()
        with aws_call("cloudfront:list_distributions"):
            listed = [one for page in pages for one in page["DistributionList"].get("Items", [])]
        return next((one["Id"] for one in listed if alias in items(one.get("Aliases"))), None)


def granted(grant: Json) -> str:
    """Write one grant of an ACL: ``READ to AllUsers``."""
    grantee = grant["Grantee"]
    return f"{grant['Permission']} to {grantee.get('URI', grantee.get('ID', 'an account')).rpartition('/')[2]}"


def target(notification: Json) -> str:
    """Return the ARN of the queue, topic or function of a notification."""
    return next(value for key, value in notification.items() if key.endswith("Arn"))


def key_names(schema: Sequence[Json]) -> tuple[str, ...]:
    """Return the names of key attributes, the hash key first."""
    return tuple(one["AttributeName"] for one in sorted(schema, key=lambda one: one["KeyType"] != "HASH"))


def items(block: Json | None) -> Sequence[Any]:
    """Return the entries of one of CloudFront's lists."""
    return (block or {}).get("Items") or ()


def distribution_of(config: Json) -> FoundDistribution:
    """Read a distribution's configuration."""
    default, ordered = config["DefaultCacheBehavior"], items(config.get("CacheBehaviors"))
    edge = {
        one["LambdaFunctionARN"] for behaviour in (default, *ordered) for one in items(behaviour.get(EDGE_FUNCTIONS))
    }
    return FoundDistribution(
        aliases=tuple(items(config.get("Aliases"))),
        paths=tuple(one["PathPattern"] for one in ordered),
        at_the_edge=tuple(sorted(edge)),
        signed=any(default.get(key, {}).get("Enabled") for key in ("TrustedKeyGroups", "TrustedSigners")),
    )
