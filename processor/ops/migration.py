"""Compare an account with a stack's settings before the first deployment: what is created, imported, changed, refused.

An import with other settings succeeds, and the same deployment then changes the resource: a preview without a
replacement does not tell what users of the old system will notice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from processor.aws.existing import Existing, FoundBucket, FoundTable
from processor.settings.tree import Settings

Outcome = Literal["create", "import", "change", "refused"]
# Key attributes of each table and its indexes, as components/ declares them; a contract test compares the two.
TABLES: Final[Mapping[str, tuple[tuple[str, ...], Mapping[str, tuple[str, ...]]]]] = {
    "renditions.photos_table": (("id",), {"GalleryIdIndex": ("gallery_id",), "UserIdIndex": ("user_id",)}),
    "edits.sessions_table": (("sessionId",), {"userId-createdAt-index": ("userId", "createdAt")}),
}
# Paths of the behaviours that components/cdn.py declares beside the default.
PATHS: Final = frozenset({"renditions/*", "edits/*", "image-edit*"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report. *refused*: AWS would refuse it, or old clients would notice it."""

    outcome: Outcome
    name: str
    text: str


def check(settings: Settings, existing: Existing) -> Iterator[Line]:
    """Yield a line for everything that the deployment would touch."""
    yield from check_buckets(settings, existing)
    yield from check_tables(settings, existing)
    yield from check_functions(settings, existing)
    yield from check_distribution(settings, existing)


def found(outcome: bool, *, adopt: bool, name: str, key: str) -> Line:  # noqa: FBT001 - reads as a sentence
    """Judge a resource by whether it exists and whether `adopt` names it."""
    if outcome and adopt:
        return Line("import", name, f"adopt.{key}")
    if outcome:
        return Line("refused", name, f"exists: set adopt.{key}, or choose another name")
    if adopt:
        return Line("refused", name, f"does not exist: remove adopt.{key}")
    return Line("create", name, "")


def check_buckets(settings: Settings, existing: Existing) -> Iterator[Line]:
    """Check the four buckets."""
    adopt, cdn = settings.adopt, settings.cdn
    for name, key, adopted in (
        (settings.renditions.originals_bucket, "originals_bucket", adopt.originals_bucket),
        (settings.renditions.renditions_bucket, "renditions_bucket", adopt.renditions_bucket),
        (settings.edits.results_bucket, "results_bucket", adopt.results_bucket),
    ):
        bucket = existing.bucket(name)
        if bucket and not bucket.ours:
            yield Line("refused", name, "belongs to another account, or may not be described: choose another name")
            continue
        yield found(bucket is not None, adopt=adopted, name=name, key=key)
        if bucket and adopted:
            yield from bucket_changes(name, bucket)
            if key == "originals_bucket":
                yield from notification_changes(name, bucket, settings.renditions.trigger)
    if existing.bucket(cdn.logs_bucket):
        yield Line("refused", cdn.logs_bucket, "exists and cannot be adopted: choose another name for cdn.logs_bucket")


def bucket_changes(name: str, bucket: FoundBucket) -> Iterator[Line]:
    """Name what the deployment replaces on an adopted bucket."""
    if bucket.grants:
        text = f"its ACL grants {', '.join(bucket.grants)}, and S3 does not switch ACLs off while it grants others"
        yield Line("refused", name, f"{text}: aws s3api put-bucket-acl --acl private --bucket {name}")
    if bucket.policy:
        yield Line("change", name, "its policy is replaced: the CDN alone reads it, direct URLs answer 403")
    if bucket.rules:
        yield Line("change", name, f"its lifecycle rules are replaced: {', '.join(bucket.rules)}")
    if bucket.cors:
        yield Line("change", name, "its CORS rules are replaced by those of cdn.cors_origins")


def notification_changes(name: str, bucket: FoundBucket, trigger: str) -> Iterator[Line]:
    """Name who would no longer be told of changes."""
    if not bucket.versioned:
        yield Line("change", name, "versions are switched on: replaced and deleted originals are kept for 30 days")
    if trigger == "notification" and (bucket.notifies or bucket.on_the_bus):
        told = ", ".join([*bucket.notifies, *(["the event bus"] if bucket.on_the_bus else [])])
        text = f"it notifies {told}, and the deployment would replace that: set renditions.trigger: eventbridge"
        yield Line("refused", name, f"{text}, or remove what is no longer needed")
    if trigger == "eventbridge" and not bucket.on_the_bus:
        text = "it sends no events to the bus, which renditions.trigger needs"
        yield Line("refused", name, f"{text}: switch EventBridge on for it (docs/migration.md)")


def check_tables(settings: Settings, existing: Existing) -> Iterator[Line]:
    """Check all three tables."""
    for setting, name, adopted in (
        ("renditions.photos_table", settings.renditions.photos_table, settings.adopt.photos_table),
        ("edits.sessions_table", settings.edits.sessions_table, settings.adopt.sessions_table),
    ):
        table = existing.table(name)
        yield found(table is not None, adopt=adopted, name=name, key=setting.partition(".")[2])
        if table and adopted:
            yield from table_changes(name, table, *TABLES[setting])
    if existing.table(name := settings.renditions.originals_table):
        text = "exists and cannot be adopted: choose another name for renditions.originals_table"
        yield Line("refused", name, text)


def table_changes(
    name: str, table: FoundTable, keys: tuple[str, ...], indexes: Mapping[str, tuple[str, ...]]
) -> Iterator[Line]:
    """Name what the deployment changes on an adopted table."""
    if table.keys != keys:
        text = f"its key is {', '.join(table.keys)}, expected {', '.join(keys)}: it would be replaced, with its items"
        yield Line("refused", name, text)
    for index, wanted in indexes.items():
        if index not in table.indexes:
            yield Line("change", name, f"index {index} is built")
        elif table.indexes[index] != wanted or index in table.partial:
            yield Line("change", name, f"index {index} is deleted and built again: its queries fail meanwhile")
    for index in sorted(table.indexes.keys() - indexes.keys()):
        yield Line("refused", name, f"index {index} would be deleted: move its queries first, then delete it yourself")
    if not table.on_demand:
        yield Line("change", name, "billing becomes on demand")


def check_functions(settings: Settings, existing: Existing) -> Iterator[Line]:
    """Check the four functions, each with its role and its log group."""
    edits, renditions, adopted = settings.edits, settings.renditions, settings.adopt.log_groups
    names = (
        *(renditions.function_name, renditions.reconciler.function_name, edits.function_name, edits.api.function_name),
    )
    for name in names:
        if existing.function(name):
            yield Line("refused", name, "function exists: delete it (its log group stays), or choose another name")
        if existing.role(name):
            yield Line("refused", name, "role exists: delete it, or choose another name for the function")
        group = f"/aws/lambda/{name}"
        yield found(existing.log_group(group), adopt=name in adopted, name=group, key=f"log_groups: [{name}]")
    for name in sorted(set(adopted) - set(names)):
        yield Line("refused", name, "adopt.log_groups names no function of the stack")


def check_distribution(settings: Settings, existing: Existing) -> Iterator[Line]:
    """Check the domain, or the distribution to import: old URLs must be answered in the same step."""
    cdn, adopted = settings.cdn, settings.adopt.distribution_id
    if adopted is None:
        other = existing.distribution_with(cdn.domain) if cdn.domain else None
        if other:
            text = f"is an alias of distribution {other}: leave cdn.domain out until the alias has moved"
            yield Line("refused", cdn.domain or "", f"{text} (docs/migration.md)")
        yield Line("create", "distribution", cdn.domain or "without a domain")
        return
    known = existing.distribution(adopted)
    yield found(known is not None, adopt=True, name=adopted, key="distribution_id")
    if known is None:
        return
    for alias in sorted(set(known.aliases) - {cdn.domain}):
        yield Line("refused", adopted, f"it would lose its alias {alias}")
    for path in known.paths:
        if path not in PATHS:
            yield Line("refused", adopted, f"it would no longer serve {path}")
    for arn in known.at_the_edge:
        yield Line("refused", adopted, f"{arn} would no longer run: URLs that need it must be gone")
    if cdn.originals != "public" and not known.signed:
        text = f"its other paths are open, and cdn.originals: {cdn.originals} would lock readers out in the same step"
        yield Line("refused", adopted, f"{text}: set cdn.originals: public until the front end has moved")
    for kind in () if known.signed else cdn.signed:
        text = f"its {kind} are open, and cdn.{kind}: signed would lock readers out in the same step"
        yield Line("refused", adopted, f"{text}: set cdn.{kind}: public until the front end signs")
